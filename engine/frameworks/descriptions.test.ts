import assert from 'node:assert/strict';
import { describeEntryText, sentencesOf } from './descriptions.ts';
import { listFrameworks } from './frameworks.ts';

describe('descriptions', () => {
  for (const framework of listFrameworks()) {
    it(`say of each of the ${framework.entries.length} ids of ${framework.id} ${framework.version} what it is about`, async () => {
      for (const entry of framework.entries) {
        const text = (await describeEntryText(framework, entry)) ?? '';
        assert.match(text, /^[A-Z][^\n]{19,169}\.$/, `${entry.id}: ${text}`);
        assert.notEqual(text, entry.name);
      }
    });
  }

  it('are another sentence for every id of a framework, but for what two editions share', async () => {
    for (const id of new Set(listFrameworks().map(framework => framework.id))) {
      const sentences = await sentencesOf(id);
      if (id === 'owasp-llm-top10') assert.equal(new Set(sentences.values()).size, 11);
      else assert.equal(new Set(sentences.values()).size, sentences.size, id);
    }
  });

  it('are of the file where it has its own, and absent where nobody wrote any', async () => {
    const entry = { id: 'A-1', name: 'First', description: 'What its file says.' };
    assert.equal(await describeEntryText({ id: 'acme' }, entry), 'What its file says.');
    assert.equal(await describeEntryText({ id: 'acme' }, { id: 'A-1', name: 'First' }), undefined);
    assert.equal(await describeEntryText({ id: 'constructor' }, { id: 'name', name: 'x' }), undefined);
  });

  it('are the same for whichever version of ATLAS has the id', async () => {
    const retired = { id: 'AML.T0019', name: 'Publish Poisoned Datasets' };
    assert.match((await describeEntryText({ id: 'mitre-atlas' }, retired)) ?? '', /poisoned dataset/);
  });
});
