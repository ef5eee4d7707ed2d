import type { MetricCheck } from '../../../schemas/generated/files.ts';
import type { MetricValue, SliceResult, Unit, VariantResult } from '../../../schemas/generated/messages.ts';
import { wilsonInterval } from '../../statistics/intervals.ts';
import { maxGap } from '../../statistics/max-gap.ts';
import { joinWords } from '../words.ts';
import { asksForMore } from './bar.ts';

/** The figure a metric check holds against its bar. */
export interface Measured {
  readonly label: string;
  readonly unit: Unit;
  readonly actual: number;
  readonly low?: number;
  readonly high?: number;
  /** Level at which the bounds hold, together where they are of several slices. */
  readonly confidence?: number;
  /** Rows behind the figure; a row asked several times counts once. */
  readonly rows: number;
  /** Every slice value that was looked at, with its rows; empty for the overall figure. */
  readonly groups: readonly { readonly name: string; readonly rows: number }[];
  /** The slice values the figure is of: none, one, or the two a gap lies between. */
  readonly slices: readonly string[];
  /** The figure in words, without its interval. */
  readonly sentence: (number: (value: number) => string) => string;
  /** Why a bound is absent, where there is more to say than that it was not computed. */
  readonly noInterval?: string;
  /** What a reader must know of the bound. */
  readonly caution?: string;
}

type Outcome = Measured | { readonly fault: string };

interface RunFacts {
  readonly repeats: number;
  readonly confidence: number;
}

/** Metrics that are shares of right answers: their counts follow from value and n, and bounds can be made anew. */
const shares: ReadonlySet<string> = new Set(['accuracy', 'exact-match']);

/** The figure a check asks for, as a variant's result has it; a fault says why there is none. */
export function measure(check: MetricCheck, result: VariantResult, run: RunFacts): Outcome {
  const statistic = check.statistic ?? 'overall';
  if (statistic === 'overall') return measureOverall(check, result, run);
  if (check.slice === undefined) return { fault: `\`${statistic}\` needs a slice column, and the check names none.` };
  const slices = result.slices.filter(({ column }) => column === check.slice);
  if (slices.length === 0) {
    const columns = [...new Set(result.slices.map(({ column }) => column))];
    const known = columns.length === 0 ? 'it has no slices' : `its slices are ${joinWords(columns)}`;
    return { fault: `Benchmark ${check.benchmark} has no slice ${check.slice}: ${known}.` };
  }
  const kept = slices.reduce((sum, { n }) => sum + n, 0);
  if (kept < result.samples)
    return { fault: `${check.slice} has more values than a report keeps, so its weakest could be left out.` };
  return statistic === 'worst' ? measureWorst(check, slices, run) : measureGap(check, slices, run);
}

function measureOverall(check: MetricCheck, result: VariantResult, run: RunFacts): Outcome {
  const figure = findFigure(check.metric, result.metrics);
  if (figure?.value === undefined) return { fault: unknownMetric(check, result.metrics) };
  if (figure.value === null)
    return { fault: `${figure.label} could not be computed: ${figure.note ?? 'no reason is recorded'}` };
  const value = figure.value;
  return {
    ...describeFigure(figure, value, run),
    ...boundsOf(figure, value, run, 1),
    groups: [],
    slices: [],
    sentence: number => `${figure.label} is ${number(value)}`,
  };
}

/**
 * The value that is farthest from the bar. With k values the chance that one of them looks good by luck is k times as large, so the
 * bounds of shares are taken at the confidence that Bonferroni's inequality asks for: 1 − (1 − confidence) / k.
 */
function measureWorst(check: MetricCheck, slices: readonly SliceResult[], run: RunFacts): Outcome {
  const found = collectSlices(check, slices);
  if ('fault' in found) return found;
  const asksMore = asksForMore(check.assert);
  const point = check.assert.bound === 'point';
  const candidates = found.figures.map(({ name, figure, value }): Measured => {
    const bounds = boundsOf(figure, value, run, found.figures.length);
    return {
      ...describeFigure(figure, value, run),
      ...bounds,
      groups: found.figures.map(each => ({ name: each.name, rows: rowsOf(each.figure.n, run) })),
      slices: [name],
      sentence: number => `The weakest ${String(check.slice)} is ${name}: ${figure.label} is ${number(value)}`,
    };
  });
  // A value without the bound is the weakest of all: nothing is known of it.
  const distance = ({ actual, low, high }: Measured): number => {
    const judged = point ? actual : asksMore ? low : high;
    if (judged === undefined) return -Infinity;
    return asksMore ? judged : -judged;
  };
  const weakest = candidates.reduce((worst, each) => (distance(each) < distance(worst) ? each : worst));
  return weakest;
}

