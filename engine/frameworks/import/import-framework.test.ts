import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from '../../documents/parse.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { importFramework, type FrameworkImport, type ImportedFramework } from './import-framework.ts';
import { atlasSix, flatAtlas, oscalCatalogue, table } from '../../../test/fixtures/frameworks/sources.ts';

const signal = new AbortController().signal;
const now = Date.UTC(2027, 0, 31, 12);

describe('importFramework', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-framework-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function take(name: string, text: string, request: Partial<FrameworkImport> = {}): Promise<ImportedFramework> {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    const ports = { files: createFiles(), digest: createDigest(), clock: { now: () => now } };
    return importFramework({ path: file, ...request }, ports, signal);
  }

  /** What is written says the same as what was read. */
  function reread({ definition, text }: ImportedFramework): void {
    const { value, diagnostics } = parseDocument('framework', text);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(value, definition);
  }

  it('takes ATLAS data of the flat format: tactics, techniques, sub-techniques, mitigations and links', async () => {
    const imported = await take('ATLAS.yaml', flatAtlas);
    reread(imported);
    const { id, version, source, entries, relatedTitle } = imported.definition;
    assert.deepEqual(
      [id, version, relatedTitle, imported.name],
      ['mitre-atlas', '2026.10', 'Mitigated by', 'mitre-atlas-2026.10.framework.yaml'],
    );
    assert.deepEqual(source, {
      name: 'ATLAS.yaml',
      format: 'atlas',
      sha256: createHash('sha256').update(flatAtlas).digest('hex'),
      imported: '2027-01-31',
    });
    assert.deepEqual(entries, [
      { id: 'AML.TA0005', name: 'Execution', group: 'Tactic' },
      { id: 'AML.TA0006', name: 'Persistence', group: 'Tactic' },
      { id: 'AML.T0051', name: 'LLM Prompt Injection', group: 'Execution', related: ['AML.M0020'] },
      { id: 'AML.T0051.000', name: 'Direct', group: 'Execution', related: ['AML.M0020'] },
      { id: 'AML.T0020', name: 'Poison: "Data"', group: 'Execution, Persistence' },
      { id: 'AML.M0020', name: 'Guardrails', group: 'Mitigation' },
    ]);
  });

  it('takes ATLAS data of format 6, where relationships stand apart', async () => {
    const imported = await take('ATLAS-2026.10.yaml', atlasSix);
    reread(imported);
    const flat = await take('ATLAS.yaml', flatAtlas);
    assert.deepEqual(imported.definition.entries, flat.definition.entries);
    assert.equal(imported.definition.version, '2026.10');
  });

  it('takes an OSCAL catalogue: groups, enhancements, links, and withdrawn controls as retired', async () => {
    const imported = await take('acme_catalog.json', oscalCatalogue);
    reread(imported);
    const { id, version, title, publisher, entries, retired } = imported.definition;
    assert.deepEqual([id, version, title, publisher], ['acme-catalog', '2.1', 'Acme Controls', 'Acme']);
    assert.deepEqual(entries, [
      { id: 'ac-1', name: 'Accounts', group: 'Access Control', related: ['si-4'] },
      { id: 'ac-1.1', name: 'Automated', group: 'ac-1' },
      { id: 'si-4', name: 'Monitoring', group: 'Integrity' },
    ]);
    assert.deepEqual(retired, [
      { id: 'ac-1.2', name: 'Shared accounts', replacedBy: 'si-4' },
      { id: 'ac-9', name: 'Split up' },
    ]);
    assert.match(imported.notes.join(), /under which licence/);
  });

  it('takes texts only when asked, with parameters by their labels', async () => {
    const imported = await take('acme_catalog.json', oscalCatalogue, { withText: true });
    reread(imported);
    assert.deepEqual(
      imported.definition.entries.map(({ description }) => description),
      ['Give accounts to [staff]: one each; none to [guests or robots].', undefined, undefined],
    );
    assert.match(imported.notes.join(), /check that its licence lets you/);
  });

  for (const delimiter of [',', ';', '\t']) {
    it(`takes a table with ${JSON.stringify(delimiter)} between its fields`, async () => {
      const text = table.replaceAll('¦', delimiter);
      const imported = await take('acme.csv', text, { version: '7', id: 'acme', title: 'Acme controls' });
      reread(imported);
      assert.deepEqual(imported.definition.entries, [
        { id: 'A-1', name: 'First, or so; "one"', group: 'A', related: ['A-2'] },
        { id: 'A-2', name: 'Second' },
      ]);
      assert.equal(imported.name, 'acme-7.framework.yaml');
    });
  }

  it('takes the names NIST gives its columns', async () => {
    const text =
      'identifier,name,control_text,discussion,related\nAC-1,Policy,Do,Why,"AC-2, PM-9."\nPM-9,Risk,Do,,None.\n';
    const { definition } = await take('nist.csv', text, { version: '5', withText: true });
    assert.deepEqual(definition.entries, [
      { id: 'AC-1', name: 'Policy', description: 'Do', related: ['PM-9'] },
      { id: 'PM-9', name: 'Risk', description: 'Do' },
    ]);
  });

  const bomb = `a: &a [${'x, '.repeat(20)}]\nb: &b [${'*a, '.repeat(20)}]\nc: &c [${'*b, '.repeat(20)}]\nmatrices: [${'*c, '.repeat(20)}]\n`;
  const deep = `{"catalog":{"groups":[${'{"title":"g","groups":['.repeat(40)}${']}'.repeat(40)}]}}`;
  const hostile: readonly (readonly [what: string, name: string, text: string, RegExp])[] = [
    ['an alias bomb', 'a.yaml', bomb, /aliases stand for more than 50,000 values/],
    ['deep brackets', 'a.yaml', `matrices: ${'['.repeat(2_000)}`, /nested too deeply/],
    ['YAML that is none', 'a.yaml', 'matrices: [\n', /no YAML \(line 2/],
    ['YAML of something else', 'a.yaml', 'services: {web: {}}\n', /neither the `matrices` nor/],
    ['a later format', 'a.yaml', 'format-version: 7.0.0\ntactics: {}\n', /ATLAS data of format 7\.0\.0/],
    ['a huge YAML', 'a.yaml', `matrices: []\n#${' '.repeat(2 * 1024 * 1024)}`, /more than 2 MiB/],
    ['JSON that is none', 'a.json', '{"catalog": ', /no JSON/],
    ['JSON of something else', 'a.json', '[1]', /no OSCAL catalogue/],
    ['a catalogue without controls', 'a.json', '{"catalog":{"metadata":{}}}', /has no controls/],
    ['deep groups', 'a.json', deep, /more than 16 levels/],
    ['a control without an id', 'a.json', '{"catalog":{"controls":[{"title":"x"}]}}', /a control has no id/],
    ['a control without a title', 'a.json', '{"catalog":{"controls":[{"id":"x"}]}}', /`x` has no title/],
    ['a table without ids', 'a.csv', 'name,text\nx,y\n', /no column `id`/],
    ['a table without rows', 'a.csv', 'id,name\n', /no rows/],
    ['an empty table', 'a.csv', '', /is empty/],
    ['an id twice', 'a.csv', 'id,name\nA,x\nB,y\nA,z\n', /`A` stands there twice/],
    ['a row without an id', 'a.csv', 'id,name\n,x\n', /the row in line 2 has no id/],
    ['a row without a name', 'a.csv', 'id,name\nA,\n', /`A` has no name/],
    [
      'too many rows',
      'a.csv',
      `id,name\n${Array.from({ length: 20_001 }, (_, index) => `A${index},x\n`).join('')}`,
      /more than 20,000 ids/,
    ],
    ['an open quote', 'a.csv', 'id,name\n"A,x\n', /never closed/],
  ];
  for (const [what, name, text, message] of hostile) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(take(name, text, { version: '1' }), (error: Error) => {
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('says in which line a table is wrong', async () => {
    await assert.rejects(take('a.csv', 'id,name\nA,x\n"B\nC",\n'), {
      code: 'file-invalid',
      place: { path: path.join(folder, 'a.csv'), line: 3 },
    });
  });

  it('asks for a version, and for an id that can be one', async () => {
    await assert.rejects(take('a.csv', 'id,name\nA,x\n'), { code: 'usage', message: /which version/ });
    await assert.rejects(take('a.csv', 'id,name\nA,x\n', { version: '1', id: '../x' }), { code: 'usage' });
  });

  it('refuses what would be too large a file of ours, and says how it gets smaller', async () => {
    const rows = Array.from({ length: 4_000 }, (_, index) => `A${index},x,${'text '.repeat(80)}\n`).join('');
    const text = `id,name,description\n${rows}`;
    await assert.rejects(take('a.csv', text, { version: '1', withText: true }), { code: 'file-too-large' });
    assert.equal((await take('a.csv', text, { version: '1' })).definition.entries.length, 4_000);
  });

  it('shows hostile texts as texts: no markup, no control characters, no keys of their own', async () => {
    const name = '\u001b[31m{a: &x [1]} # *x\n<script> "quoted" \'';
    const imported = await take('a.csv', `id,name\n__proto__,"${name.replaceAll('"', '""')}"\n`, { version: '1' });
    reread(imported);
    assert.deepEqual(imported.definition.entries, [
      { id: '__proto__', name: '[31m{a: &x [1]} # *x <script> "quoted" \'' },
    ]);
  });
});
