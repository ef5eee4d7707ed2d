import assert from 'node:assert/strict';
import type {
  AssessmentRecord,
  CheckState,
  ControlSeverity,
  PolicyGate,
  Waiver,
} from '../../schemas/generated/messages.ts';
import { digestResult } from '../../schemas/verify-scorecard.ts';
import {
  accuracy,
  attestationCheck,
  cardCheck,
  checkIn,
  day,
  lineageCheck,
  makeEffective,
  makeRun,
  makeSubject,
  makeVariant,
  makeWaiver,
  metricCheck,
  now,
  person,
  weights,
} from '../../test/fakes/assessed.ts';
import { makeRecord } from '../../test/fakes/records.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { EffectiveGate } from '../policies/policy-set.ts';
import { checkAttestation } from './checks/attestation.ts';
import { checkLineage } from './checks/lineage.ts';
import { checkMetric } from './checks/metric.ts';
import { checkModelCard } from './checks/model-card.ts';
import { scoreControl } from './scoring.ts';

/** What an assessment is made of, as far as scoring asks. */
interface Sketch {
  readonly id: string;
  readonly severity: ControlSeverity;
  readonly weight: number;
  /** Empty: a control without checks. */
  readonly states: readonly CheckState[];
  readonly applies: boolean;
}

const severities: readonly ControlSeverity[] = ['critical', 'high', 'medium', 'low'];
const states: readonly CheckState[] = ['pass', 'pass', 'pass', 'fail', 'error', 'stale', 'missing', 'needs-review'];
const open: readonly CheckState[] = ['error', 'stale', 'missing', 'needs-review'];
const rounds = 400;

