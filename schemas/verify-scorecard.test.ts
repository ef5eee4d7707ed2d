import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { checkIn, controlIn, makeWaiver, now, person } from '../test/fakes/assessed.ts';
import type { AssessmentRecord, CheckState, ControlOutcome, Scorecard } from './generated/messages.ts';
import {
  coverageOf,
  digestRecord,
  outcomeOf,
  outcomeOfGate,
  scoreOf,
  valueOf,
  verifyScorecard,
} from './verify-scorecard.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the arithmetic of a scorecard', () => {
  const outcomes: readonly [states: CheckState[], outcome: ControlOutcome, value: number | null][] = [
    [['pass'], 'compliant', 1],
    [['pass', 'pass'], 'compliant', 1],
    [['pass', 'fail'], 'partial', 0.5],
    [['pass', 'fail', 'missing'], 'partial', 0.5],
    [['fail'], 'non-compliant', 0],
    [['fail', 'missing'], 'non-compliant', 0],
    [['fail', 'error', 'stale'], 'non-compliant', 0],
    [['pass', 'error'], 'not-assessed', 0],
    [['pass', 'stale'], 'not-assessed', 0],
    [['pass', 'missing'], 'not-assessed', 0],
    [['needs-review'], 'not-assessed', 0],
    [['pass', 'not-applicable'], 'not-assessed', 0],
    [['not-applicable', 'not-applicable'], 'not-applicable', null],
    [[], 'not-assessed', 0],
  ];
  for (const [states, outcome, value] of outcomes) {
    it(`makes ${states.join(' and ') || 'no check'} ${outcome}, worth ${String(value)}`, () => {
      assert.equal(outcomeOf(states), outcome);
      assert.equal(valueOf(outcome), value);
    });
  }

  const scores: readonly [
    what: string,
    controls: readonly [weight: number, value: number | null][],
    score: number | null,
  ][] = [
    ['no control', [], null],
    ['only controls that do not apply', [[10, null]], null],
    ['controls that weigh nothing', [[0, 1]], null],
    [
      'everything met',
      [
        [10, 1],
        [1, 1],
      ],
      100,
    ],
    [
      'nothing met',
      [
        [10, 0],
        [1, 0],
      ],
      0,
    ],
    ['half of one', [[5, 0.5]], 50],
    [
      'heavy controls count more',
      [
        [10, 1],
        [5, 0],
        [2, 0.5],
        [1, null],
      ],
      (100 * 11) / 17,
    ],
  ];
  for (const [what, controls, score] of scores) {
    it(`scores ${what}`, () => {
      assert.equal(scoreOf(controls.map(([weight, value]) => ({ weight, value }))), score);
    });
  }

  it('covers a control when every check passed or failed, and leaves out what does not apply', () => {
    const controls = [
      controlIn(['pass', 'fail']),
      controlIn(['pass', 'missing']),
      controlIn(['fail']),
      controlIn([]),
      controlIn(['not-applicable']),
    ];
    assert.equal(coverageOf(controls), 50);
    assert.equal(coverageOf([controlIn(['not-applicable'])]), 0);
  });

  it('opens a gate only when every condition is met, and there is one', () => {
    const gate = (...all: ('met' | 'not-met' | 'not-computed')[]) => outcomeOfGate(all.map(outcome => ({ outcome })));
    assert.equal(gate('met', 'met'), 'passed');
    assert.equal(gate('met', 'not-met', 'not-computed'), 'failed');
    assert.equal(gate('met', 'not-computed'), 'not-computed');
    assert.equal(gate(), 'not-computed');
  });
});

