import type { Metric as MetricEntry, MetricName, TuningJob } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { metricNameOf } from '../metrics/benchmark-metrics.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import { checkCard, checkDataset } from './dataset-checks.ts';
import type { Diagnostic, ReportFinding } from '../documents/diagnostic.ts';
import { collectFindings } from '../documents/findings.ts';
import { kindOfPath } from '../documents/kinds.ts';
import { tryMetric, usableMetrics } from './metric-checks.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { checkBase } from './registry-checks.ts';
import { checkRegistryNames } from './registry-name-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { checkFit, placedDatasets } from './tune-fit-checks.ts';
import { aspectsOf, namedTaskOf, usualTuningMetrics } from '../documents/tune-kind.ts';
import { checkSearch } from './tune-search-checks.ts';
import { checkValues } from './value-checks.ts';
import { relatedPlaces, type WorkspaceView } from './workspace-view.ts';

export { aspectsOf, datasetsOf } from '../documents/tune-kind.ts';

/** The platform every workspace has. */
export const localPlatform = 'local';

const aliasesMovedByCommands: readonly string[] = ['approved', 'baseline', 'production'];

/** The leading figures of a job's evaluation, and the loss: what can choose the best checkpoint. */
export function selectableFigures(job: Pick<TuningJob, 'evaluation'> & Partial<TaskFields>): readonly string[] {
  return [...usableMetrics({ metrics: metricsOfJob(job) }).map(({ id }) => id), 'loss'];
}

/** What tells a job's task. */
type TaskFields = Pick<TuningJob, 'task' | 'base' | 'aspects' | 'method'>;

function metricsOfJob(job: Pick<TuningJob, 'evaluation'> & Partial<TaskFields>): MetricEntry[] {
  const { base, aspects } = job;
  const task = base === undefined || aspects === undefined ? undefined : namedTaskOf({ ...job, base, aspects });
  return job.evaluation?.metrics ?? [...usualTuningMetrics[task ?? 'text-classification']];
}

/**
 * Whether a tuning job fits what is around it: platform, datasets, columns, cards, and its own parts one another. Whether a
 * checkpoint or registered version exists only the store knows. Nothing when the file itself has errors. Rejects only with
 * the signal's reason.
 */
export async function checkTuningJob(
  parsed: ParsedDocument<'tune'>,
  view: WorkspaceView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const job = parsed.value;
  if (job === undefined) return [];
  const { report, sorted } = collectFindings(parsed);
  await checkPlatform(job, view, report, signal);
  signal.throwIfAborted();
  checkFit(job, await view.platforms(signal), report);
  checkSearch(job, report);
  const entries = metricsOfJob(job);
  const metrics = { at: ['evaluation', 'metrics'], entries };
  const reportOnce = withoutRepeats(report);
  for (const [written, at] of placedDatasets(job)) {
    const dataset = written.format === 'wav-folder' ? { target: 'transcript', audio: 'audio', ...written } : written;
    const checked = await checkDataset(dataset, at, view, report, signal);
    signal.throwIfAborted();
    if (checked !== undefined) await checkValues({ dataset, at, metrics }, checked.source, view, reportOnce, signal);
  }
  await checkFolder(job, view, report, signal);
  await checkBenchmarks(job, view, report, signal);
  await checkRegistryNames([job.base], () => ['base'], view, report, signal);
  if (view.remembered !== undefined) await checkBase(job, view.tuningJobs ?? none, view.remembered, report, signal);
  checkMetrics(job, report);
  checkSelection(job, report);
  checkAlias(job, report);
  await checkCard(job.register?.card, ['register', 'card'], view, report, signal);
  return sorted();
}

/** Aspects share the job's metrics: what does not suit one is told once. */
function withoutRepeats(report: ReportFinding): ReportFinding {
  const told = new Set<string>();
  return (code, severity, path, message, extra) => {
    const key = JSON.stringify([code, path]);
    if (!told.has(key)) report(code, severity, path, message, extra);
    told.add(key);
  };
}

const none = (): Promise<readonly never[]> => Promise.resolve([]);

async function checkPlatform(
  job: TuningJob,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const { platform } = job;
  if (platform === undefined || platform === localPlatform) return;
  const declared = await view.platforms(signal);
  if (declared.state === 'broken') return;
  const names = declared.state === 'known' ? declared.names : [];
  if (names.includes(platform)) return;
  const suggestion = suggestWord(platform, [...new Set([localPlatform, ...names])]);
  const message =
    declared.state === 'absent'
      ? `No \`workbench.yaml\` was found here or above, so there is no platform \`${platform}\`. Create one with \`compute:\`, or use \`local\`.`
      : `\`workbench.yaml\` declares no platform \`${platform}\` under \`compute\`.${askDidYouMean(suggestion)} There ${names.length === 0 ? 'is only `local`' : `are ${listWords([...new Set([localPlatform, ...names])])}`}.`;
  const related = relatedPlaces(declared);
  report('unknown-platform', 'error', ['platform'], message, { replacement: suggestion, related });
}

/** A base of a folder is a Transformers model: a folder with its configuration. */
async function checkFolder(
  { base }: TuningJob,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (!base.startsWith('folder:')) return;
  const path = base.slice('folder:'.length);
  const facts = await view.fileFacts(path, signal);
  signal.throwIfAborted();
  if (facts?.kind !== 'folder') {
    const is = facts === undefined ? `There is no folder \`${path}\`` : `\`${path}\` is no folder`;
    report(
      facts === undefined ? 'missing-file' : 'unreadable-file',
      'error',
      ['base'],
      `${is} (looked up from this file's folder).`,
    );
    return;
  }
  const config = await view.fileFacts(`${path.replace(/[\\/]+$/, '')}/config.json`, signal);
  signal.throwIfAborted();
  if (config?.kind === 'file') return;
  const message = `\`${path}\` holds no \`config.json\`, so it is no Transformers model. Name the folder that \`save_pretrained\` wrote.`;
  report('unreadable-file', 'error', ['base'], message);
}

