import assert from 'node:assert/strict';
import { completeTag, parseFilter, suggestTags, type FilterTag } from './filter.ts';

const tags: FilterTag[] = [
  { tag: 'failed', group: 'state', label: 'Failed' },
  { tag: 'lost', group: 'state', label: 'Lost' },
  { tag: 'tune', group: 'kind', label: 'Tuning jobs' },
];

describe('a filter', () => {
  const matches = (filter: string, text: string, own: string[]): boolean | undefined =>
    parseFilter(filter, tags)?.matches({ text, tags: own });

  it('wants every word, without regard to case', () => {
    assert.equal(matches('Triage  core', 'ticket-TRIAGE-core', []), true);
    assert.equal(matches('triage noisy', 'ticket-triage-core', []), false);
    assert.equal(parseFilter('  ', tags), undefined);
    assert.equal(parseFilter(' a   b ', tags)?.text, 'a b');
  });

  it('takes tags of one group as alternatives and of several together', () => {
    assert.equal(matches('@failed @lost', 'x', ['lost']), true);
    assert.equal(matches('@failed @tune', 'x', ['failed', 'benchmark']), false);
    assert.equal(matches('@failed @tune y', 'y', ['failed', 'tune']), true);
  });

  it('looks for an unknown @word as it stands', () => {
    assert.equal(matches('@production', 'ticket-triage @production', []), true);
    assert.equal(matches('@production', 'ticket-triage', []), false);
  });

  it('suggests tags for the last word and completes it', () => {
    const suggested = (text: string): string[] => suggestTags(text, tags).map(({ tag }) => tag);
    assert.deepEqual(suggested(''), ['failed', 'lost', 'tune']);
    assert.deepEqual(suggested('@failed @l'), ['lost']);
    assert.deepEqual(suggested('@failed '), ['lost', 'tune']);
    assert.deepEqual(suggested('tri'), []);
    assert.equal(completeTag('tri @l', 'lost'), 'tri @lost ');
    assert.equal(completeTag('tri ', 'lost'), 'tri @lost ');
    assert.equal(completeTag('', 'lost'), '@lost ');
  });
});
