import { canonicalJson } from './canonical.ts';
import type {
  AssessmentRecord,
  CheckResult,
  CheckState,
  ControlOutcome,
  ControlResult,
  GateCheck,
  PolicyGate,
  Scorecard,
  Verification,
} from './generated/messages.ts';

/**
 * The arithmetic of a scorecard, and its verification by the same arithmetic. It stands here and not in the engine, because editors
 * and other viewers verify a scorecard file without the engine.
 */

/**
 * What a control's checks come to: all passed is compliant, some passed and others failed is partial, failed and none passed is
 * non-compliant. Whatever else is open, and a control without checks, is not assessed.
 */
export function outcomeOf(states: readonly CheckState[]): ControlOutcome {
  if (states.length > 0 && states.every(state => state === 'not-applicable')) return 'not-applicable';
  const passed = states.includes('pass');
  if (states.includes('fail')) return passed ? 'partial' : 'non-compliant';
  return passed && states.every(state => state === 'pass') ? 'compliant' : 'not-assessed';
}

/** A control's share of its weight; null when it is not applicable and leaves the score. A waiver changes nothing here. */
export function valueOf(outcome: ControlOutcome): number | null {
  if (outcome === 'not-applicable') return null;
  return outcome === 'compliant' ? 1 : outcome === 'partial' ? 0.5 : 0;
}

type Weighed = Pick<ControlResult, 'weight' | 'value'>;

/** Σ weight × value ÷ Σ weight over the applicable controls, 0 to 100; null when they weigh nothing. */
export function scoreOf(controls: readonly Weighed[]): number | null {
  let reached = 0;
  let possible = 0;
  for (const { weight, value } of controls) {
    if (value === null) continue;
    reached += weight * value;
    possible += weight;
  }
  return possible === 0 ? null : (100 * reached) / possible;
}

type Covered = Pick<ControlResult, 'value'> & { readonly checks: readonly Pick<CheckResult, 'state'>[] };

/** Share of applicable controls whose every check passed or failed, 0 to 100; 0 when none applies. */
export function coverageOf(controls: readonly Covered[]): number {
  const applicable = controls.filter(({ value }) => value !== null);
  const covered = applicable.filter(
    ({ checks }) => checks.length > 0 && checks.every(({ state }) => state === 'pass' || state === 'fail'),
  );
  return applicable.length === 0 ? 0 : (100 * covered.length) / applicable.length;
}

/** Whether a check of the control failed and no waiver covers it. */
export function isUnwaivedFailure({ outcome, waiver }: Pick<ControlResult, 'outcome' | 'waiver'>): boolean {
  return waiver === undefined && (outcome === 'non-compliant' || outcome === 'partial');
}

/** One word for all conditions: one that is not met fails the gate, one that could not be computed leaves it open. */
export function outcomeOfGate(conditions: readonly Pick<GateCheck, 'outcome'>[]): PolicyGate['outcome'] {
  if (conditions.some(({ outcome }) => outcome === 'not-met')) return 'failed';
  if (conditions.length === 0 || conditions.some(({ outcome }) => outcome === 'not-computed')) return 'not-computed';
  return 'passed';
}

/** What a digest of a record covers: its canonical JSON. */
export function digestRecord(record: unknown, sha256: (text: string) => string): string {
  return sha256(canonicalJson(record));
}

/**
 * What a record's `resultDigest` covers: subject, policies, every control with its checks' states, figures and evidence, waivers, score,
 * coverage and gate, each list in an order of its own. The same policies held against the same evidence give the same, whenever and by
 * whomever it is done, and in whatever order the policies are named. Left out are id, time, people, and words: a reason may name a file of the
 * workspace or a run that goes on.
 */
export function digestResult(record: AssessmentRecord, sha256: (text: string) => string): string {
  const controls = sortBy(record.controls.map(describeControl), ({ id }) => id);
  return sha256(
    canonicalJson({
      subject: record.subject,
      policies: sortBy(
        record.policies.map(({ id, version, digest }) => ({ id, version, digest })),
        ({ id }) => id,
      ),
      controls,
      waivers: sortBy(record.waivers, ({ id }) => id),
      // Sums of fractions depend on their order in the last digit.
      score: scoreOf(controls),
      coverage: coverageOf(controls),
      waived: record.waived,
      gate: {
        outcome: record.gate.outcome,
        conditions: sortBy(
          record.gate.conditions.map(condition => ({
            ...condition,
            ...(condition.controls === undefined ? {} : { controls: [...condition.controls].sort() }),
          })),
          canonicalJson,
        ),
      },
    }),
  );
}