async function checkBenchmarks(
  job: TuningJob,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, { benchmark }] of aspectsOf(job)) {
    if (benchmark === undefined) continue;
    const at = ['aspects', name, 'benchmark'];
    const facts = await view.fileFacts(benchmark, signal);
    signal.throwIfAborted();
    if (facts === undefined)
      report('missing-file', 'error', at, `There is no file \`${benchmark}\` (looked up from this file's folder).`);
    else if (facts.kind !== 'file' || kindOfPath(benchmark) !== 'bench')
      report('unreadable-file', 'error', at, `\`${benchmark}\` is no benchmark: their names end in \`.bench.yaml\`.`);
  }
}

/** Training measures answers to its own rows, not an endpoint: labels and texts, and each figure once. */
function checkMetrics(job: TuningJob, report: ReportFinding): void {
  const task = namedTaskOf(job);
  const entries = metricsOfJob(job);
  const ids: string[] = [];
  entries.forEach((entry, index) => {
    const at = ['evaluation', 'metrics', index];
    const name = metricNameOf(entry);
    const metric = tryMetric(entry, entries);
    const names = listWords(tuningMetricNames(task));
    if (metric instanceof WorkbenchError) {
      report('metric-unsuitable', 'error', at, [metric.message, metric.remedy].filter(Boolean).join(' '));
    } else if (metric.kind !== 'quality') {
      const message = `\`${name}\` is no quality metric; a tuning job measures answers only. Use ${names}, and measure \`${name}\` with a benchmark.`;
      report('metric-unsuitable', 'error', at, message);
    } else if (!suitsTuning(metric)) {
      const message = `\`${name}\` needs more than an answer and its label. Use ${names}, and measure \`${name}\` with a benchmark.`;
      report('metric-unsuitable', 'error', at, message);
    } else if (!suitsTask(metric.name, task)) {
      const message = `\`${name}\` ${task === 'text-classification' ? 'compares texts word by word, and this job learns classes' : 'counts classes, and what is said is no class'}. Use ${names}.`;
      report('metric-unsuitable', 'error', at, message);
    } else if (ids.includes(metric.id)) {
      report('duplicate-item', 'error', at, `\`${metric.id}\` is measured already; a job measures each metric once.`);
    } else ids.push(metric.id);
  });
}

/** Names of the metrics that a tuning job can be measured by without parameters. */
export function tuningMetricNames(task?: NonNullable<TuningJob['task']>): readonly MetricName[] {
  return [...metricCatalogue.keys()].filter(name => {
    const metric = tryMetric(name, []);
    return !(metric instanceof WorkbenchError) && suitsTuning(metric) && suitsTask(name, task);
  });
}

const textMetrics: readonly MetricName[] = ['bleu', 'chrf', 'ter', 'rouge', 'wer', 'cer'];
const classMetrics: readonly MetricName[] = ['balanced-accuracy', 'precision', 'recall', 'f1', 'mcc'];

/** A class is right or wrong as a whole; what is heard is no class. Texts that a model writes may be either. */
function suitsTask(name: MetricName, task: TuningJob['task']): boolean {
  if (task === 'text-classification') return !textMetrics.includes(name);
  return task !== 'automatic-speech-recognition' || !classMetrics.includes(name);
}

/** Whether a metric asks for nothing but answers and labels, which is all there is while a model is trained. */
function suitsTuning(metric: Metric): boolean {
  const needsMore =
    metric.needs ?? metric.take ?? metric.measure ?? metric.pairs ?? metric.seesPerturbed ?? metric.overallOnly;
  return metric.kind === 'quality' && needsMore === undefined;
}

function checkSelection(job: TuningJob, report: ReportFinding): void {
  const { aspect, metric } = job.evaluation?.select ?? {};
  const at = ['evaluation', 'select'];
  const aspects = aspectsOf(job).map(([name]) => name);
  if (aspect !== undefined && !aspects.includes(aspect)) {
    const suggestion = aspects.length === 1 ? aspects[0] : suggestWord(aspect, aspects);
    const message = `The job has no aspect \`${aspect}\`.${askDidYouMean(suggestion)} It has ${listWords(aspects)}.`;
    report('unknown-aspect', 'error', [...at, 'aspect'], message, { replacement: suggestion });
  }
  const figures = selectableFigures(job);
  if (metric === undefined || figures.includes(metric)) return;
  const owner = [...metricCatalogue.values()].find(known => known.kind === 'quality' && known.figures.includes(metric));
  const suggestion = owner === undefined ? suggestWord(metric, figures) : undefined;
  const message =
    owner === undefined
      ? `Unknown figure \`${metric}\`.${askDidYouMean(suggestion)} This job computes ${listWords(figures, 20)}.`
      : `\`${metric}\` is not computed: add \`${owner.id}\` to \`evaluation.metrics\`.`;
  report('unknown-figure', 'error', [...at, 'metric'], message, { replacement: suggestion });
}

function checkAlias(job: TuningJob, report: ReportFinding): void {
  const alias = job.register?.alias;
  if (alias === undefined || !aliasesMovedByCommands.includes(alias)) return;
  const message = `\`${alias}\` is moved by its own command only, never by training. Use \`candidate\`, or another name.`;
  report('not-allowed-value', 'error', ['register', 'alias'], message, { replacement: 'candidate' });
}
