import type { Benchmark, Metric } from '../../schemas/generated/files.ts';
import type { DatasetSample } from '../datasets/sample-columns.ts';
import { readExpectedCalls } from '../metrics/calls.ts';
import { metricEntries, metricNameOf } from '../metrics/benchmark-metrics.ts';
import { extractNumber } from '../metrics/text/numeric.ts';
import type { CheckedDataset, CheckedSource } from './dataset-checks.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import type { WorkspaceView } from './workspace-view.ts';

/** What a dataset's first rows are looked at for. */
interface Sampled {
  readonly dataset: CheckedDataset;
  /** Where the dataset is written. */
  readonly at: DocumentPath;
  /** Where metrics are written, and which. */
  readonly metrics: { readonly at: DocumentPath; readonly entries: readonly Metric[] };
}

/**
 * Whether values that a file names are in the dataset, and its metrics suit what the targets are. Looks at the first rows, and warns only of
 * what these make certain.
 */
export async function checkValues(
  sampled: Sampled,
  source: CheckedSource,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const { dataset } = sampled;
  const target = typeof dataset.target === 'string' ? dataset.target : undefined;
  const filter = Object.keys(dataset.filter ?? {});
  const columns = [...new Set([dataset.split?.field, target, ...filter].filter(column => column !== undefined))];
  if (columns.length === 0) return;
  const sample = await view.sample?.(source.path, source.format, source.part, columns, signal);
  signal.throwIfAborted();
  if (sample === undefined || sample.rows === 0) return;
  checkSplitValues(dataset, sample, sampled.at, report);
  checkFilter(dataset, sample, sampled.at, report);
  if (target === undefined) return;
  checkLabels(target, sampled, sample, report);
  checkFit(target, sampled, sample, report);
}

/** The metrics of a benchmark with their place. */
export function metricsOf(benchmark: Pick<Benchmark, 'metrics'>): Sampled['metrics'] {
  return { at: ['metrics'], entries: metricEntries(benchmark) };
}

function checkSplitValues(
  { split }: CheckedDataset,
  sample: DatasetSample,
  at: DocumentPath,
  report: ReportFinding,
): void {
  if (split?.field === undefined) return;
  for (const role of ['train', 'test'] as const) {
    const value = split[role];
    if (value !== undefined) checkValue(value, split.field, sample, [...at, 'split', role], report);
  }
}

function checkFilter({ filter = {} }: CheckedDataset, sample: DatasetSample, at: DocumentPath, report: ReportFinding) {
  for (const [column, wanted] of Object.entries(filter)) {
    const isList = Array.isArray(wanted);
    [wanted].flat().forEach((value, index) => {
      const place = [...at, 'filter', column, ...(isList ? [index] : [])];
      checkValue(String(value), column, sample, place, report);
    });
  }
}

/** Classes that a metric is about. */
function checkLabels(target: string, { metrics }: Sampled, sample: DatasetSample, report: ReportFinding): void {
  const labels = new Set([...(sample.columns.get(target)?.values ?? [])].map(fold));
  metrics.entries.forEach((entry, index) => {
    if (typeof entry === 'string') return;
    for (const name of ['precision', 'recall', 'f1', 'fairness'] as const) {
      const positive = entry[name]?.positive;
      // Labels are compared without regard to case.
      if (positive === undefined || labels.has(fold(positive))) continue;
      checkValue(positive, target, sample, [...metrics.at, index, name, 'positive'], report);
    }
  });
}

function fold(label: string): string {
  return label.trim().toLowerCase();
}

function checkValue(
  value: string,
  column: string,
  { rows, isWhole, columns }: DatasetSample,
  at: DocumentPath,
  report: ReportFinding,
): void {
  const sample = columns.get(column);
  // Rows further down may have it.
  if (!isWhole || sample === undefined || !sample.hasAllValues || sample.filled === 0 || sample.values.has(value))
    return;
  const values = [...sample.values].filter(known => known.length <= 60 && !/[\n\r]/.test(known));
  const suggestion = suggestWord(value, values.slice(0, 200));
  const message = `None of the ${rows} rows has \`${value}\` in \`${column}\`.${askDidYouMean(suggestion)} There are ${listWords(values)}.`;
  report('unknown-value', 'warning', at, message, { replacement: suggestion });
}

const classMetrics: ReadonlySet<string> = new Set(['balanced-accuracy', 'precision', 'recall', 'f1', 'mcc']);
const textMetrics: ReadonlySet<string> = new Set(['bleu', 'chrf', 'ter', 'rouge', 'wer', 'cer', 'similarity']);
/** Fewer rows say nothing of what the targets are. */
const fewestRows = 5;
/** With so many rows, classes would repeat. */
const rowsForClasses = 50;

/** Whether each metric can be made of targets such as these. */
function checkFit(target: string, { dataset, metrics }: Sampled, sample: DatasetSample, report: ReportFinding): void {
  const column = sample.columns.get(target);
  // Choices may be named by their letter or place.
  if (column === undefined || column.filled < fewestRows || dataset.choices !== undefined) return;
  const values = [...column.values];
  const isDistinct = column.hasAllValues && values.length === column.filled && values.length >= rowsForClasses;
  metrics.entries.forEach((entry, index) => {
    const why = faultOfTargets(entry, values, isDistinct);
    if (why === undefined) return;
    const name = metricNameOf(entry);
    const shown = values[0] === undefined || values[0].length > 40 ? '' : `, such as \`${shorten(values[0])}\``;
    report('metric-unfit', 'warning', [...metrics.at, index], `\`${name}\` ${why.replace('{values}', shown)}`);
  });
}

function faultOfTargets(entry: Metric, values: readonly string[], isDistinct: boolean): string | undefined {
  const name = metricNameOf(entry);
  const all = (test: (value: string) => boolean): boolean => values.every(test);
  if (name === 'numeric' && all(value => extractNumber(value, {}) === undefined))
    return 'compares numbers, and no target{values} has one. Use `exact-match` or `accuracy`.';
  if (name === 'json-fields' && all(value => shapeOf(value) === undefined))
    return 'compares the fields of JSON, and no target{values} is a JSON mapping or list.';
  if (name === 'tool-call' && all(value => readExpectedCalls(value) === undefined))
    return 'compares calls of tools, and no target{values} names one.';
  if (textMetrics.has(name) && all(isNumber))
    return 'compares words, and every target{values} is a number. Use `numeric`.';
  if (name === 'bleu' && all(value => /^[\w'-]+$/.test(value)))
    return 'counts runs of up to four words, and every target{values} is a single one. Use `accuracy` or `exact-match`.';
  if (!classMetrics.has(name)) return undefined;
  if (all(value => shapeOf(value) === 'list'))
    return 'counts one label a row, and every target{values} is a list. Use `json-fields` or `exact-match`.';
  if (isDistinct)
    return 'counts classes, and no two targets{values} are the same. Use a metric of texts, or `numeric`.';
  return undefined;
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}

function shapeOf(value: string): 'list' | 'mapping' | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return Array.isArray(JSON.parse(value)) ? 'list' : 'mapping';
  } catch {
    return undefined;
  }
}

function shorten(value: string): string {
  return value.replaceAll(/\s+/g, ' ').replaceAll('`', "'");
}
