import assert from 'node:assert/strict';
import type { Framework } from './frameworks.ts';
import { createFrameworkLibrary } from './library.ts';
import { linksOf, type EntryLinks } from './links.ts';

const library = createFrameworkLibrary();
const ids = (entries: EntryLinks[keyof EntryLinks]): string[] => entries.map(({ id }) => id);

function links(id: string, version: string, entry: string): EntryLinks {
  const framework = library.find(id, version);
  const found = framework?.byId.get(entry);
  assert.ok(framework && found);
  return linksOf(framework, found);
}

describe('linksOf', () => {
  it('ties techniques to tactics, sub-techniques and mitigations, both ways', () => {
    const injection = links('mitre-atlas', '2026.07', 'AML.T0051');
    assert.deepEqual(ids(injection.parents), ['AML.TA0005']);
    assert.deepEqual(ids(injection.children), ['AML.T0051.000', 'AML.T0051.001', 'AML.T0051.002']);
    assert.ok(ids(injection.related).includes('AML.M0020'));
    const direct = links('mitre-atlas', '2026.07', 'AML.T0051.000');
    assert.deepEqual(ids(direct.parents), ['AML.T0051']);
    assert.ok(ids(links('mitre-atlas', '2026.07', 'AML.M0020').relatedBy).includes('AML.T0051'));
    assert.deepEqual(ids(links('mitre-atlas', '2026.07', 'AML.T0012').parents), ['AML.TA0004', 'AML.TA0012']);
    assert.ok(ids(links('mitre-atlas', '2026.07', 'AML.TA0005').children).includes('AML.T0051'));
  });

  it('ties subcategories to their category', () => {
    assert.deepEqual(ids(links('nist-ai-rmf', '1.0', 'MEASURE 2.11').parents), ['MEASURE 2']);
    assert.equal(links('nist-ai-rmf', '1.0', 'MEASURE 2').children.length, 13);
  });

  it('takes no id of another edition for one of this', () => {
    const { related, relatedBy } = links('owasp-llm-top10', '2026', 'LLM03:2026');
    assert.deepEqual([related, relatedBy], [[], []]);
  });

  it('leaves no technique without a tactic, and no mitigation without a technique', () => {
    const atlas = library.find('mitre-atlas', '2026.07') as Framework;
    for (const entry of atlas.entries) {
      const { parents, children, relatedBy } = linksOf(atlas, entry);
      if (entry.group === 'Tactic') assert.ok(children.length > 0, entry.id);
      else if (entry.group === 'Mitigation') assert.ok(relatedBy.length > 0, entry.id);
      else assert.ok(parents.length > 0, entry.id);
    }
  });
});
