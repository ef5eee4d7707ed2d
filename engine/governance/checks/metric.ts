import type { MetricCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, CheckState, Evidence, VariantResult } from '../../../schemas/generated/messages.ts';
import { countOf, formatNumber } from '../../reports/format.ts';
import { describeDate } from '../../base/dates.ts';
import { joinWords } from '../words.ts';
import { asksForMore, boundWord, holds, judgesPoint, missedOperators, operators } from './bar.ts';
import { conclude, evidenceTimes, expiryOf } from './check.ts';
import { measure, type Measured } from './metric-figures.ts';

/** A finished benchmark run that asked the version, with the variants that did. */
export interface EvidenceRun {
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** How often each row was asked. */
  readonly repeats: number;
  /** Confidence of the report's intervals. */
  readonly confidence: number;
  readonly variants: readonly EvidenceVariant[];
}

export interface EvidenceVariant {
  readonly result: VariantResult;
  /** SHA-256 over `result` in canonical JSON. */
  readonly digest: string;
}

export interface MetricEvidence {
  /** The newest run that counts. */
  readonly run: EvidenceRun | undefined;
  /** Why there is none, and how to make one. */
  readonly missing: string;
}

type Judgement = Pick<CheckResult, 'state' | 'reason'> & Partial<CheckResult>;

/**
 * A figure of the newest run held against the policy's bar. The interval's bound is judged unless the policy asks for the figure itself:
 * what only may reach the bar has not reached it. A version that was asked with several prompts must pass with each.
 */
export function checkMetric(check: MetricCheck, evidence: MetricEvidence, now: number): CheckResult {
  const named = { benchmark: check.benchmark, metric: check.metric };
  const { run } = evidence;
  if (run === undefined) return conclude(check, 'missing', evidence.missing, named);
  const judged = run.variants.map(variant => judgeVariant(check, run, variant, now));
  const worst = worstFirst.map(state => judged.find(each => each.state === state)).find(each => each !== undefined);
  if (worst === undefined) return conclude(check, 'missing', evidence.missing, named);
  const { state, reason, ...details } = worst;
  return conclude(check, state, reason, { ...named, ...details });
}

const worstFirst: readonly CheckState[] = ['fail', 'error', 'stale', 'missing', 'needs-review', 'pass'];

function judgeVariant(
  check: MetricCheck,
  run: EvidenceRun,
  { result, digest }: EvidenceVariant,
  now: number,
): Judgement {
  const expiresAt = expiryOf(run.endedAt, check.freshness);
  const evidenceOf = (values: readonly string[]): Evidence[] =>
    (values.length === 0 ? [undefined] : values).map(value => ({
      kind: 'run' as const,
      title: `${check.benchmark}, run ${run.runId}`,
      digest,
      ...evidenceTimes(run.endedAt, expiresAt),
      runId: run.runId,
      variant: result.variant,
      ...(value === undefined || check.slice === undefined ? {} : { slice: { column: check.slice, value } }),
    }));
  const measured = measure(check, result, run);
  if ('fault' in measured) return { state: 'error', reason: measured.fault, evidence: evidenceOf([]) };
  const details = { ...describe(check, measured), evidence: evidenceOf(measured.slices) };
  if (expiresAt !== undefined && now > expiresAt) {
    const reason = `Run ${run.runId} is from ${describeDate(run.endedAt)} and counted until ${describeDate(expiresAt)}. Run the benchmark again.`;
    return { state: 'stale', reason, ...details };
  }
  if (result.failed > 0) {
    const reason = `${countOf(result.failed, 'row')} had no answer, and the figure is over the others: somebody must look, or the benchmark be resumed.`;
    return { state: 'needs-review', reason, ...details };
  }
  const few = tooFew(check, measured);
  if (few !== undefined) return { state: 'needs-review', reason: few, ...details };
  const judged = judgedFigure(check, measured);
  if (judged === undefined) {
    const reason = `${measured.label} has no ${boundWord(check.assert)} to judge: ${measured.noInterval ?? 'its interval was not computed'}. Use \`bound: point\` to judge the figure itself.`;
    return { state: 'error', reason, ...details };
  }
  const passed = holds(check.assert, judged);
  const stated = result.identity?.state === 'stated' ? ` ${result.identity.sentence}` : '';
  return {
    state: passed ? 'pass' : 'fail',
    reason: word(check, measured, judged, passed) + stated,
    judged,
    ...details,
  };
}

function describe(check: MetricCheck, measured: Measured): Partial<CheckResult> {
  const { actual, low, high, confidence, rows, unit } = measured;
  return {
    required: `${operators[check.assert.op]} ${formatNumber(check.assert.value, unit)} (${judgesPoint(check.assert) ? 'measured' : boundWord(check.assert)})`,
    target: check.assert.value,
    op: check.assert.op,
    actual,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(confidence === undefined || (low === undefined && high === undefined) ? {} : { confidence }),
    n: Math.round(rows),
    unit,
    ...(check.slice === undefined ? {} : { slice: nameSlice(check.slice, measured.slices) }),
  };
}

/** The column, with its value where the figure is of one. */
function nameSlice(column: string, values: readonly string[]): string {
  const [only] = values;
  return only === undefined || values.length > 1 ? column : `${column}: ${only}`;
}

/** Too few rows are a state of their own, whatever the figure. Of slices, every value must have enough. */
function tooFew({ assert, slice }: MetricCheck, { groups, rows }: Measured): string | undefined {
  const needed = assert.minSamples;
  if (needed === undefined) return undefined;
  const short = (groups.length === 0 ? [{ name: '', rows }] : groups).filter(group => group.rows < needed);
  if (short.length === 0) return undefined;
  if (groups.length === 0) return `${countOf(Math.floor(rows), 'row')} asked; the policy asks for ${String(needed)}.`;
  const list = joinWords(
    short.map(({ name, rows: own }) => `${name} (${String(Math.floor(own))})`),
    5,
  );
  return `Too few rows of ${String(slice)} ${list}; the policy asks for ${String(needed)} of each.`;
}

function judgedFigure(check: MetricCheck, { actual, low, high }: Measured): number | undefined {
  if (judgesPoint(check.assert)) return actual;
  return asksForMore(check.assert) ? low : high;
}

function word(check: MetricCheck, measured: Measured, judged: number, passed: boolean): string {
  const { op, value } = check.assert;
  const { unit, low, high } = measured;
  const number = (figure: number): string => formatNumber(figure, unit);
  const interval = low === undefined || high === undefined ? '' : ` (${number(low)} to ${number(high)})`;
  const figure = `${measured.sentence(number)}${interval}`;
  const subject = judgesPoint(check.assert) ? 'it' : `its ${boundWord(check.assert)} ${number(judged)}`;
  const verdict = passed
    ? `${subject} is ${operators[op]} ${number(value)}`
    : `${subject} is ${missedOperators[op]} ${number(value)}`;
  return `${figure}: ${verdict}.${measured.caution === undefined ? '' : ` ${measured.caution}`}`;
}
