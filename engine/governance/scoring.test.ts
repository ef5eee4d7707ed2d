import assert from 'node:assert/strict';
import { checkIn, day, makeEffective, makeWaiver, metricCheck, now } from '../../test/fakes/assessed.ts';
import type { Applies } from './applicability.ts';
import { scoreControl } from './scoring.ts';

describe('scoreControl', () => {
  const yes: Applies = { state: 'yes' };
  const context = { version: { model: 'triage', version: '3' }, waivers: [makeWaiver()], now };

  it('keeps what the policies say of the control', () => {
    const mappings = [{ framework: 'f', version: '1', id: 'A1', relation: 'supports' as const }];
    const effective = makeEffective(
      { title: 'Parity', description: 'Alike.', remediation: 'Add rows.', severity: 'critical' },
      { tightenedBy: ['q'], weight: 7, mappings },
    );
    const result = scoreControl(effective, yes, [checkIn('pass')], context);
    assert.deepEqual(
      { ...result, checks: [], reason: '' },
      {
        id: 'C',
        title: 'Parity',
        description: 'Alike.',
        severity: 'critical',
        weight: 7,
        policy: 'p',
        tightenedBy: ['q'],
        outcome: 'compliant',
        value: 1,
        reason: '',
        remediation: 'Add rows.',
        mappings,
        checks: [],
      },
    );
  });

  it('names a waiver only where it is needed, and gives nothing for it', () => {
    const failed = scoreControl(makeEffective(), yes, [checkIn('fail')], context);
    assert.deepEqual([failed.waiver, failed.outcome, failed.value], ['waiver-1', 'non-compliant', 0]);
    const open = scoreControl(makeEffective(), yes, [checkIn('missing')], context);
    assert.deepEqual([open.waiver, open.value], ['waiver-1', 0]);
    assert.equal(scoreControl(makeEffective(), yes, [checkIn('pass')], context).waiver, undefined);
    const away = scoreControl(makeEffective(), { state: 'no', reason: 'No.' }, [], context);
    assert.equal(away.waiver, undefined);
    const late = { ...context, now: now + 20 * day };
    assert.equal(scoreControl(makeEffective(), yes, [checkIn('fail')], late).waiver, undefined);
  });

  it('makes no check of a control that does not apply, and says why', () => {
    const effective = makeEffective({ checks: [metricCheck(), metricCheck({ id: 'C.two' })] });
    const away = scoreControl(effective, { state: 'no', reason: 'Not here.' }, [], context);
    assert.deepEqual([away.outcome, away.value, away.reason], ['not-applicable', null, 'Not here.']);
    assert.deepEqual(
      away.checks.map(({ id, state, reason }) => [id, state, reason]),
      [
        ['C.metric', 'not-applicable', 'Not here.'],
        ['C.two', 'not-applicable', 'Not here.'],
      ],
    );
  });

  it('counts a control nobody knows to apply as not assessed', () => {
    const unknown = scoreControl(makeEffective(), { state: 'unknown', reason: 'Who knows.' }, [], {
      ...context,
      waivers: [],
    });
    assert.deepEqual([unknown.outcome, unknown.value, unknown.reason], ['not-assessed', 0, 'Who knows.']);
    assert.equal(unknown.checks[0]?.state, 'needs-review');
  });

  it('does not take a control without checks for one that is met', () => {
    const empty = scoreControl(makeEffective({ checks: [] }), yes, [], context);
    assert.deepEqual([empty.outcome, empty.value], ['not-assessed', 0]);
    assert.match(empty.reason, /no check/);
    const away = scoreControl(makeEffective({ checks: [] }), { state: 'no', reason: 'No.' }, [], context);
    assert.deepEqual([away.outcome, away.value], ['not-applicable', null]);
  });

  it('leads with the check that decides', () => {
    const reason = (...states: Parameters<typeof checkIn>[0][]) =>
      scoreControl(
        makeEffective(),
        yes,
        states.map(state => checkIn(state)),
        context,
      ).reason;
    assert.equal(reason('pass', 'missing', 'fail'), 'It is fail.');
    assert.equal(reason('pass', 'stale'), 'It is stale.');
    assert.equal(reason('pass'), 'It is pass.');
    assert.equal(reason('pass', 'pass'), 'All 2 checks passed.');
  });
});
