import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameworkUpgrade } from '../../schemas/generated/messages.ts';
import { flatAtlas, oscalCatalogue } from '../fixtures/frameworks/sources.ts';
import { runAiwb, type Finished } from './aiwb.ts';

const policy = `id: bank
version: 1.0.0
level: corporate
frameworks: [{id: owasp-llm-top10, version: "2025"}] # until the auditors move
controls:
  - id: B-1
    title: Agents
    severity: high
    mappings: [{framework: owasp-llm-top10, id: LLM06:2025, relation: mitigates}] # agency
    checks: [{id: B-1.c, type: lineage, require: [license]}]
`;

describe('aiwb frameworks', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-frameworks-'));
    writeFileSync(path.join(folder, 'workbench.yaml'), 'connections: {}\n');
    mkdirSync(path.join(folder, 'policies'));
    writeFileSync(path.join(folder, 'policies/bank.policy.yaml'), policy);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(['frameworks', ...args], { cwd: folder });

  it('lists what is built in, with how many policies declare it', async () => {
    const { code, stdout } = await aiwb('list');
    assert.equal(code, 0);
    assert.match(stdout, /^owasp-llm-top10 +2025 +10 +1 +OWASP/m);
    assert.match(stdout, /^mitre-atlas +2026\.07 +231 +0 /m);
  });

  it('shows what an id is about and tied to, and what was meant by another', async () => {
    const { stdout } = await aiwb('show', 'mitre-atlas@2026.07', 'AML.T0051.001');
    assert.match(
      stdout,
      /^AML\.T0051\.001 {2}Indirect\n[^]*hide in a page[^]*Part of: AML\.T0051 LLM Prompt Injection/,
    );
    const missed = await aiwb('show', 'nist-ai-rmf', 'MEASURE 2.99');
    assert.equal(missed.code, 2);
    const retired = await aiwb('show', 'mitre-atlas', 'AML.T0019');
    assert.match(retired.stderr, /was retired[^]*AML\.T0115\.000 took its place/);
  });

  it('imports a catalogue that policies can then map to', async () => {
    writeFileSync(path.join(folder, 'acme.json'), oscalCatalogue);
    const imported = await aiwb('import', 'acme.json', '--id', 'acme', '--version', '3');
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /acme-3\.framework\.yaml: Acme Controls 3 \(acme\), 3 ids and 2 retired/);
    assert.match(imported.stderr, /under which licence/);
    const again = await aiwb('import', 'acme.json', '--id', 'acme', '--version', '3');
    assert.equal(again.code, 2);
    assert.match(again.stderr, /is there already/);
    const file = 'policies/bank.policy.yaml';
    const mapped = policy
      .replace('[{id: owasp-llm-top10, version: "2025"}]', '[{id: acme, version: "3"}]')
      .replace('framework: owasp-llm-top10, id: LLM06:2025', 'framework: acme, id: ac-1.1');
    writeFileSync(path.join(folder, file), mapped);
    const all = [file, 'frameworks/acme-3.framework.yaml'];
    const valid = await runAiwb(['validate', ...all], { cwd: folder });
    assert.deepEqual([valid.code, valid.stdout], [0, '']);
    writeFileSync(path.join(folder, file), mapped.replace('ac-1.1', 'ac-1.2'));
    const refused = await runAiwb(['validate', file], { cwd: folder });
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /`ac-1\.2` \(Shared accounts\) was retired[^]*`si-4` \(Monitoring\) took its place/);
  });

  it('takes ATLAS data beside the version that is built in', async () => {
    writeFileSync(path.join(folder, 'ATLAS.yaml'), flatAtlas);
    const imported = await aiwb('import', 'ATLAS.yaml', '--json');
    assert.equal(imported.code, 0, imported.stderr);
    const { stdout } = await aiwb('compare', 'mitre-atlas', '2026.07', '2026.10');
    assert.match(stdout, /MITRE ATLAS 2026\.07 → 2026\.10: \d+ retired/);
    assert.match((await aiwb('list')).stdout, /^mitre-atlas +2026\.10 +6 +0 +MITRE ATLAS +frameworks\//m);
  });

  it('refuses a source that is none, with its place', async () => {
    writeFileSync(path.join(folder, 'x.csv'), 'id,name\nA,x\nA,y\n');
    const { code, stdout } = await aiwb('import', 'x.csv', '--version', '1', '--json');
    assert.equal(code, 2);
    const { error } = JSON.parse(stdout) as { error: { code: string; place: { line: number } } };
    assert.deepEqual([error.code, error.place.line], ['file-invalid', 3]);
    assert.ok(!existsSync(path.join(folder, 'frameworks')));
  });

  it('compares versions, and brings policies along without touching their comments', async () => {
    const compared = await aiwb('compare', 'owasp-llm-top10', '2025', '2026');
    assert.equal(compared.code, 0);
    assert.match(
      compared.stdout,
      /policies\/bank\.policy\.yaml:9 {2}B-1 {2}LLM06:2025 Excessive Agency: now LLM03:2026/,
    );
    const shown = await aiwb('upgrade', 'owasp-llm-top10', '2025', '2026');
    assert.match(shown.stdout, /bank\.policy\.yaml: 2 edits\n {2}4: "2025" → "2026"\n {2}9: LLM06:2025 → LLM03:2026/);
    const file = path.join(folder, 'policies/bank.policy.yaml');
    assert.equal(readFileSync(file, 'utf8'), policy);
    const written = await aiwb('upgrade', 'owasp-llm-top10', '2025', '2026', '-p', file, '--write', '--json');
    assert.equal(written.code, 0);
    assert.equal((JSON.parse(written.stdout) as FrameworkUpgrade).policies[0]?.edits.length, 2);
    const expected = policy.replace('"2025"', '"2026"').replace('LLM06:2025', 'LLM03:2026');
    assert.equal(readFileSync(file, 'utf8'), expected);
    assert.equal((await runAiwb(['validate', file], { cwd: folder })).code, 0);
  });
});
