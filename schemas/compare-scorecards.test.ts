import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compareRecords, compareScorecards, directionOf } from './compare-scorecards.ts';
import type { AssessmentRecord, ControlResult, ScorecardView } from './generated/messages.ts';
import { validateAssessmentComparison } from './generated/validators.js';

const folder = path.join(import.meta.dirname, '../test/fixtures/scorecards');
const scorecard = (name: string) =>
  (JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as ScorecardView).scorecard;
const failed = (): AssessmentRecord => scorecard('failed').record;

function having(id: string, change: (control: ControlResult) => void): AssessmentRecord {
  const record = failed();
  const control = record.controls.find(candidate => candidate.id === id);
  assert.ok(control);
  change(control);
  return record;
}

describe('compareRecords', () => {
  it('finds nothing between a record and itself', () => {
    const { changes, unchanged, policies } = compareRecords(failed(), failed());
    assert.deepEqual(changes, []);
    assert.equal(unchanged, failed().controls.length);
    assert.deepEqual(policies, []);
  });

  it('tells an outcome before and after, with reasons and the figures that moved', () => {
    const after = having('FAIR-01', control => {
      control.outcome = 'compliant';
      control.reason = 'All checks passed.';
      control.checks[0]!.state = 'pass';
      control.checks[0]!.actual = 0.05;
    });
    const [change, ...others] = compareRecords(failed(), after).changes;
    assert.deepEqual(others, []);
    assert.equal(change?.control, 'FAIR-01');
    assert.deepEqual([change.before, change.after], ['non-compliant', 'compliant']);
    assert.match(change.reasonBefore ?? '', /may be 0.21/);
    assert.equal(change.reasonAfter, 'All checks passed.');
    const [check] = change.checks ?? [];
    assert.deepEqual(
      [check?.before, check?.after, check?.figureBefore, check?.figureAfter, check?.unit],
      ['fail', 'pass', 0.128, 0.05, 'ratio'],
    );
    assert.equal(directionOf(change), 'better');
  });

  it('puts what became worse first, then by severity', () => {
    const [lost, won] = [
      failed().controls.filter(({ outcome }) => outcome === 'compliant'),
      failed().controls.filter(({ outcome }) => outcome === 'non-compliant'),
    ];
    const after = failed();
    for (const control of after.controls) {
      if (control.outcome === 'compliant') control.outcome = 'non-compliant';
      else if (control.outcome === 'non-compliant') control.outcome = 'compliant';
    }
    const { changes } = compareRecords(failed(), after);
    const directions = changes.map(directionOf);
    assert.deepEqual(directions, [...lost.map(() => 'worse'), ...won.map(() => 'better')]);
    const order = ['critical', 'high', 'medium', 'low'];
    for (const direction of ['worse', 'better']) {
      const ranks = changes
        .filter(change => directionOf(change) === direction)
        .map(({ severity }) => order.indexOf(severity));
      assert.deepEqual(
        ranks,
        [...ranks].sort((a, b) => a - b),
      );
    }
  });

  it('tells a control that is new, one that is gone, and a waiver that came or went', () => {
    const before = failed();
    const after = failed();
    const gone = before.controls[0]!;
    after.controls.shift();
    const added = { ...gone, id: 'NEW-01', outcome: 'non-compliant' as const };
    after.controls.push(added);
    const waived = after.controls.find(({ waiver }) => waiver !== undefined)!;
    delete waived.waiver;
    const { changes } = compareRecords(before, after);
    const of = (id: string) => changes.find(({ control }) => control === id)!;
    assert.deepEqual([of('NEW-01').before, of('NEW-01').after], [undefined, 'non-compliant']);
    assert.equal(directionOf(of('NEW-01')), 'worse');
    assert.deepEqual([of(gone.id).before, of(gone.id).after], [gone.outcome, undefined]);
    assert.equal(directionOf(of(gone.id)), 'other');
    assert.deepEqual([of(waived.id).waivedBefore, of(waived.id).waivedAfter], [true, false]);
    assert.equal(directionOf(of(waived.id)), 'worse');
  });

  it('names policies by version, and by digest where only the text changed', () => {
    const after = failed();
    const [first, second] = after.policies;
    first!.version = '9.0.0';
    second!.digest = 'f'.repeat(64);
    const removed = after.policies.pop()!;
    const { policies } = compareRecords(failed(), after);
    const before = failed().policies;
    assert.deepEqual(policies, [
      { id: first!.id, before: before[0]!.version, after: '9.0.0' },
      {
        id: second!.id,
        before: `${second!.version} (${before[1]!.digest.slice(0, 8)})`,
        after: `${second!.version} (ffffffff)`,
      },
      { id: removed.id, before: removed.version },
    ]);
  });

  it('takes ids that repeat one by one', () => {
    const before = failed();
    const [first] = before.controls;
    before.controls.push({ ...first!, outcome: 'compliant' });
    const after = structuredClone(before);
    after.controls.at(-1)!.outcome = 'partial';
    const { changes, unchanged } = compareRecords(before, after);
    assert.equal(changes.length, 1);
    assert.equal(unchanged, before.controls.length - 1);
  });
});

describe('compareScorecards', () => {
  it('names both assessments, and fits the contract', () => {
    const comparison = compareScorecards(scorecard('failed'), scorecard('passed'));
    assert.equal(comparison.before.gate, 'failed');
    assert.equal(comparison.after.gate, 'passed');
    assert.ok(validateAssessmentComparison(comparison), JSON.stringify(validateAssessmentComparison.errors));
  });
});