/** The largest difference between two values, with an interval that holds for all pairs together. */
function measureGap(check: MetricCheck, slices: readonly SliceResult[], run: RunFacts): Outcome {
  const found = collectSlices(check, slices);
  if ('fault' in found) return found;
  const [first] = found.figures;
  if (first === undefined || found.figures.length < 2)
    return { fault: `${String(check.slice)} has one value only: a gap needs two.` };
  const { label, unit, confidence = run.confidence } = first.figure;
  const counted = found.figures.map(({ name, figure, value }) => {
    const rows = rowsOf(figure.n, run);
    return { name, n: rows, right: value * rows, value };
  });
  const base = {
    label,
    unit,
    rows: counted.reduce((sum, { n }) => sum + n, 0),
    groups: counted.map(({ name, n }) => ({ name, rows: n })),
  };
  const valueOf = (name: string): number => counted.find(group => group.name === name)?.value ?? 0;
  const sentence =
    (actual: number, best: string, worst: string) =>
    (number: (value: number) => string): string =>
      `${label} differs by ${number(actual)} between ${best} (${number(valueOf(best))}) and ${worst} (${number(valueOf(worst))})`;
  if (shares.has(first.figure.metric)) {
    const gap = maxGap(counted, confidence);
    if (gap === undefined) return { fault: `${String(check.slice)} has rows of one value only: a gap needs two.` };
    const { gap: actual, best, worst, low, high } = gap;
    return { ...base, actual, low, high, confidence, slices: [best, worst], sentence: sentence(actual, best, worst) };
  }
  const ordered = [...counted].sort((a, b) => b.value - a.value);
  const best = ordered[0] ?? counted[0];
  const worst = ordered.at(-1) ?? counted[0];
  if (best === undefined || worst === undefined) return { fault: `${String(check.slice)} has no rows.` };
  const actual = best.value - worst.value;
  return {
    ...base,
    actual,
    slices: [best.name, worst.name],
    sentence: sentence(actual, best.name, worst.name),
    noInterval: `an interval of a gap can be made for ${joinWords([...shares])}, which are shares of right answers`,
  };
}

interface SliceFigure {
  readonly name: string;
  readonly figure: MetricValue;
  readonly value: number;
}

function collectSlices(
  check: MetricCheck,
  slices: readonly SliceResult[],
): { readonly figures: readonly SliceFigure[] } | { readonly fault: string } {
  const figures: SliceFigure[] = [];
  for (const { value: name, metrics } of slices) {
    const figure = findFigure(check.metric, metrics);
    if (figure?.value === undefined) return { fault: unknownMetric(check, metrics) };
    if (figure.value === null)
      return { fault: `${figure.label} of ${name} could not be computed: ${figure.note ?? 'no reason is recorded'}` };
    figures.push({ name, figure, value: figure.value });
  }
  return { figures };
}

/** By its id, or by a metric's name where its figures have longer ones. */
function findFigure(metric: string, figures: readonly MetricValue[]): MetricValue | undefined {
  return (
    figures.find(figure => figure.metric === metric) ?? figures.find(figure => figure.metric.startsWith(`${metric}.`))
  );
}

function unknownMetric({ benchmark, metric }: MetricCheck, figures: readonly MetricValue[]): string {
  const known = figures.length === 0 ? 'nothing' : joinWords(figures.map(figure => figure.metric));
  return `Benchmark ${benchmark} does not measure ${metric} here: it measures ${known}. Add it to the benchmark's metrics and run it again.`;
}

function describeFigure({ label, unit, n }: MetricValue, value: number, run: RunFacts) {
  return { label, unit, actual: value, rows: rowsOf(n, run) };
}

/**
 * The bounds at the report's confidence, of `looks` figures together. Answers to the same row are no independent evidence: a share that
 * counts each of several is brought back to its rows; for other metrics that cannot be done, and they then have no bounds.
 */
function boundsOf(figure: MetricValue, value: number, run: RunFacts, looks: number): Partial<Measured> {
  const confidence = figure.confidence ?? run.confidence;
  if (shares.has(figure.metric)) {
    if (looks === 1 && run.repeats === 1 && figure.low !== undefined && figure.high !== undefined)
      return { low: figure.low, high: figure.high, confidence };
    const rows = rowsOf(figure.n, run);
    if (rows <= 0) return { noInterval: 'no row was answered' };
    return { ...wilsonInterval(value * rows, rows, 1 - (1 - confidence) / looks), confidence };
  }
  if (run.repeats > 1)
    return {
      noInterval: `rows were asked ${String(run.repeats)} times, and its interval takes each answer for a row of its own`,
    };
  return {
    ...(figure.low === undefined ? {} : { low: figure.low }),
    ...(figure.high === undefined ? {} : { high: figure.high }),
    confidence,
    ...(looks === 1 ? {} : { caution: `The bound is not corrected for looking at ${String(looks)} values.` }),
  };
}

function rowsOf(n: number, { repeats }: RunFacts): number {
  return n / repeats;
}
