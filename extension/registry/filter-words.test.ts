import assert from 'node:assert/strict';
import { makeModelRow } from '../../test/fakes/registry-rows.ts';
import { collectWords, filterMessage, readRecent, suggestWords, tidyFilter, withRecent } from './filter-words.ts';

const known = collectWords(
  [
    makeModelRow({ tasks: ['asr', 'speech to text'], provider: 'Acme', aliases: { production: '1' } }),
    makeModelRow({ tasks: ['asr'], license: 'apache-2.0' }),
  ],
  [{ name: 'ttft_p90', label: 'TTFT p90', value: 1, unit: 'ms', direction: 'lower', scope: 'baseline' }],
);
const words = (text: string): string[] => suggestWords(text, known).map(({ word }) => word);
const texts = (text: string): string[] => suggestWords(text, known).map(one => one.text);

describe('suggestWords', () => {
  it('explains every field and figure where nothing is written', () => {
    const all = suggestWords('', known);
    assert.deepEqual(
      all.map(({ word }) => word),
      ['status:', 'task:', 'provider:', 'license:', 'owner:', 'author:', 'language:', 'alias:', 'name:', 'ttft_p90<'],
    );
    assert.ok(all.every(({ explanation }) => explanation !== ''));
  });

  it('completes what is begun, and keeps what stands before', () => {
    assert.deepEqual(texts('whisper ta'), ['whisper task:']);
    assert.deepEqual(texts('whisper tt'), ['whisper ttft_p90<']);
    assert.deepEqual(texts('-st'), ['-status:']);
  });

  it('offers values that are there, in quotes where they need them, and none twice', () => {
    assert.deepEqual(texts('status:app'), ['status:approved ']);
    assert.deepEqual(texts('x task:'), ['x task:asr ', 'x task:"speech to text" ']);
    assert.deepEqual(texts('status:approved,ba'), ['status:approved,baseline ']);
    assert.ok(!words('status:approved,').includes('status:approved,approved '));
    assert.deepEqual(words('owner:'), []);
    assert.deepEqual(words('nonsense:'), []);
  });
});

describe('filters that were used', () => {
  it('come newest first, each once, and not for ever', () => {
    assert.deepEqual(withRecent(['a', 'b'], 'b'), ['b', 'a']);
    assert.deepEqual(withRecent(['a'], ''), ['a']);
    assert.equal(withRecent('abcdefghij'.split(''), 'k').length, 10);
    assert.deepEqual(readRecent(['a', 1, 'b']), ['a', 'b']);
    assert.deepEqual(readRecent({}), []);
    assert.equal(tidyFilter('  a   b '), 'a b');
  });
});

describe('filterMessage', () => {
  it('says how much is let through, and what was not understood', () => {
    assert.equal(filterMessage('a', undefined), 'Filter: a');
    assert.equal(filterMessage('a', { models: 1, unmatched: [] }), 'Filter: a (1 model)');
    assert.equal(
      filterMessage('ttft<1 a', { models: 1200, unmatched: ['ttft<1'] }),
      'Filter: ttft<1 a (1,200 models) · No field or figure is called so: ttft<1',
    );
  });
});
