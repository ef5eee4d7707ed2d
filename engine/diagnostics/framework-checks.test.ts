import assert from 'node:assert/strict';
import { checkFramework } from './framework-checks.ts';
import { kindOfPath } from '../documents/kinds.ts';
import type { DocumentLibrary, LibraryDocument } from '../documents/library.ts';
import { parseDocument } from '../documents/parse.ts';
import { checkPolicy, viewPolicies } from './policy-checks.ts';

const signal = new AbortController().signal;
const head = 'id: acme\nversion: "2"\ntitle: Acme controls\n';
const whole = `${head}entries:\n  - {id: A-1, name: First}\n  - {id: A-2, name: Second, group: A-1, related: [A-1]}\n`;

function libraryOf(files: Readonly<Record<string, string>>): DocumentLibrary {
  return {
    all: kind =>
      Promise.resolve(
        Object.entries(files)
          .filter(([file]) => kindOfPath(file) === kind)
          .map(([file, text]): LibraryDocument<typeof kind> => ({
            path: `/w/${file}`,
            file,
            parsed: parseDocument(kind, text),
          })),
      ),
  };
}

async function found(text: string, others: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const parsed = parseDocument('framework', text);
  assert.deepEqual(parsed.diagnostics, []);
  const file = 'a.framework.yaml';
  const library = libraryOf({ ...others, [file]: text });
  return (await checkFramework(parsed, { path: `/w/${file}`, file, library }, signal)).map(
    ({ range, severity, code, message }) => `${range.start.line + 1} ${severity} ${code} ${message}`,
  );
}

describe('checkFramework', () => {
  it('finds nothing wrong with one that is whole', async () => {
    assert.deepEqual(await found(whole), []);
    assert.deepEqual(await found(`${whole.replace('related: [A-1]', 'related: [X-9]')}predecessor: "1"\n`), []);
  });

  it('tells ids that stand twice, and ids that are not there', async () => {
    assert.deepEqual(await found(`${whole}  - {id: A-1, name: Again}\n`), [
      '7 error duplicate-item `A-1` is an entry already.',
    ]);
    assert.deepEqual(await found(`${whole}retired:\n  - {id: A-2, name: Second, replacedBy: A2}\n`), [
      '8 error duplicate-item `A-2` stands here twice: an id is an entry, or it was retired once.',
      '8 warning unknown-framework-id There is no entry `A2`. Did you mean `A-2` (Second)?',
    ]);
    assert.deepEqual(await found(whole.replace('related: [A-1]', 'related: [a-1]')), [
      '6 warning unknown-framework-id There is no entry `a-1`. Did you mean `A-1` (First)?',
    ]);
  });

  it('tells a version that is there already', async () => {
    const [twin] = await found(whole, { 'b.framework.yaml': whole });
    assert.match(twin ?? '', /^2 error ambiguous-framework `acme` `2` is also described by `?b\.framework\.yaml/);
    assert.deepEqual(await found(whole, { 'b.framework.yaml': whole.replace('"2"', '"3"') }), []);
    const [builtIn] = await found(whole.replace('id: acme\nversion: "2"', 'id: nist-ai-rmf\nversion: "1.0"'));
    assert.match(builtIn ?? '', /^2 error ambiguous-framework `nist-ai-rmf` `1\.0` is built in/);
  });

  it('tells what the schema refuses with its place', () => {
    const { diagnostics } = parseDocument('framework', 'id: acme\nversion: 2\ntitle: A\nentries: [{id: x}]\n');
    assert.deepEqual(
      diagnostics.map(({ code, range }) => [code, range.start.line + 1]),
      [
        ['wrong-type', 2],
        ['missing-field', 4],
      ],
    );
  });
});

describe('policies that refer to a framework of the workspace', () => {
  const policy = (version: string, id: string): string =>
    `id: p\nversion: 1.0.0\nlevel: team\nframeworks: [{id: acme, version: "${version}"}]\ncontrols:\n  - {id: C, title: T, severity: low, mappings: [{framework: acme, id: ${id}}], checks: [{id: C.c, type: lineage, require: [license]}]}\n`;

  async function check(text: string, files: Readonly<Record<string, string>>): Promise<string[]> {
    const library = libraryOf({ ...files, 'p.policy.yaml': text });
    const parsed = parseDocument('policy', text);
    const findings = await checkPolicy(parsed, viewPolicies(library, '/w/p.policy.yaml', 'p.policy.yaml'), signal);
    return findings.map(({ code, message }) => `${code} ${message}`);
  }

  it('map to it like to any other', async () => {
    const files = { 'a.framework.yaml': `${whole}retired:\n  - {id: A-9, name: Gone, replacedBy: A-2}\n` };
    assert.deepEqual(await check(policy('2', 'A-1'), files), []);
    assert.match((await check(policy('2', 'A-3'), files))[0] ?? '', /^unknown-framework-id Acme controls 2 has no id/);
    assert.equal(
      (await check(policy('2', 'A-9'), files))[0],
      'unknown-framework-id `A-9` (Gone) was retired: Acme controls 2 has it no more. `A-2` (Second) took its place.',
    );
    assert.match((await check(policy('1', 'A-1'), files))[0] ?? '', /is known in version `2`, not `1`/);
    assert.match((await check(policy('2', 'A-1'), {}))[0] ?? '', /^unknown-framework There is no framework `acme`/);
  });

  it('cannot map to one that two files describe, or that is broken', async () => {
    const twins = { 'a.framework.yaml': whole, 'b.framework.yaml': whole };
    assert.match((await check(policy('2', 'A-1'), twins))[0] ?? '', /^unknown-framework /);
    const broken = { 'a.framework.yaml': head };
    assert.match((await check(policy('2', 'A-1'), broken))[0] ?? '', /^unknown-framework /);
  });
});
