import type { Benchmark, Metric as MetricEntry } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { listDisturbances } from '../datasets/perturb/names.ts';
import { metricEntries, metricNameOf } from '../metrics/benchmark-metrics.ts';
import { createMetric } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { isConnectionName } from '../documents/formats.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';

type Measured = Pick<Benchmark, 'metrics'> & Partial<Pick<Benchmark, 'perturbations'>>;

/** A benchmark's metrics with their parameters bound, but for those that cannot be made, which `checkMetrics` tells. */
export function usableMetrics(benchmark: Pick<Benchmark, 'metrics'>): readonly Metric[] {
  return tryMetrics(metricEntries(benchmark)).filter(made => !(made instanceof WorkbenchError));
}

/** By the list as it was read, which never changes. */
const tried = new WeakMap<readonly MetricEntry[], readonly (Metric | WorkbenchError)[]>();

/** Every metric of a list, or why it cannot be made. */
export function tryMetrics(entries: readonly MetricEntry[]): readonly (Metric | WorkbenchError)[] {
  const made = tried.get(entries) ?? entries.map(entry => tryMetric(entry, entries));
  tried.set(entries, made);
  return made;
}

/** Ids of the figures a metric computes over a benchmark, those included that only some answers have. */
export function figuresOfMetric(metric: Metric, { perturbations = [] }: Measured): readonly string[] {
  const losses =
    metric.seesPerturbed === true ? listDisturbances(perturbations).map(({ name }) => `${metric.id}.${name}`) : [];
  return [...metric.figures, ...(metric.sometimes ?? []), ...losses];
}

/** A metric, or why it cannot be made. */
export function tryMetric(entry: MetricEntry, entries: readonly MetricEntry[]): Metric | WorkbenchError {
  try {
    return createMetric(entry, entries);
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
}

/** Whether each metric can be made, has figures of its own, and finds in the dataset what it measures. */
export function checkMetrics(benchmark: Benchmark, report: ReportFinding): void {
  const entries = metricEntries(benchmark);
  const made = tryMetrics(entries);
  const owners = new Map<string, number>();
  entries.forEach((entry, index) => {
    const at = ['metrics', index];
    const metric = made[index] ?? tryMetric(entry, entries);
    if (metric instanceof WorkbenchError) {
      report(
        'metric-unsuitable',
        'error',
        at,
        `${metric.message}${metric.remedy === undefined ? '' : ` ${metric.remedy}`}`,
      );
      return;
    }
    const figures = [metric.id, ...metric.figures];
    const taken = figures.find(figure => owners.has(figure));
    for (const figure of figures) if (!owners.has(figure)) owners.set(figure, index);
    if (taken === undefined) checkFit(entry, metric, benchmark, at, report);
    else {
      const message = `\`${taken}\` is measured already. Give one of the two a name of its own, such as \`{${metricNameOf(entry)}: {name: ${metricNameOf(entry)}-2}}\`.`;
      report('duplicate-item', 'error', at, message);
    }
  });
}

/** Whether the dataset has what the metric is about. */
function checkFit(
  entry: MetricEntry,
  metric: Metric,
  benchmark: Benchmark,
  at: DocumentPath,
  report: ReportFinding,
): void {
  const name = metricNameOf(entry);
  const { dataset, models, perturbations = [] } = benchmark;
  const parameters = typeof entry === 'string' ? {} : entry;
  if (name === 'multiple-choice' && dataset.choices === undefined) {
    const message = 'Multiple choice needs the choices of each row: say where they are with `dataset.choices`.';
    report('metric-unsuitable', 'error', at, message);
  }
  const hasConfidence = parameters.calibration?.confidence !== undefined || dataset.choices !== undefined;
  if (name === 'calibration' && !hasConfidence && models.every(isConnectionName)) {
    const message =
      'Calibration needs a confidence, and language models return none beside their answer. Have them write one and name its field: `calibration: {confidence: confidence, label: label}`.';
    report('metric-unsuitable', 'warning', at, message);
  }
  const slice = parameters.fairness?.slice;
  if (slice !== undefined) checkSlice(slice, dataset.slices ?? [], at, report);
  if (metric.seesPerturbed === true && perturbations.length === 0) {
    const message = 'Robustness compares rows with their perturbed versions: add `perturbations`, such as `[typos]`.';
    report('metric-unsuitable', 'error', at, message);
  }
}

function checkSlice(slice: string, slices: readonly string[], at: DocumentPath, report: ReportFinding): void {
  if (slices.includes(slice)) return;
  const suggestion = suggestWord(slice, slices);
  const known = slices.length === 0 ? 'It has none.' : `They are ${listWords(slices)}.`;
  const message = `Fairness compares the groups of \`${slice}\`, which is not among \`dataset.slices\`.${askDidYouMean(suggestion)} ${known}`;
  report('unknown-slice', 'error', [...at, 'fairness', 'slice'], message, { replacement: suggestion });
}
