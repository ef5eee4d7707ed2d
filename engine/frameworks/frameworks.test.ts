import assert from 'node:assert/strict';
import { listFrameworks, suggestEntry, type Framework } from './frameworks.ts';
import { createFrameworkLibrary } from './library.ts';

const { find: findFramework, versionsOf } = createFrameworkLibrary();

function framework(id: string, version: string): Framework {
  const found = findFramework(id, version);
  assert.ok(found, `${id} ${version}`);
  return found;
}

describe('frameworks', () => {
  it('are there by id and version, with as many ids as the framework has', () => {
    const sizes = listFrameworks().map(({ id, version, entries }) => [id, version, entries.length]);
    assert.deepEqual(sizes, [
      ['ai-verify', '2022', 11],
      ['eu-ai-act', '2024', 21],
      ['mas-feat', '2018', 14],
      ['mitre-atlas', '2026.07', 16 + 178 + 37],
      ['nist-ai-600-1', '2024', 12],
      ['nist-ai-rmf', '1.0', 19 + 72],
      ['owasp-llm-top10', '2025', 10],
      ['owasp-llm-top10', '2026', 10],
      ['sg-mgf-agentic', '2026', 4],
      ['sg-mgf-genai', '2024', 9],
    ]);
    assert.equal(findFramework('mitre-atlas', '2026.08'), undefined);
    assert.deepEqual(versionsOf('owasp-llm-top10'), ['2025', '2026']);
    assert.deepEqual(versionsOf('constructor'), []);
  });

  it('name their ids, groups and relations', () => {
    const atlas = framework('mitre-atlas', '2026.07');
    assert.equal(atlas.byId.get('AML.T0051')?.name, 'LLM Prompt Injection');
    assert.deepEqual(atlas.byId.get('AML.T0002.001'), {
      id: 'AML.T0002.001',
      name: 'Models',
      group: 'Resource Development',
      related: ['AML.M0001', 'AML.M0014'],
    });
    assert.equal(framework('nist-ai-rmf', '1.0').byId.get('MEASURE 2.11')?.name, 'Fairness');
    assert.deepEqual(framework('owasp-llm-top10', '2026').byId.get('LLM03:2026')?.related, ['LLM06:2025']);
  });

  it('refer only to ids that exist, and list none that is retired', () => {
    const atlas = framework('mitre-atlas', '2026.07');
    for (const { id, related = [] } of atlas.entries)
      for (const other of related) assert.ok(atlas.byId.has(other), `${id} → ${other}`);
    assert.deepEqual([...atlas.retired.keys()], ['AML.T0019', 'AML.T0058', 'AML.T0104']);
    for (const id of atlas.retired.keys()) assert.ok(!atlas.byId.has(id));
    const older = framework('owasp-llm-top10', '2025');
    for (const { related = [] } of framework('owasp-llm-top10', '2026').entries)
      for (const other of related) assert.ok(older.byId.has(other));
  });

  it('say under which licence their names stand', () => {
    for (const { id, title, publisher, license, note } of listFrameworks())
      assert.ok(title !== '' && publisher !== '' && license !== '' && note !== '', id);
    assert.match(framework('mitre-atlas', '2026.07').license, /Apache-2\.0.*trademarks/);
    assert.match(framework('owasp-llm-top10', '2025').license, /CC BY-SA 4\.0/);
  });

  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['nist-ai-rmf', '1.0', 'measure 2.11', 'MEASURE 2.11'],
    ['nist-ai-rmf', '1.0', 'MEASURE-2.11', 'MEASURE 2.11'],
    ['nist-ai-rmf', '1.0', 'MESURE 2.11', 'MEASURE 2.11'],
    ['mitre-atlas', '2026.07', 'T0051', 'AML.T0051'],
    ['mitre-atlas', '2026.07', 'LLM Prompt Injection', 'AML.T0051'],
    ['owasp-llm-top10', '2025', 'Excessive agency', 'LLM06:2025'],
    ['mas-feat', '2018', 'fairness-1', 'Fairness 1'],
    ['eu-ai-act', '2024', 'Annex', undefined],
  ];
  for (const [id, version, written, expected] of cases) {
    it(`takes ${written} for ${expected ?? 'nothing'} of ${id}`, () => {
      assert.equal(suggestEntry(framework(id, version), written)?.id, expected);
    });
  }
});