/** Assessments, gates and waivers at random; the same for the same seed. */
function createSketcher(seed: number) {
  const random = createSeeded(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const chance = (share: number): boolean => random() < share;
  const makeControl = (id: string): Sketch => ({
    id,
    severity: pick(severities),
    weight: pick([0, 0.1, 0.7, 1, 2, 5, 10]),
    states: Array.from({ length: pick([0, 1, 1, 1, 2, 3]) }, () => pick(states)),
    applies: chance(0.85),
  });
  return {
    pick,
    chance,
    controls: (): Sketch[] =>
      Array.from({ length: 1 + Math.floor(random() * 8) }, (_, index) => makeControl(`C${String(index)}`)),
    gates: (): EffectiveGate[] =>
      Array.from({ length: Math.floor(random() * 3) }, (_, index) => ({
        policy: `p${String(index)}`,
        failOn: severities.filter(() => chance(0.4)),
        ...(chance(0.5) ? { minScore: pick([0, 30, 50, 80, 100]) } : {}),
        ...(chance(0.5) ? { minEvidenceCoverage: pick([0, 50, 80, 100]) } : {}),
        ...(chance(0.3) ? { maxWaived: pick([0, 1, 2]) } : {}),
      })),
    waivers: (controls: readonly Sketch[]): Waiver[] =>
      controls
        .filter(() => chance(0.4))
        .map(({ id }) =>
          makeWaiver({
            id: `waiver-${id}`,
            control: id,
            expiresAt: now + pick([-day, 0, 1, 10 * day]),
            approvals: ['bea', 'cem', 'dan']
              .filter(() => chance(0.8))
              .map(name => ({ by: person(name), at: now - day })),
          }),
        ),
  };
}

function assess(
  controls: readonly Sketch[],
  gates: readonly EffectiveGate[],
  waivers: readonly Waiver[] = [],
): AssessmentRecord {
  const context = { version: { model: 'triage', version: '3' }, waivers, now };
  const results = controls.map(({ id, severity, weight, states: found, applies }) =>
    scoreControl(
      makeEffective(
        { id, severity, checks: found.map((_, index) => metricCheck({ id: `${id}.${String(index)}` })) },
        { weight },
      ),
      applies ? { state: 'yes' } : { state: 'no', reason: 'No.' },
      found.map((state, index) => checkIn(state, { id: `${id}.${String(index)}` })),
      context,
    ),
  );
  const used = new Set(results.flatMap(({ waiver }) => waiver ?? []));
  return makeRecord(results, { waivers: waivers.filter(({ id }) => used.has(id)) }, gates);
}

const isOpen = ({ gate }: { readonly gate: PolicyGate }): boolean => gate.outcome === 'passed';
const scored = ({ score }: { readonly score: number | null }): number => score ?? -1;
const tolerance = 1e-9;

describe('the rules of scoring, over assessments at random', () => {
  it('never raise the score for another control that failed', () => {
    const sketcher = createSketcher(1);
    for (let round = 0; round < rounds; round += 1) {
      const [controls, gates] = [sketcher.controls(), sketcher.gates()];
      const added: Sketch = {
        id: 'ADDED',
        severity: sketcher.pick(severities),
        weight: sketcher.pick([0, 1, 10]),
        states: ['fail'],
        applies: true,
      };
      const before = assess(controls, gates);
      const after = assess([...controls, added], gates);
      if (before.score !== null)
        assert.ok(scored(after) <= scored(before) + tolerance, JSON.stringify({ controls, added }));
      if (added.severity === 'critical') assert.notEqual(after.gate.outcome, 'passed');
    }
  });

  it('never reward what is not assessed: in place of any result it raises no score and opens no gate', () => {
    const sketcher = createSketcher(2);
    let tried = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [controls, gates] = [sketcher.controls(), sketcher.gates()];
      const waivers = sketcher.waivers(controls);
      const index = controls.findIndex(({ applies, states: found }) => applies && found.length > 0);
      const chosen = controls[index];
      if (chosen === undefined) continue;
      tried += 1;
      const instead = { ...chosen, states: [sketcher.pick(open)] };
      const before = assess(controls, gates, waivers);
      const after = assess(controls.with(index, instead), gates, waivers);
      const shown = JSON.stringify({ controls, gates, instead, before: before.gate, after: after.gate });
      assert.ok(scored(after) <= scored(before) + tolerance, shown);
      assert.ok(after.coverage <= before.coverage + tolerance, shown);
      assert.ok(isOpen(before) || !isOpen(after), shown);
    }
    assert.ok(tried > rounds / 2);
  });

  it('never reward evidence that was taken away: without any one of a control’s checks’ evidence nothing is better', () => {
    const sketcher = createSketcher(3);
    for (let round = 0; round < rounds; round += 1) {
      const [controls, gates] = [sketcher.controls(), sketcher.gates()];
      const waivers = sketcher.waivers(controls);
      const index = controls.findIndex(({ applies, states: found }) => applies && found.length > 0);
      const chosen = controls[index];
      if (chosen === undefined) continue;
      const check = Math.floor(sketcher.pick([0, 0.4, 0.9]) * chosen.states.length);
      const instead = { ...chosen, states: chosen.states.with(check, 'missing') };
      const before = assess(controls, gates, waivers);
      const after = assess(controls.with(index, instead), gates, waivers);
      const shown = JSON.stringify({ controls, gates, instead, before: before.gate, after: after.gate });
      assert.ok(scored(after) <= scored(before) + tolerance, shown);
      assert.ok(isOpen(before) || !isOpen(after), shown);
    }
  });

  it('give nothing for a waiver but the gate, and nothing at all for one that has expired or lacks approvals', () => {
    const sketcher = createSketcher(4);
    let unblocked = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [controls, gates] = [sketcher.controls(), sketcher.gates()];
      const waivers = sketcher.waivers(controls);
      const without = assess(controls, gates);
      const withThem = assess(controls, gates, waivers);
      assert.equal(withThem.score, without.score);
      assert.equal(withThem.coverage, without.coverage);
      if (isOpen(withThem) && !isOpen(without)) unblocked += 1;
      const spent = waivers.filter(({ expiresAt, approvals }) => expiresAt <= now || approvals.length < 2);
      assert.deepEqual(assess(controls, gates, spent), without);
      const later = waivers.map(waiver => ({ ...waiver, expiresAt: now }));
      assert.deepEqual(assess(controls, gates, later), without);
    }
    assert.ok(unblocked > 10, 'waivers in force do unblock');
  });

  it('come to the same in whatever order controls, gates and waivers stand', () => {
    const sketcher = createSketcher(5);
    const { sha256 } = createDigest();
    for (let round = 0; round < rounds; round += 1) {
      const [controls, gates] = [sketcher.controls(), sketcher.gates()];
      const waivers = sketcher.waivers(controls);
      const one = assess(controls, gates, waivers);
      const other = assess(controls.toReversed(), gates.toReversed(), waivers.toReversed());
      assert.equal(digestResult(other, sha256), digestResult(one, sha256));
      assert.equal(other.gate.outcome, one.gate.outcome);
    }
  });
});

