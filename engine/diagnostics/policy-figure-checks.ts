import type { Benchmark, MetricCheck, Policy } from '../../schemas/generated/files.ts';
import { slicesOf } from '../datasets/perturb/names.ts';
import type { StatedControl } from '../policies/inherited.ts';
import type { DocumentPath, RelatedPlace, ReportFinding } from '../documents/diagnostic.ts';
import { figuresOf } from './figure-checks.ts';
import { shortPlace } from '../documents/findings.ts';
import { usableMetrics } from './metric-checks.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { checkThreshold } from './threshold-checks.ts';

/** A valid benchmark file. */
export interface BenchmarkSource {
  /** Absolute path. */
  readonly path: string;
  readonly parsed: ParsedDocument<'bench'>;
  readonly benchmark: Benchmark;
}

/**
 * Whether the figures that a policy's checks name are computed, can lie on both sides of their bars, and are broken down as asked. Figures are
 * looked for where benchmarks can be seen: those in notebooks are not.
 */
export async function checkPolicyFigures(
  policy: Policy,
  controls: ReadonlyMap<string, StatedControl>,
  findBenchmarks: (signal: AbortSignal) => Promise<readonly BenchmarkSource[]>,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const written = collectMetricChecks(policy);
  if (written.length === 0) return;
  const benchmarks = await findBenchmarks(signal);
  signal.throwIfAborted();
  for (const { control, check, at } of written) {
    const effective = controls.get(control)?.checks.get(check.id)?.check;
    checkMetric(effective?.type === 'metric' ? effective : check, at, benchmarks, report);
  }
}

function collectMetricChecks(
  policy: Policy,
): readonly { readonly control: string; readonly check: MetricCheck; readonly at: DocumentPath }[] {
  return (policy.controls ?? []).flatMap((control, controlIndex) =>
    (control.checks ?? []).flatMap((check, index) =>
      check.type === 'metric' ? [{ control: control.id, check, at: ['controls', controlIndex, 'checks', index] }] : [],
    ),
  );
}

function checkMetric(
  check: MetricCheck,
  at: DocumentPath,
  benchmarks: readonly BenchmarkSource[],
  report: ReportFinding,
): void {
  const named = benchmarks.filter(({ benchmark }) => benchmark.name === check.benchmark);
  if (named.length === 0) {
    reportBenchmark(check, at, benchmarks, report);
    return;
  }
  const figures = [...new Set(named.flatMap(({ benchmark }) => figuresOf(benchmark)))];
  if (!figures.includes(check.metric)) reportFigure(check, figures, named, at, report);
  else checkBar(check, named, at, report);
  if (check.slice === undefined) return;
  const slices = [...new Set(named.flatMap(({ benchmark }) => slicesOf(benchmark)))];
  if (slices.includes(check.slice)) return;
  const suggestion = suggestWord(check.slice, slices);
  const known = slices.length === 0 ? 'It has no `slices`.' : `Its slices: ${listWords(slices)}.`;
  const message = `\`${check.benchmark}\` is not broken down by \`${check.slice}\`.${askDidYouMean(suggestion)} ${known}`;
  const related = placesIn(named, ['dataset', 'slices'], 'What the benchmark is broken down by.');
  report('unknown-slice', 'error', [...at, 'slice'], message, { replacement: suggestion, related });
}

function reportBenchmark(
  check: MetricCheck,
  at: DocumentPath,
  benchmarks: readonly BenchmarkSource[],
  report: ReportFinding,
): void {
  const names = [...new Set(benchmarks.map(({ benchmark }) => benchmark.name))];
  const suggestion = suggestWord(check.benchmark, names);
  const known = names.length === 0 ? 'has no benchmark file' : `has ${listWords(names)}`;
  const message = `No benchmark file of this workspace is named \`${check.benchmark}\`.${askDidYouMean(suggestion)} It ${known}; until a run of that name is recorded, the check finds no evidence.`;
  const meant = benchmarks.filter(({ benchmark }) => benchmark.name === suggestion);
  const related = placesIn(meant, ['name'], 'The benchmark that may be meant.');
  report('unknown-benchmark', 'warning', [...at, 'benchmark'], message, { replacement: suggestion, related });
}

function reportFigure(
  check: MetricCheck,
  figures: readonly string[],
  named: readonly BenchmarkSource[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const parts = figures.filter(known => known.startsWith(`${check.metric}.`));
  const suggestion = parts[0] ?? suggestWord(check.metric, figures);
  const message =
    parts.length > 0
      ? `\`${check.metric}\` has several figures. Name the one you mean: ${listWords(parts)}.`
      : `\`${check.benchmark}\` does not compute \`${check.metric}\`.${askDidYouMean(suggestion)} It computes ${listWords(figures, 20)}.`;
  const related = placesIn(named, ['metrics'], 'What the benchmark measures.');
  report('unknown-figure', 'error', [...at, 'metric'], message, { replacement: suggestion, related });
}

function checkBar(
  { metric, statistic, assert }: MetricCheck,
  named: readonly BenchmarkSource[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const threshold = { value: assert.value, isLeast: assert.op.startsWith('>'), isGap: statistic === 'max-gap' };
  const metrics = named.flatMap(({ benchmark }) => usableMetrics(benchmark));
  checkThreshold(metric, threshold, metrics, [...at, 'assert', 'value'], report);
}

const mostPlaces = 10;

function placesIn(sources: readonly BenchmarkSource[], path: DocumentPath, message: string): readonly RelatedPlace[] {
  return sources
    .slice(0, mostPlaces)
    .map(source => ({ path: source.path, message, range: shortPlace(source.parsed, path, 'key') }));
}
