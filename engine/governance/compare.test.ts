import assert from 'node:assert/strict';
import { checkIn, controlIn, now } from '../../test/fakes/assessed.ts';
import { makeRecord } from '../../test/fakes/records.ts';
import { compareAssessments, findChanges } from './compare.ts';
import { renderComparison } from './comparison-text.ts';

describe('findChanges', () => {
  const control = (id: string, ...rest: Parameters<typeof controlIn>) => controlIn(rest[0], { id, ...rest[1] });

  it('finds nothing in a record and itself', () => {
    const record = makeRecord([control('A', ['pass']), control('B', ['fail'])]);
    assert.deepEqual(findChanges(record, record), []);
  });

  it('puts what is worse first, then what is better, then the rest, each by severity', () => {
    const before = makeRecord([
      control('LOW-WORSE', ['pass'], { severity: 'low' }),
      control('BETTER', ['fail'], { severity: 'critical' }),
      control('BAD-WORSE', ['pass'], { severity: 'critical' }),
      control('GONE', ['fail'], { severity: 'critical' }),
      control('SAME', ['fail']),
    ]);
    const after = makeRecord([
      control('LOW-WORSE', ['missing'], { severity: 'low' }),
      control('BETTER', ['pass'], { severity: 'critical' }),
      control('BAD-WORSE', ['pass', 'fail'], { severity: 'critical' }),
      control('SAME', ['fail']),
      control('NEW', ['fail'], { severity: 'medium' }),
    ]);
    const changes = findChanges(before, after);
    assert.deepEqual(
      changes.map(({ control: id, before: was, after: is }) => [id, was, is]),
      [
        ['BAD-WORSE', 'compliant', 'partial'],
        ['NEW', undefined, 'non-compliant'],
        ['LOW-WORSE', 'compliant', 'not-assessed'],
        ['BETTER', 'non-compliant', 'compliant'],
        ['GONE', 'non-compliant', undefined],
      ],
    );
  });

  it('tells a waiver, a figure and a bar that changed while the outcome did not', () => {
    const checks = (changes: object) => [checkIn('fail', { id: 'A.x', ...changes })];
    const before = makeRecord([
      control('WAIVED', ['fail']),
      control('FIGURE', ['fail'], { checks: checks({ actual: 0.7, required: 'at least 0.8' }) }),
      control('BAR', ['fail'], { checks: checks({ actual: 0.7, required: 'at least 0.8' }) }),
    ]);
    const after = makeRecord([
      control('WAIVED', ['fail'], { waiver: 'waiver-1' }),
      control('FIGURE', ['fail'], { checks: checks({ actual: 0.75, required: 'at least 0.8' }) }),
      control('BAR', ['fail'], { checks: checks({ actual: 0.7, required: 'at least 0.9' }) }),
    ]);
    const changes = findChanges(before, after);
    assert.deepEqual(
      changes.map(({ control: id, waivedBefore, waivedAfter }) => [id, waivedBefore, waivedAfter]),
      [
        ['WAIVED', false, true],
        ['FIGURE', false, false],
        ['BAR', false, false],
      ],
    );
    assert.deepEqual(changes[1]?.checks, [
      {
        id: 'A.x',
        title: 'fail',
        before: 'fail',
        after: 'fail',
        figureBefore: 0.7,
        figureAfter: 0.75,
        requiredBefore: 'at least 0.8',
        requiredAfter: 'at least 0.8',
      },
    ]);
    assert.equal(changes[2]?.checks?.[0]?.requiredAfter, 'at least 0.9');
  });
});

describe('compareAssessments', () => {
  const policy = (id: string, version: string, digest: string) => ({
    id,
    version,
    level: 'corporate' as const,
    title: id,
    digest,
    extends: [],
  });
  const before = makeRecord([controlIn(['pass'], { id: 'A' }), controlIn(['pass'], { id: 'B' })], {
    policies: [
      policy('same', '1.0.0', 'd1'),
      policy('newer', '1.0.0', 'd2'),
      policy('text', '1.0.0', 'd3'),
      policy('gone', '1.0.0', 'd4'),
    ],
  });
  const after = makeRecord(
    [controlIn(['fail'], { id: 'A', title: 'No\u001b[31m red' }), controlIn(['pass'], { id: 'B' })],
    {
      assessedAt: now + 1,
      policies: [
        policy('same', '1.0.0', 'd1'),
        policy('newer', '1.1.0', 'd5'),
        policy('text', '1.0.0', 'd6'),
        policy('new', '1.0.0', 'd7'),
      ],
    },
  );
  const comparison = compareAssessments({ record: before, digest: 'x' }, { record: after, digest: 'y' });

  it('names policies whose version or text differs, and counts what came out alike', () => {
    assert.deepEqual(comparison.policies, [
      { id: 'newer', before: '1.0.0', after: '1.1.0' },
      { id: 'text', before: '1.0.0 (d3)', after: '1.0.0 (d6)' },
      { id: 'gone', before: '1.0.0' },
      { id: 'new', after: '1.0.0' },
    ]);
    assert.equal(comparison.unchanged, 1);
    assert.deepEqual([comparison.before.digest, comparison.after.digest], ['x', 'y']);
  });

  it('is told in words, in which nothing steers a terminal', () => {
    const text = renderComparison(comparison);
    assert.match(text, /A \(high\) No \[31m red: compliant, now not compliant/);
    assert.match(text, /1 control came out differently, 1 alike/);
    assert.match(text, /Policy gone: 1\.0\.0, then not asked/);
    assert.ok(!text.includes('\u001b'));
  });
});
