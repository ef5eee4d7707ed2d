import assert from 'node:assert/strict';
import type { DryRunEstimate, GateResult, RunSummary } from '../../schemas/generated/messages.ts';
import { describeJudged, describePlan, verdictOf } from './verdicts.ts';

const missed: GateResult = {
  metric: 'accuracy',
  label: 'Accuracy',
  model: 'gpt',
  condition: 'at least 0.900',
  actual: 0.82,
  bound: 0.78,
  judged: '0.780',
  outcome: 'not-met',
  sentence: 'Accuracy of gpt is at least 78.0 %; required at least 90.0 %.',
};
const met: GateResult = { ...missed, outcome: 'met' };
const open: GateResult = { ...missed, outcome: 'not-computed', sentence: 'Could not be judged.' };

describe('verdictOf', () => {
  it('fails with the sentence, what was required and what came out', () => {
    const verdict = verdictOf([met, missed], ['The file has changed.']);
    assert.deepEqual(verdict, {
      kind: 'failed',
      failures: [
        {
          message: `${missed.sentence}\n\nThe file has changed.`,
          expected: 'at least 0.900',
          actual: '0.780',
        },
      ],
    });
  });

  it('passes only when every prompt was judged and passed', () => {
    assert.deepEqual(verdictOf([met, met], []), { kind: 'passed' });
    assert.deepEqual(verdictOf([met, open], []), { kind: 'skipped', reason: 'Could not be judged.' });
    assert.equal(verdictOf([], []).kind, 'skipped');
  });
});

describe('describeJudged', () => {
  it('tells an outdated run', () => {
    assert.equal(describeJudged({ gates: [], stale: [] }), 'not run yet');
    const run = { createdAt: 0, endedAt: 0 } as RunSummary;
    assert.match(describeJudged({ run, gates: [], stale: [] }), /^run of /);
    assert.match(describeJudged({ run, gates: [], stale: ['x'] }), /^out of date · run of /);
  });
});

describe('describePlan', () => {
  const estimate: DryRunEstimate = {
    name: 'x',
    rows: 480,
    trainingRows: 0,
    repeats: 1,
    samples: 960,
    inputTokens: 0,
    variants: [{ model: 'a', samples: 960, inputTokens: 0, outputTokens: 0 }],
    cost: 0,
    notes: [],
  };

  it('names rows, tokens and money', () => {
    assert.match(describePlan(estimate), /480 rows, 960 samples\nCosts nothing/);
    const [variant] = estimate.variants;
    assert.ok(variant);
    const paid: DryRunEstimate = {
      ...estimate,
      inputTokens: 1200,
      variants: [{ ...variant, outputTokens: 300 }],
      cost: 1.5,
    };
    assert.match(
      describePlan({ ...paid, notes: ['Judge: 0.20 USD.'] }),
      /1,200 tokens in, 300 out\n≈ .*1\.5.*\n\nJudge/s,
    );
    delete paid.cost;
    assert.match(describePlan(paid), /no cost is claimed/);
  });
});