describe('verifyScorecard', () => {
  const controls = [
    controlIn(['pass'], { id: 'A', severity: 'critical', weight: 10 }),
    controlIn(['fail'], { id: 'B', severity: 'critical', weight: 10, waiver: 'waiver-1' }),
    controlIn(['not-applicable'], { id: 'C' }),
  ];
  const record: AssessmentRecord = {
    schemaVersion: 1,
    id: 'assessment-1',
    subject: { model: 'triage', version: '3', weightsDigest: 'w' },
    assessedAt: now,
    assessor: person('ada'),
    workbench: '0.1.0',
    policies: [],
    policySetDigest: 'p',
    score: 50,
    coverage: 100,
    waived: 1,
    gate: {
      outcome: 'passed',
      sentence: '',
      conditions: [{ condition: 'Score', required: '', actual: '', outcome: 'met' }],
    },
    controls,
    waivers: [makeWaiver({ control: 'B' })],
    frameworks: [],
  };
  const seal = (changed: AssessmentRecord): Scorecard => ({
    schemaVersion: 1,
    record: changed,
    digest: digestRecord(changed, sha256),
    approval: { state: 'none', sentence: '' },
  });

  it('says what it shows, and what it does not', () => {
    const verification = verifyScorecard(seal(record), sha256);
    assert.equal(verification.state, 'verified');
    assert.equal(
      verification.sentence,
      'The record is unchanged since its digest was made. Nothing proves who made it.',
    );
    const approved = { ...seal(record), approval: { state: 'approved' as const, sentence: '' } };
    assert.match(verifyScorecard(approved, sha256).sentence, /approval stands beside the record/);
  });

  it('does not mind the order of keys, and minds everything else', () => {
    const scorecard = seal(record);
    const reordered = JSON.parse(
      JSON.stringify({ ...scorecard, record: Object.fromEntries(Object.entries(record).reverse()) }),
    );
    assert.equal(verifyScorecard(reordered as Scorecard, sha256).state, 'verified');
    const changed = { ...scorecard, record: { ...record, assessedAt: record.assessedAt + 1 } };
    const verification = verifyScorecard(changed, sha256);
    assert.equal(verification.state, 'tampered');
    assert.match(verification.sentence, /digest/);
    assert.notEqual(verification.computedDigest, scorecard.digest);
  });

  const forgeries: readonly [what: string, changes: Partial<AssessmentRecord>, message: RegExp][] = [
    ['a better score', { score: 100 }, /score of 50, not 100/],
    ['no score', { score: null }, /score of 50, not none/],
    ['more coverage', { coverage: 50 }, /coverage of 100, not 50/],
    ['hidden waivers', { waived: 0 }, /1 of its controls are waived, not 0/],
    [
      'a gate other than its conditions',
      { gate: { ...record.gate, outcome: 'failed' } },
      /make the gate passed, not failed/,
    ],
    ['a gate without conditions', { gate: { ...record.gate, conditions: [] } }, /make the gate not-computed/],
    ['a waiver that is not there', { waivers: [] }, /names a waiver/],
    ['a waiver of another control', { waivers: [makeWaiver({ control: 'A' })] }, /names a waiver/],
    [
      'an outcome other than its checks',
      { controls: [...controls.slice(0, 1), { ...controls[1]!, outcome: 'compliant', value: 1 }, controls[2]!] },
      /B is called compliant, and its checks make it non-compliant/,
    ],
    [
      'a value other than its outcome',
      { controls: [{ ...controls[0]!, value: 0.5 }, ...controls.slice(1)] },
      /A is compliant and has the value 0.5/,
    ],
    [
      'a critical failure behind an open gate',
      {
        controls: [controls[0]!, controlIn(['fail'], { id: 'B', severity: 'critical', weight: 10 })],
        waived: 0,
        waivers: [],
      },
      /passed although the critical control B failed/,
    ],
    [
      'a failed check made to disappear',
      { controls: controls.map(control => ({ ...control, checks: [checkIn('pass')] })) },
      /B is called non-compliant, and its checks make it compliant/,
    ],
  ];
  for (const [what, changes, message] of forgeries) {
    it(`finds ${what}, also under a new digest`, () => {
      const verification = verifyScorecard(seal({ ...record, ...changes }), sha256);
      assert.equal(verification.state, 'tampered');
      assert.match(verification.sentence, message);
    });
  }
});
