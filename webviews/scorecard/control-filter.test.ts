import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AssessmentRecord, ScorecardView } from '../../schemas/generated/messages.ts';
import { makeHugeScorecard } from '../../test/fakes/huge-scorecard.ts';
import { everyControl, indexControls, isNarrowed, readFilter, type ControlFilter } from './control-filter.ts';

const folder = path.join(import.meta.dirname, '../../test/fixtures/scorecards');
const failed = (): AssessmentRecord =>
  (JSON.parse(readFileSync(path.join(folder, 'failed.json'), 'utf8')) as ScorecardView).scorecard.record;

function idsOf(filter: Partial<ControlFilter>, record = failed()): string[] {
  return indexControls(record)
    .select({ ...everyControl, ...filter })
    .map(({ control }) => control.id);
}

describe('controls a reader looks for', () => {
  it('come all, the most severe first and what is not met before what is partly met', () => {
    const all = indexControls(failed()).select(everyControl);
    assert.equal(all.length, failed().controls.length);
    const ranks = all.map(({ control }) => ['critical', 'high', 'medium', 'low'].indexOf(control.severity));
    assert.deepEqual(
      ranks,
      [...ranks].sort((a, b) => a - b),
    );
    for (const { control, index } of all) assert.equal(failed().controls[index]?.id, control.id);
  });

  it('are found by every word, in whatever case, of what a row or its checks say', () => {
    assert.deepEqual(idsOf({ text: 'adversarial TICKETS' }), ['SAFE-01']);
    assert.deepEqual(idsOf({ text: 'aml.t0051' }), ['SAFE-01']);
    assert.deepEqual(idsOf({ text: 'learns english' }), []);
    assert.deepEqual(idsOf({ text: 'triage-fairness' }), ['FAIR-01']);
    assert.deepEqual(idsOf({ text: '   ' }).length, failed().controls.length);
    assert.deepEqual(idsOf({ text: 'fair-01 no-such-word' }), []);
  });

  it('are narrowed by outcome, severity, policy and level at once; a policy has what it made stricter, too', () => {
    assert.deepEqual(idsOf({ outcomes: ['non-compliant'], severities: ['high'] }), ['FAIR-01']);
    assert.ok(idsOf({ policies: ['marlo.ai-policy'] }).includes('FAIR-01'), 'made stricter');
    assert.ok(idsOf({ policies: ['country.fair-service'] }).includes('FAIR-01'), 'its own');
    assert.deepEqual(idsOf({ levels: ['team'] }), ['LIC-01']);
    assert.deepEqual(idsOf({ levels: ['industry'] }), []);
  });

  it('are all found among ten thousand', () => {
    const { record } = makeHugeScorecard().scorecard;
    assert.equal(record.controls.length, 10_000);
    const found = idsOf({ text: 'P49-200' }, record);
    assert.deepEqual(found, ['P49-200']);
    const byPolicy = idsOf({ policies: ['policy-07'] }, record);
    assert.equal(byPolicy.length, 200);
  });
});

describe('a kept filter', () => {
  it('comes back, without what is no choice', () => {
    const filter: ControlFilter = {
      text: 'fair',
      outcomes: ['partial'],
      severities: ['critical'],
      policies: ['p'],
      levels: ['team'],
    };
    assert.deepEqual(readFilter(JSON.parse(JSON.stringify(filter))), filter);
    assert.deepEqual(readFilter({ text: 7, outcomes: ['sure', 'partial'], policies: [1, 'p'], levels: 'team' }), {
      ...everyControl,
      outcomes: ['partial'],
      policies: ['p'],
    });
    assert.deepEqual(readFilter(undefined), everyControl);
    assert.equal(isNarrowed(everyControl), false);
    assert.equal(isNarrowed({ ...everyControl, levels: ['team'] }), true);
  });
});
