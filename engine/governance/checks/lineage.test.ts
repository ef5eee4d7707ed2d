import assert from 'node:assert/strict';
import type { LineageCheck } from '../../../schemas/generated/files.ts';
import type { CheckState, DatasetLineage } from '../../../schemas/generated/messages.ts';
import { day, lineageCheck, makeSubject, now, person, weights } from '../../../test/fakes/assessed.ts';
import { checkLineage, type TrainingEvidence } from './lineage.ts';

const review = { by: 'ada@x.example', on: '2026-05-01', result: 'none found' };
const train = (path: string, card?: DatasetLineage['card']): DatasetLineage => ({
  role: 'train',
  path,
  digest: 'r',
  rows: 10,
  ...(card === undefined ? {} : { card }),
});
const full = { path: 'a.card.md', digest: 'k', license: 'mit', piiReview: review };
const recorded: TrainingEvidence = { state: 'recorded', endedAt: now, checkpoints: ['0000', weights] };

function judge(check: LineageCheck, datasets: DatasetLineage[], training: TrainingEvidence | undefined = recorded) {
  const lineage = { runId: 'run-1', trainer: person('trainer'), datasets, prompts: [] };
  return checkLineage(check, makeSubject({ lineage }), training, now);
}

describe('checkLineage', () => {
  const datasets: readonly [
    what: string,
    require: LineageCheck['require'],
    sets: DatasetLineage[],
    state: CheckState,
  ][] = [
    ['a full card', ['dataset-card', 'license', 'pii-review'], [train('a', full)], 'pass'],
    ['no card', ['dataset-card'], [train('a')], 'fail'],
    ['no card, where only its licence is asked for', ['license'], [train('a')], 'fail'],
    ['a card without a licence', ['license'], [train('a', { path: 'c', digest: 'k' })], 'fail'],
    ['a card with an empty licence', ['license'], [train('a', { ...full, license: ' ' })], 'fail'],
    ['a card without a review', ['pii-review'], [train('a', { path: 'c', digest: 'k', license: 'mit' })], 'fail'],
    ['one dataset of two without', ['dataset-card'], [train('a', full), train('b')], 'fail'],
    ['a test set without a card', ['dataset-card'], [train('a', full), { ...train('b'), role: 'test' }], 'pass'],
    ['no training dataset', ['dataset-card'], [{ ...train('b', full), role: 'test' }], 'missing'],
    ['no dataset at all', ['license'], [], 'missing'],
  ];
  for (const [what, require, sets, state] of datasets) {
    it(`is ${state} for ${what}`, () => {
      const result = judge(lineageCheck(...require), sets);
      assert.equal(result.state, state, result.reason);
    });
  }

  const runs: readonly [what: string, training: TrainingEvidence | undefined, state: CheckState][] = [
    ['a recorded run with these weights', recorded, 'pass'],
    ['a run whose checkpoints have other weights', { ...recorded, checkpoints: ['0000'] }, 'fail'],
    ['a run that did not finish', { state: 'unfinished' }, 'needs-review'],
    ['a run of another store', { state: 'unknown' }, 'needs-review'],
  ];
  for (const [what, training, state] of runs) {
    it(`is ${state} for ${what}`, () => {
      for (const requirement of ['training-run', 'leakage-free'] as const)
        assert.equal(judge(lineageCheck(requirement), [], training).state, state, requirement);
    });
  }

  it('is missing where no run is named', () => {
    const subject = makeSubject({ lineage: { datasets: [], prompts: [] } });
    for (const requirement of ['training-run', 'leakage-free'] as const)
      assert.equal(checkLineage(lineageCheck(requirement), subject, undefined, now).state, 'missing');
  });

  it('is as good as its worst requirement, and names what is lacking only', () => {
    const result = judge(lineageCheck('training-run', 'license', 'dataset-card'), [train('a'), train('b', full)]);
    assert.equal(result.state, 'fail');
    assert.equal(result.reason, 'a has no licence in its card. a has no card.');
    assert.equal(
      judge(lineageCheck('license', 'training-run'), [train('a', full)], { state: 'unknown' }).state,
      'needs-review',
    );
  });

  it('leads to the run and the cards', () => {
    const { evidence } = judge(lineageCheck('training-run', 'pii-review'), [train('a', full), train('b')]);
    assert.deepEqual(
      evidence.map(({ kind, runId, path, quote }) => [kind, runId, path, quote]),
      [
        ['lineage', 'run-1', undefined, undefined],
        ['dataset-card', undefined, 'a.card.md', 'license: mit; pii_review: none found (ada@x.example, 2026-05-01)'],
        ['lineage', undefined, 'b', undefined],
      ],
    );
  });

  it('goes stale', () => {
    const subject = makeSubject({ createdAt: now - 40 * day });
    assert.equal(
      checkLineage({ ...lineageCheck('training-run'), freshness: 'P30D' }, subject, recorded, now).state,
      'stale',
    );
    assert.equal(
      checkLineage({ ...lineageCheck('training-run'), freshness: 'P40D' }, subject, recorded, now).state,
      'pass',
    );
  });
});