function describeControl(control: ControlResult) {
  return {
    ...without(control, 'title', 'description', 'reason', 'remediation'),
    ...(control.tightenedBy === undefined ? {} : { tightenedBy: [...control.tightenedBy].sort() }),
    mappings: sortBy(control.mappings, canonicalJson),
    checks: sortBy(
      control.checks.map(check => without(check, 'title', 'reason')),
      ({ id }) => id,
    ),
  };
}

function without<T extends object, K extends keyof T & string>(value: T, ...keys: readonly K[]): Omit<T, K> {
  const left: readonly string[] = keys;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !left.includes(key))) as Omit<T, K>;
}

function sortBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items
    .map(item => ({ item, key: keyOf(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

/** Larger files are no scorecards: ten thousand controls come to about a third of it. */
export const mostScorecardBytes = 32 * 1024 * 1024;

/**
 * Whether a scorecard still is what was recorded: its record has the digest that stands beside it, and its score, coverage and gate
 * are those its own controls give. Whoever changes a record can make a new digest, so this shows that a record is whole, not whose it is.
 * `resultDigest` is what `digestResult` gives for the record, where that is known already.
 */
export function verifyScorecard(
  { record, digest, approval }: Scorecard,
  sha256: (text: string) => string,
  resultDigest?: string,
): Verification {
  const computedDigest = digestRecord(record, sha256);
  if (computedDigest !== digest) {
    return {
      state: 'tampered',
      sentence: 'The record is not the one its digest was made of: it was changed afterwards.',
      computedDigest,
    };
  }
  const fault = findContradiction(record, () => resultDigest ?? digestResult(record, sha256));
  if (fault !== undefined) {
    const sentence = `The digest is the record's own, but the record contradicts itself: ${fault}.`;
    return { state: 'tampered', sentence, computedDigest };
  }
  const beside = approval.state === 'none' ? '' : ' The approval stands beside the record and is no part of it.';
  const sentence = `The record is unchanged since its digest was made. Nothing proves who made it.${beside}`;
  return { state: 'verified', sentence, computedDigest };
}

/** The first figure of a record that its own controls do not give. */
function findContradiction(record: AssessmentRecord, digestAgain: () => string): string | undefined {
  const { controls, waivers, gate, resultDigest } = record;
  const held = new Map(waivers.map(({ id, control }) => [id, control]));
  for (const { id, outcome, value, checks, waiver } of controls) {
    const states = checks.map(({ state }) => state);
    if (checks.length > 0 && outcomeOf(states) !== outcome)
      return `control ${id} is called ${outcome}, and its checks make it ${outcomeOf(states)}`;
    if (valueOf(outcome) !== value) return `control ${id} is ${outcome} and has the value ${String(value)}`;
    if (waiver !== undefined && held.get(waiver) !== id)
      return `control ${id} names a waiver that the record does not hold`;
  }
  const score = scoreOf(controls);
  if (!isNear(score, record.score)) return `its controls give a score of ${show(score)}, not ${show(record.score)}`;
  const coverage = coverageOf(controls);
  if (!isNear(coverage, record.coverage))
    return `its controls give an evidence coverage of ${show(coverage)}, not ${show(record.coverage)}`;
  const waived = controls.filter(({ waiver }) => waiver !== undefined).length;
  if (waived !== record.waived) return `${String(waived)} of its controls are waived, not ${String(record.waived)}`;
  const outcome = outcomeOfGate(gate.conditions);
  if (outcome !== gate.outcome) return `its conditions make the gate ${outcome}, not ${gate.outcome}`;
  const blocking = controls.find(control => control.severity === 'critical' && isUnwaivedFailure(control));
  if (gate.outcome === 'passed' && blocking !== undefined)
    return `the gate is passed although the critical control ${blocking.id} failed`;
  if (resultDigest !== undefined && digestAgain() !== resultDigest)
    return 'the digest of its results is not that of the results it holds';
  return undefined;
}

function isNear(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) < 1e-9;
}

function show(value: number | null): string {
  return value === null ? 'none' : String(Math.round(value * 10) / 10);
}
