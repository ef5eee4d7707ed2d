import assert from 'node:assert/strict';
import type { FilterTerm } from '../../ports/registry-filter.ts';
import { describeFilter } from './describe.ts';
import { parseFilter } from './parse.ts';
import { suggestFilter } from './suggest.ts';

const text = (word: string, not = false): FilterTerm => ({ kind: 'text', text: word, not });
const figure = (name: string, comparison: '<' | '<=' | '>' | '>=' | '=', value: number): FilterTerm => ({
  ...{ kind: 'figure', figure: name, comparison, value },
});

describe('parseFilter', () => {
  const cases: readonly (readonly [filter: string, terms: readonly FilterTerm[], unmatched?: readonly string[]])[] = [
    ['', []],
    ['  \t ', []],
    ['whisper large', [text('whisper'), text('large')]],
    ['"whisper large"', [text('whisper large')]],
    ['-whisper', [text('whisper', true)]],
    ['-', []],
    ['--', []],
    ['"-whisper"', [text('-whisper')]],
    ['"status:approved"', [text('status:approved')]],
    ['"said \\"so\\""', [text('said "so"')]],
    ['"never closed', [text('never closed')]],
    ['status:approved', [{ kind: 'status', values: ['approved'], not: false }]],
    ['STATUS:Approved,production', [{ kind: 'status', values: ['approved', 'production'], not: false }]],
    ['-status:revoked', [{ kind: 'status', values: ['revoked'], not: true }]],
    ['is:baseline', [{ kind: 'status', values: ['baseline'], not: false }]],
    ['status:approved,odd', [{ kind: 'status', values: ['approved'], not: false }], ['status:approved,odd']],
    ['status:odd', [text('status:odd')], ['status:odd']],
    ['task:asr,ocr', [{ kind: 'field', field: 'task', values: ['asr', 'ocr'], not: false }]],
    ['-task:asr', [{ kind: 'field', field: 'task', values: ['asr'], not: true }]],
    ['licence:MIT', [{ kind: 'field', field: 'license', values: ['MIT'], not: false }]],
    ['owner:"Ada Lovelace"', [{ kind: 'field', field: 'owner', values: ['Ada Lovelace'], not: false }]],
    ['owner:"a, b",c', [{ kind: 'field', field: 'owner', values: ['a, b', 'c'], not: false }]],
    ['task:', []],
    ['task:,', []],
    ['name:a:b', [{ kind: 'field', field: 'name', values: ['a:b'], not: false }]],
    ['colour:red', [text('colour:red')], ['colour:red']],
    ['constructor:x', [text('constructor:x')], ['constructor:x']],
    [':x', [text(':x')]],
    ['ttft_p90<200', [figure('ttft_p90', '<', 200)]],
    ['ttft_p90 < 200', [figure('ttft_p90', '<', 200)]],
    ['ttft_p90<= 200', [figure('ttft_p90', '<=', 200)]],
    ['ttft_p90 >=1.5s', [figure('ttft_p90', '>=', 1500)]],
    ['ttft_p90<200ms', [figure('ttft_p90', '<', 200)]],
    ['core_accuracy>=90%', [figure('core_accuracy', '>=', 0.9)]],
    ['exact-match=1', [figure('exact-match', '=', 1)]],
    ['loss<1e-3', [figure('loss', '<', 0.001)]],
    ['delta>-0.5', [figure('delta', '>', -0.5)]],
    ['-ttft_p90<200', [figure('ttft_p90', '>=', 200)]],
    ['ttft_p90<', [text('ttft_p90<')], ['ttft_p90<']],
    ['ttft_p90<fast', [text('ttft_p90<fast')], ['ttft_p90<fast']],
    ['ttft_p90<1e999', [text('ttft_p90<1e999')], ['ttft_p90<1e999']],
    ['< 200', [text('<'), text('200')]],
    [
      'status:approved ttft_p90<200 task:asr whisper',
      [
        { kind: 'status', values: ['approved'], not: false },
        figure('ttft_p90', '<', 200),
        { kind: 'field', field: 'task', values: ['asr'], not: false },
        text('whisper'),
      ],
    ],
  ];
  for (const [filter, terms, unmatched] of cases) {
    it(`reads ${JSON.stringify(filter)}`, () => {
      const parsed = parseFilter(filter);
      assert.deepEqual(parsed.terms, terms);
      assert.deepEqual(parsed.unmatched, unmatched);
      assert.equal(parsed.text, filter);
    });
  }

  it('reads whatever is typed, in bounded time and length', () => {
    const pieces = [
      '"',
      '\\',
      '-',
      ':',
      ',',
      '<',
      '>=',
      '=',
      '%',
      'a',
      'status',
      '9',
      ' ',
      '\n',
      '\0',
      '\u{1F600}',
      '.',
    ];
    for (let seed = 1; seed < 3_000; seed += 1) {
      let state = seed;
      const words = Array.from({ length: 12 }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return pieces[state % pieces.length];
      });
      parseFilter(words.join(''));
    }
    const long = parseFilter(`${'a<1 '.repeat(5_000)}${'b'.repeat(100_000)}`);
    assert.equal(long.terms.length, 64);
    assert.ok((long.unmatched?.length ?? 0) > 0);
  });
});

describe('describeFilter', () => {
  it('says a filter in words', () => {
    const filter = parseFilter('status:approved,baseline ttft_p90<200ms -task:ocr "two words"');
    const words = 'status approved or baseline; ttft_p90 below 200; not task ocr; containing "two words"';
    assert.equal(describeFilter(filter), words);
    assert.equal(describeFilter(parseFilter('')), '');
  });
});

describe('suggestFilter', () => {
  const known = {
    figures: ['ttft_p90', 'core_accuracy'],
    values: { task: ['automatic-speech-recognition', 'ocr'], owner: ['Ada Lovelace', 'ops'] },
  };
  const at = (filter: string, offset = filter.length) =>
    suggestFilter(filter, offset, known).map(({ insert, from, to }) => [insert, from, to]);

  it('offers fields and figures that begin so', () => {
    assert.deepEqual(at('t'), [
      ['task:', 0, 1],
      ['ttft_p90<', 0, 1],
    ]);
    assert.deepEqual(at('whisper -st'), [['-status:', 8, 11]]);
    assert.equal(at('whisper ').length, 11);
    assert.equal(at('').length, 11);
  });

  it('offers values, and none twice', () => {
    assert.deepEqual(at('task:o'), [['task:ocr', 0, 6]]);
    assert.deepEqual(at('task:ocr,a'), [['task:ocr,automatic-speech-recognition', 0, 10]]);
    assert.deepEqual(at('task:ocr,o'), []);
    assert.deepEqual(at('owner:A'), [['owner:"Ada Lovelace"', 0, 7]]);
    assert.deepEqual(at('status:re'), [
      ['status:retired', 0, 9],
      ['status:revoked', 0, 9],
    ]);
    assert.deepEqual(at('colour:'), []);
  });

  it('gives what reads right again', () => {
    for (const { insert } of suggestFilter('owner:', 6, { figures: [], values: { owner: ['a "b", c\\d', 'x:y'] } })) {
      const [term] = parseFilter(insert).terms;
      assert.ok(term?.kind === 'field' && ['a "b", c\\d', 'x:y'].includes(term.values[0] ?? ''), insert);
    }
  });
});
