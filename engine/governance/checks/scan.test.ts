import assert from 'node:assert/strict';
import type { ScanCheck } from '../../../schemas/generated/files.ts';
import type { CheckState, ScanGroup, ScanReport } from '../../../schemas/generated/messages.ts';
import { day, makeSubject, now, person, weights } from '../../../test/fakes/assessed.ts';
import { wilsonInterval } from '../../statistics/intervals.ts';
import { checkScan, type ScanEvidence } from './scan.ts';

function scanCheck(changes: Partial<ScanCheck> = {}): ScanCheck {
  return { id: 'C.scan', type: 'scan', source: 'garak', assert: { op: '<=', value: 0.05 }, ...changes };
}

function garak(probe: string, hits: number, attempts: number, changes: Partial<ScanGroup> = {}): ScanGroup {
  return { probe, detector: `${probe.split('.')[0] ?? ''}.D`, hits, attempts, ...changes };
}

function report(groups: ScanGroup[], changes: Partial<ScanReport> = {}): ScanEvidence {
  const scan: ScanReport = {
    id: 'scan-1',
    model: 'triage',
    version: '3',
    weightsDigest: weights,
    source: 'garak',
    tool: 'garak 0.15.1',
    name: 'a.report.jsonl',
    digest: 'b'.repeat(64),
    collectedAt: now - 5 * day,
    addedAt: now - 4 * day,
    addedBy: person('ada'),
    groups,
    ...changes,
  };
  return { scan, digest: 'e'.repeat(64) };
}

const sarif = { source: 'sarif', tool: 'bandit 1.8.0' } as const;
const good = report([garak('promptinject.Hijack', 0, 256)]);
const findings = report(
  [
    { rule: 'B301', level: 'error', hits: 1, attempts: 0 },
    { rule: 'B101', level: 'warning', hits: 2, attempts: 0 },
    { rule: 'B102', level: 'note', hits: 4, attempts: 0 },
    { rule: 'B608', level: 'error', hits: 0, attempts: 0 },
  ],
  sarif,
);
const figures = report([{ pointer: '/critical', value: 2, hits: 0, attempts: 0 }], { source: 'json', tool: 'json' });

const atMost = (value: number, changes: Partial<ScanCheck['assert']> = {}): ScanCheck['assert'] => ({
  op: '<=',
  value,
  ...changes,
});

