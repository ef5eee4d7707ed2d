import type { Benchmark, Metric as MetricEntry } from '../../schemas/generated/files.ts';
import { metricEntries, metricNameOf } from '../metrics/benchmark-metrics.ts';
import { WorkbenchError } from '../base/errors.ts';
import { defaultJudge } from '../metrics/measure.ts';
import type { Metric } from '../metrics/metric.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { tryMetrics } from './metric-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { relatedPlaces, type DeclaredNames, type WorkspaceView } from './workspace-view.ts';

/** Whether what metrics measure with is there: judges and classifiers, rubrics, columns, a baseline, and repeats enough. */
export async function checkMeasures(
  benchmark: Benchmark,
  columns: readonly string[] | undefined,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const entries = metricEntries(benchmark);
  const made = tryMetrics(entries);
  for (const [index, entry] of entries.entries()) {
    const metric = made[index];
    if (metric === undefined || metric instanceof WorkbenchError) continue; // `checkMetrics` says why.
    const at = ['metrics', index, ...(typeof entry === 'string' ? [] : [metricNameOf(entry)])];
    if ((metric.needs?.models?.length ?? 0) > 0) {
      checkModels(metric, at, await view.connections(signal), report);
      signal.throwIfAborted();
    }
    for (const file of metric.needs?.files ?? []) {
      const facts = await view.fileFacts(file, signal);
      signal.throwIfAborted();
      if (facts?.kind === 'file') continue;
      report('missing-file', 'error', at, `There is no file \`${file}\` (looked up from this file's folder).`);
    }
    checkColumns(metric, columns, at, report);
    checkBaseline(metric, benchmark, at, report);
    checkRepeats(entry, benchmark, at, report);
  }
}

function checkModels({ needs }: Metric, at: DocumentPath, connections: DeclaredNames, report: ReportFinding): void {
  if (connections.state === 'broken') return;
  const names = connections.state === 'known' ? connections.names : [];
  const related = relatedPlaces(connections);
  for (const model of needs?.models ?? []) {
    if (model === defaultJudge) {
      if (connections.state === 'known' && connections.judge !== undefined) continue;
      const message =
        'No judge is named here, and `workbench.yaml` has none. Name a connection with `model`, or set `judge` in `workbench.yaml`.';
      report('unknown-connection', 'error', at, message, { related });
    } else if (!names.includes(model)) {
      const suggestion = suggestWord(model, names);
      const known = names.length === 0 ? 'It declares none.' : `It declares ${listWords(names)}.`;
      const message = `\`workbench.yaml\` declares no connection \`${model}\`.${askDidYouMean(suggestion)} ${known}`;
      report('unknown-connection', 'error', at, message, { related });
    }
  }
}

function checkColumns(
  { needs }: Metric,
  columns: readonly string[] | undefined,
  at: DocumentPath,
  report: ReportFinding,
): void {
  if (columns === undefined) return;
  for (const column of needs?.columns ?? []) {
    if (column === '*' || columns.includes(column)) continue;
    const suggestion = suggestWord(column, columns);
    const message = `The dataset has no column \`${column}\`.${askDidYouMean(suggestion)} Its columns: ${listWords(columns, 20)}.`;
    report('unknown-column', 'error', at, message);
  }
}

function checkBaseline({ pairs }: Metric, { models }: Benchmark, at: DocumentPath, report: ReportFinding): void {
  if (pairs === undefined) return;
  const { baseline } = pairs;
  if (baseline !== undefined && !models.includes(baseline)) {
    const suggestion = suggestWord(baseline, models);
    const message = `\`${baseline}\` is not among \`models\`.${askDidYouMean(suggestion)} They are ${listWords(models)}.`;
    report('unknown-model', 'error', [...at, 'baseline'], message, { replacement: suggestion });
  } else if (models.length < 2) {
    report('metric-unsuitable', 'warning', at, 'A comparison in pairs needs a second model in `models`.');
  }
}

function checkRepeats(entry: MetricEntry, { repeats = 1 }: Benchmark, at: DocumentPath, report: ReportFinding): void {
  const wanted = typeof entry === 'string' ? undefined : entry['pass-at-k']?.k;
  const most = Math.max(0, ...(wanted ?? []));
  if (most <= repeats) return;
  const message = `pass@${most} needs ${most} answers to every row: set \`repeats: ${most}\` or more.`;
  report('metric-unsuitable', 'error', [...at, 'k'], message);
}
