import assert from 'node:assert/strict';
import type { Report } from '../../schemas/generated/messages.ts';
import { validateSampleQuery } from '../../schemas/generated/validators.js';
import { choiceOfFocus, everySample, queryOf, readSampleChoice, type SampleChoice } from './sample-choice.ts';

/** Two runs: `a` with two models, `b` with one. */
const report = {
  runs: [{ id: 'a' }, { id: 'b' }],
  variants: [
    { runId: 'a', variant: 0 },
    { runId: 'a', variant: 1 },
    { runId: 'b', variant: 0 },
  ],
} as unknown as Report;
const chat = { column: 'channel', value: 'chat' };
const email = { column: 'channel', value: 'email' };

describe('the samples a reader chooses', () => {
  const cases: readonly [what: string, choice: Partial<SampleChoice>, query: object][] = [
    ['all of the first run', {}, { runId: 'a', filter: 'all' }],
    ['of another run', { run: 1, variants: [2] }, { runId: 'b', variant: 0, filter: 'all' }],
    ['of no model of the run', { run: 1, variants: [0] }, { runId: 'b', filter: 'all' }],
    ['of several models', { variants: [0, 1] }, { runId: 'a', filter: 'all', where: { variants: [0, 1] } }],
    ['that are wrong', { outcome: 'wrong' }, { runId: 'a', filter: 'wrong' }],
    ['that are right', { outcome: 'right' }, { runId: 'a', filter: 'all', where: { right: true } }],
    [
      'that came late',
      { outcome: 'failed:timeout' },
      { runId: 'a', filter: 'failed', where: { failures: ['timeout'] } },
    ],
    ['of a slice', { slices: [chat] }, { runId: 'a', filter: 'all', slice: chat }],
    ['of two slices', { slices: [chat, email] }, { runId: 'a', filter: 'all', where: { slices: [chat, email] } }],
    [
      'within numbers',
      { ranges: { 'score:wer': { least: 0.5 }, latencyMs: { most: 9 } } },
      { runId: 'a', filter: 'all', where: { scores: [{ name: 'wer', least: 0.5 }], latencyMs: { most: 9 } } },
    ],
    [
      'in an order',
      { sort: { by: 'score', name: 'wer', descending: true } },
      { runId: 'a', filter: 'all', sort: { by: 'score', name: 'wer', descending: true } },
    ],
  ];
  for (const [what, choice, query] of cases)
    it(`are asked for: ${what}`, () => {
      const asked = queryOf(report, { ...everySample, ...choice }, '');
      assert.deepEqual(asked, query);
      assert.ok(validateSampleQuery({ ...asked, limit: 200 }));
      assert.deepEqual(readSampleChoice(JSON.parse(JSON.stringify({ ...everySample, ...choice }))), {
        ...everySample,
        ...choice,
      });
    });

  it('are every one where nothing sound was kept', () => {
    for (const kept of [undefined, null, 'x', [], { outcome: 'failed:nonsense', slices: [{}], ranges: { evil: 1 } }])
      assert.deepEqual(readSampleChoice(kept), everySample);
    const unsound = { run: -1, variants: ['0', 1], sort: { by: 'nothing' }, ranges: { latencyMs: { least: 'x' } } };
    assert.deepEqual(readSampleChoice(unsound), { ...everySample, variants: [1] });
  });

  it('follow where the host leads, in the order and columns they had', () => {
    const former: SampleChoice = { ...everySample, outcome: 'right', columns: ['row'], sort: { by: 'latency' } };
    const kept = { columns: ['row'], sort: { by: 'latency' } };
    assert.deepEqual(choiceOfFocus(report, { type: 'focus', sample: 9, runId: 'b', filter: 'wrong' }, former), {
      ...everySample,
      ...kept,
      run: 1,
    });
    assert.deepEqual(choiceOfFocus(report, { type: 'focus', variant: 1, slice: chat, filter: 'wrong' }, former), {
      ...everySample,
      ...kept,
      variants: [1],
      slices: [chat],
      outcome: 'wrong',
    });
  });
});