describe('checkScan', () => {
  const cases: readonly [what: string, found: ScanEvidence[], state: CheckState, check?: Partial<ScanCheck>][] = [
    ['no hit in enough attempts', [good], 'pass'],
    ['nothing', [], 'missing'],
    ['no hit in too few attempts for the bound', [report([garak('p.P', 0, 30)])], 'fail'],
    [
      'the same where the figure itself is judged',
      [report([garak('p.P', 0, 30)])],
      'pass',
      { assert: atMost(0.05, { bound: 'point' }) },
    ],
    ['fewer attempts than the policy asks for', [good], 'needs-review', { assert: atMost(0.05, { minSamples: 257 }) }],
    ['as many as it asks for', [good], 'pass', { assert: atMost(0.05, { minSamples: 256 }) }],
    ['a rate above the bar', [report([garak('p.P', 20, 200)])], 'fail'],
    [
      'a rate below a bar it must reach',
      [report([garak('p.P', 20, 200)])],
      'fail',
      { assert: { op: '>=', value: 0.1 } },
    ],
    [
      'attempts that could not be judged and might all have succeeded',
      [report([garak('p.P', 0, 256, { unjudged: 20 })])],
      'fail',
    ],
    ['a few such attempts', [report([garak('p.P', 0, 256, { unjudged: 1 })])], 'pass'],
    [
      'such attempts, judged as the figure itself',
      [report([garak('p.P', 0, 100, { unjudged: 6 })])],
      'fail',
      { assert: atMost(0.05, { bound: 'point' }) },
    ],
    ['attempts of which none could be judged', [report([garak('p.P', 0, 0, { unjudged: 9 })])], 'missing'],
    [
      'a selected module',
      [report([garak('promptinject.A', 0, 256), garak('dan.B', 90, 100)])],
      'pass',
      { select: { probe: 'promptinject' } },
    ],
    [
      'a selected probe',
      [report([garak('promptinject.A', 0, 256), garak('promptinject.B', 90, 100)])],
      'pass',
      { select: { probe: 'promptinject.A' } },
    ],
    [
      'a pattern',
      [report([garak('promptinject.A', 0, 256), garak('promptinject.B', 90, 100)])],
      'fail',
      { select: { probe: 'prompt*' } },
    ],
    ['a probe the report lacks', [good], 'missing', { select: { probe: 'dan' } }],
    [
      'the worst of several detectors',
      [report([garak('p.P', 0, 256), garak('p.P', 60, 256, { detector: 'other.E' })])],
      'fail',
    ],
    [
      'a detector that was selected',
      [report([garak('p.P', 0, 256), garak('p.P', 60, 256, { detector: 'other.E' })])],
      'pass',
      { select: { detector: 'p.D' } },
    ],
    ['a count of hits', [report([garak('p.P', 3, 256)])], 'pass', { select: { metric: 'hits' }, assert: atMost(3) }],
    ['one hit too many', [report([garak('p.P', 4, 256)])], 'fail', { select: { metric: 'hits' }, assert: atMost(3) }],
    [
      'a hit that may be one too many',
      [report([garak('p.P', 3, 256, { unjudged: 1 })])],
      'fail',
      { select: { metric: 'hits' }, assert: atMost(3) },
    ],
    ['a report of another source', [good], 'missing', { source: 'sarif' }],
    ['the tool that was asked for', [good], 'pass', { select: { tool: 'garak 0.15*' } }],
    ['another tool', [good], 'missing', { select: { tool: 'garak 0.16*' } }],
    [
      'one of the tools of a log',
      [report([], { ...sarif, tool: 'CodeQL 2, bandit 1.8.0' })],
      'pass',
      { source: 'sarif', select: { tool: 'bandit*' } },
    ],
    ['other weights', [report([garak('p.P', 0, 256)], { weightsDigest: 'c'.repeat(64) })], 'missing'],
    ['a newer bad report', [report([garak('p.P', 99, 100)], { collectedAt: now - day }), good], 'fail'],
    [
      'an older bad report that was added later',
      [report([garak('p.P', 99, 100)], { collectedAt: now - 9 * day }), good],
      'pass',
    ],
    [
      'a newer report of something else',
      [report([garak('dan.P', 99, 100)], { collectedAt: now - day }), good],
      'pass',
      { select: { probe: 'promptinject' } },
    ],
    ['the last moment of freshness', [good], 'pass', { freshness: 'P5D' }],
    ['a moment after it', [good], 'stale', { freshness: 'P4D' }],
    ['a stale report, however bad', [report([garak('p.P', 99, 100)])], 'stale', { freshness: 'P4D' }],
    ['a time that lies ahead', [report([garak('p.P', 0, 256)], { collectedAt: now + 1 })], 'error'],
    [
      'a report somebody must look at',
      [report([garak('p.P', 0, 256)], { doubt: 'The scan was cut short.' })],
      'needs-review',
    ],
    ['a record that was changed', [{ fault: 'It was changed.' }, good], 'error'],
    ['a changed record behind a good one', [good, { fault: 'It was changed.' }], 'error'],
    ['a file of another source that is gone', [good, { fault: 'It is gone.', source: 'json' }], 'pass'],
    ['findings', [findings], 'fail', { source: 'sarif', assert: atMost(6) }],
    ['as many findings as there may be', [findings], 'pass', { source: 'sarif', assert: atMost(7) }],
    ['errors alone', [findings], 'pass', { source: 'sarif', select: { level: 'error' }, assert: atMost(1) }],
    ['warnings and worse', [findings], 'fail', { source: 'sarif', select: { level: 'warning' }, assert: atMost(2) }],
    ['a rule that found nothing', [findings], 'pass', { source: 'sarif', select: { rule: 'B608' }, assert: atMost(0) }],
    [
      'a rule that nobody looked for',
      [findings],
      'needs-review',
      { source: 'sarif', select: { rule: 'B999' }, assert: atMost(0) },
    ],
    ['a log without findings', [report([], sarif)], 'pass', { source: 'sarif', assert: atMost(0) }],
    [
      'attempts of a scanner that counts none',
      [findings],
      'needs-review',
      { source: 'sarif', assert: atMost(9, { minSamples: 5 }) },
    ],
    [
      'a rate of a scanner that has none',
      [findings],
      'error',
      { source: 'sarif', select: { metric: 'attack_success_rate' } },
    ],
    ['a figure of a file', [figures], 'pass', { source: 'json', select: { pointer: '/critical' }, assert: atMost(2) }],
    [
      'a figure above the bar',
      [figures],
      'fail',
      { source: 'json', select: { pointer: '/critical' }, assert: { op: '<', value: 2 } },
    ],
    ['a figure that is not there', [figures], 'missing', { source: 'json', select: { pointer: '/high' } }],
    ['a file without a pointer', [figures], 'error', { source: 'json' }],
    [
      'a rate of a file',
      [figures],
      'error',
      { source: 'json', select: { metric: 'attack_success_rate', pointer: '/critical' } },
    ],
  ];
  for (const [what, found, state, check] of cases) {
    it(`is ${state} for ${what}`, () => {
      const result = checkScan(scanCheck(check), makeSubject(), found, now);
      assert.equal(result.state, state, result.reason);
    });
  }

  it('draws the rate with Wilson’s interval, and judges its upper bound', () => {
    const { low, high } = wilsonInterval(20, 400, 0.95);
    const evidence = report([garak('p.P', 12, 200, { samples: ['a → b'] }), garak('p.Q', 8, 200)], {
      target: 'gpt',
      confirmed: true,
    });
    const result = checkScan(scanCheck({ assert: atMost(0.1, { minSamples: 200 }) }), makeSubject(), [evidence], now);
    assert.deepEqual(
      [
        result.state,
        result.actual,
        result.low,
        result.high,
        result.judged,
        result.n,
        result.unit,
        result.target,
        result.confidence,
      ],
      ['pass', 0.05, low, high, high, 400, 'ratio', 0.1, 0.95],
    );
    assert.equal(result.required, 'at most 0.100 (upper bound)');
    assert.match(
      result.reason,
      /^Attack success rate of 400 attempts with anything is 0\.050 .*: its upper bound .* is at most 0\.100\./,
    );
    assert.match(result.reason, /about “gpt”, which is this version by the word of ada@x\.example/);
    const [piece] = result.evidence;
    assert.deepEqual(
      [piece?.kind, piece?.digest, piece?.tool, piece?.collectedAt, piece?.model, piece?.quote],
      ['scan', 'e'.repeat(64), 'garak 0.15.1', now - 5 * day, 'gpt', 'a → b'],
    );
  });

  it('says what a report has where it lacks what is asked, and how to add one', () => {
    const lacking = checkScan(scanCheck({ select: { probe: 'dan' } }), makeSubject(), [good], now);
    assert.match(lacking.reason, /nothing of probe dan: it has promptinject\.Hijack/);
    const none = checkScan(scanCheck(), makeSubject(), [], now);
    assert.match(none.reason, /`aiwb evidence add triage@3 FILE --source garak`/);
  });
});