describe('a check without its evidence', () => {
  const subject = makeSubject();
  const bare = makeSubject({ lineage: { datasets: [], prompts: [] } });
  const attestation = {
    attestation: {
      id: 'a',
      model: 'triage',
      version: '3',
      weightsDigest: weights,
      control: 'C',
      role: 'reviewer',
      statement: 'I have read them.',
      by: person('bea'),
      at: now - day,
    },
    digest: 'd',
  };
  const card = {
    digest: 'd',
    path: 'card.md',
    storedAt: now - day,
    content: { text: '# T\n\n## Intended use\n\nTickets.\n' },
  };
  const run = makeRun({}, makeVariant({ metrics: [accuracy(0.9, 400, { low: 0.87, high: 0.92 })] }));
  const training = { state: 'recorded' as const, endedAt: now, checkpoints: [weights] };
  const cases: readonly [kind: string, withIt: CheckState, without: CheckState][] = [
    [
      'metric',
      checkMetric(metricCheck(), { run, missing: '' }, now).state,
      checkMetric(metricCheck(), { run: undefined, missing: 'None.' }, now).state,
    ],
    ['model-card', checkModelCard(cardCheck(), card, now).state, checkModelCard(cardCheck(), undefined, now).state],
    [
      'lineage',
      checkLineage(lineageCheck('training-run'), subject, training, now).state,
      checkLineage(lineageCheck('training-run'), bare, undefined, now).state,
    ],
    [
      'attestation',
      checkAttestation(attestationCheck(), 'C', subject, [attestation], now).state,
      checkAttestation(attestationCheck(), 'C', subject, [], now).state,
    ],
  ];
  for (const [kind, withIt, without] of cases) {
    it(`is missing, of kind ${kind}`, () => {
      assert.deepEqual([withIt, without], ['pass', 'missing']);
    });
  }
});

describe('a stricter check', () => {
  it('passes nothing that the one before did not pass', () => {
    const random = createSeeded(6);
    const between = (low: number, high: number): number => low + random() * (high - low);
    let [passed, failed] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      const value = between(0.5, 1);
      const n = Math.round(between(20, 500));
      const run = makeRun(
        { endedAt: now - between(0, 40) * day },
        makeVariant({ metrics: [accuracy(value, n, { low: value - 0.03, high: value + 0.02, confidence: 0.95 })] }),
      );
      const bar = between(0.5, 0.95);
      const loose = metricCheck({ assert: { op: '>=', value: bar, minSamples: 50 }, freshness: 'P30D' });
      const strict = [
        metricCheck({ ...loose, assert: { ...loose.assert, value: bar + between(0, 0.1) } }),
        metricCheck({ ...loose, assert: { ...loose.assert, minSamples: 50 + Math.round(between(0, 300)) } }),
        metricCheck({ ...loose, freshness: 'P10D' }),
        metricCheck({ ...loose, assert: { ...loose.assert, op: '>' } }),
      ];
      const before = checkMetric(loose, { run, missing: '' }, now).state;
      for (const check of strict) {
        const after = checkMetric(check, { run, missing: '' }, now).state;
        assert.ok(before === 'pass' || after !== 'pass', JSON.stringify({ loose, check }));
        if (after === 'pass') passed += 1;
        else failed += 1;
      }
    }
    assert.ok(passed > 50 && failed > 50);
  });
});
