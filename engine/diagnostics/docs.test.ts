import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { classifyCell } from '../../schemas/cells.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { remembering } from '../../test/fakes/remembering.ts';
import { checkResultNames } from '../notebooks/check-names.ts';
import { heldKinds } from '../notebooks/held-kinds.ts';
import { checkBudget } from './budget-checks.ts';
import { diagnosticCodes, isDiagnosticCode, type DiagnosticCode } from '../documents/codes.ts';
import type { Diagnostic } from '../documents/diagnostic.ts';
import { createDiagnoser } from './diagnose.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Remembered } from './remembered.ts';

const page = readFileSync(new URL('../../docs/diagnostics.md', import.meta.url), 'utf8');
const signal = new AbortController().signal;

interface Section {
  readonly title: string;
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** A fence's file is named by what follows its language, or by the file's own first line. */
const fence = /^```(\w+)(?: (\S+))?\n([^]*?)^```$/gm;

const sections = page
  .split(/^## /m)
  .slice(1)
  .map((text): Section => ({
    title: text.slice(0, text.indexOf('\n')),
    text,
    files: [...text.matchAll(fence)].flatMap(([, , named, content = '']) => {
      const name = named ?? /^# (\S+\.\w+)\n/.exec(content)?.[1];
      return name === undefined ? [] : [{ name, text: content }];
    }),
  }));
const common = sections.find(({ title }) => title === 'How the examples are meant')?.files ?? [];
/** Whose examples would be too long. */
const withoutExample: readonly DiagnosticCode[] = ['too-large'];

async function diagnose({ files }: Pick<Section, 'files'>, remembered?: Remembered) {
  const folder = mkdtempSync(path.join(tmpdir(), 'aiwb-docs-'));
  try {
    for (const { name, text } of [...common, ...files]) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const memory = { digest: createDigest(), of: () => Promise.resolve(remembered) };
    const diagnoser = createDiagnoser(createFiles(), memory);
    return (await diagnoser.diagnose(path.join(folder, files[0]?.name ?? ''), signal)).diagnostics;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The findings of the first cell that has any. */
async function diagnoseCells({ files }: Pick<Section, 'files'>): Promise<readonly Diagnostic[]> {
  const cells = files.map(({ text }) => {
    const kind = classifyCell('yaml', text);
    assert.ok(kind !== 'empty' && kind !== 'other', text);
    return parseDocument(heldKinds[kind], text, 'cell');
  });
  const names = cells.map(({ cell }) => cell?.as ?? '');
  for (const [index, cell] of cells.entries()) {
    const others = { before: names.slice(0, index), after: names.slice(index + 1) };
    const found = await checkResultNames(cell, others, () => Promise.resolve(false), signal);
    if (found.length + cell.diagnostics.length > 0) return [...cell.diagnostics, ...found];
  }
  return [];
}

describe('docs/diagnostics.md', () => {
  it('has one section for every code', () => {
    const titles = sections.map(({ title }) => title).filter(isDiagnosticCode);
    assert.deepEqual(titles.toSorted(), Object.keys(diagnosticCodes).sort());
  });

  it('shows its examples among files that are right', async () => {
    assert.equal(common.length, 5);
    for (const file of common.filter(({ name }) => !name.endsWith('.jsonl'))) {
      const found = (await diagnose({ files: [file] })).filter(
        ({ code }) => diagnosticCodes[code].severity === 'error',
      );
      assert.deepEqual(found, [], file.name);
    }
  });

  for (const section of sections.filter(({ title }) => isDiagnosticCode(title))) {
    const code = section.title as DiagnosticCode;
    it(`explains ${code}`, async () => {
      const severity = /^\*\*(\w+)\.\*\* /m.exec(section.text)?.[1]?.toLowerCase();
      assert.equal(severity, diagnosticCodes[code].severity);
      assert.equal(section.files.length > 0, !withoutExample.includes(code));
      if (section.files.length === 0) return;
      const { needs } = diagnosticCodes[code];
      const found =
        needs === 'estimate'
          ? checkBudget(parseDocument('bench', section.files[0]?.text ?? ''), { cost: 1 })
          : section.files.every(({ name }) => name.endsWith('.cell'))
            ? await diagnoseCells(section)
            : await diagnose(section, needs === 'store' ? remembering : undefined);
      assert.deepEqual([...new Set(found.map(finding => finding.code))], [code], JSON.stringify(found, undefined, 1));
      assert.ok(
        found.some(finding => finding.severity === severity),
        JSON.stringify(found),
      );
      const isFixed = found.some(({ replacement }) => replacement !== undefined);
      assert.equal(section.text.includes('Quick fix: '), isFixed, JSON.stringify(found));
    });
  }
});
