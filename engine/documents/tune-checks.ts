import type { Aspect, MetricName, TuningDataset, TuningJob } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { metricEntries, metricNameOf } from '../metrics/benchmark-metrics.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import { checkCard, checkDataset } from './dataset-checks.ts';
import type { Diagnostic, ReportFinding } from './diagnostic.ts';
import { collectFindings } from './findings.ts';
import { tryMetric, usableMetrics } from './metric-checks.ts';
import type { ParsedDocument } from './parse.ts';
import { checkBase } from './registry-checks.ts';
import { checkRegistryNames } from './registry-name-checks.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';
import { checkValues } from './value-checks.ts';
import { relatedPlaces, type WorkspaceView } from './workspace-view.ts';

export type AspectName = keyof TuningJob['aspects'];

/** The platform every workspace has. */
export const localPlatform = 'local';

const aliasesMovedByCommands: readonly string[] = ['approved', 'baseline', 'production'];

/** What a tuning job is measured by when it does not say: the schema's own default. */
export const defaultTuningMetrics: NonNullable<TuningJob['evaluation']>['metrics'] = ['accuracy'];

/** A job's aspects in the order of the file. */
export function aspectsOf(job: Pick<TuningJob, 'aspects'>): readonly (readonly [AspectName, Aspect])[] {
  return Object.entries(job.aspects) as [AspectName, Aspect][];
}

/** An aspect's datasets in the order of the file. */
export function datasetsOf({ dataset, datasets }: Aspect): readonly TuningDataset[] {
  return datasets ?? (dataset === undefined ? [] : [dataset]);
}

/** The leading figures of a job's evaluation, and the loss: what can choose the best checkpoint. */
export function selectableFigures(job: Pick<TuningJob, 'evaluation'>): readonly string[] {
  return [...usableMetrics({ metrics: job.evaluation?.metrics ?? defaultTuningMetrics }).map(({ id }) => id), 'loss'];
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
  const entries = job.evaluation?.metrics ?? defaultTuningMetrics ?? [];
  const metrics = { at: ['evaluation', 'metrics'], entries };
  const reportOnce = withoutRepeats(report);
  for (const [name, aspect] of aspectsOf(job)) {
    const [dataset] = datasetsOf(aspect);
    if (dataset?.input === undefined || dataset.target === undefined) continue;
    const { input, target, split } = dataset;
    if (split.train === undefined) continue;
    const at = ['aspects', name, 'dataset'];
    if (dataset.split.train === dataset.split.test) {
      const message =
        'Training and test split are the same: the model would be tested on what it learnt. Name two values.';
      report('missing-split', 'error', [...at, 'split', 'test'], message);
    }
    const checked = await checkDataset({ ...dataset, input, target }, at, view, report, signal);
    signal.throwIfAborted();
    if (checked !== undefined) {
      await checkValues({ dataset: { ...dataset, input, target }, at, metrics }, checked.source, view, reportOnce, signal);
    }
  }
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

/** Training measures answers to its own rows, not an endpoint: labels and texts, and each figure once. */
function checkMetrics(job: TuningJob, report: ReportFinding): void {
  const entries = metricEntries({ metrics: job.evaluation?.metrics ?? defaultTuningMetrics });
  const ids: string[] = [];
  entries.forEach((entry, index) => {
    const at = ['evaluation', 'metrics', index];
    const name = metricNameOf(entry);
    const metric = tryMetric(entry, entries);
    if (metric instanceof WorkbenchError) {
      report('metric-unsuitable', 'error', at, [metric.message, metric.remedy].filter(Boolean).join(' '));
    } else if (metric.kind !== 'quality') {
      const message = `\`${name}\` is no quality metric; a tuning job measures answers only. Use ${listWords(tuningMetricNames())}, and measure \`${name}\` with a benchmark.`;
      report('metric-unsuitable', 'error', at, message);
    } else if (!suitsTuning(metric)) {
      const message = `\`${name}\` needs more than an answer and its label. Use ${listWords(tuningMetricNames())}, and measure \`${name}\` with a benchmark.`;
      report('metric-unsuitable', 'error', at, message);
    } else if (ids.includes(metric.id)) {
      report('duplicate-item', 'error', at, `\`${metric.id}\` is measured already; a job measures each metric once.`);
    } else ids.push(metric.id);
  });
}

/** Names of the metrics that a tuning job can be measured by without parameters. */
export function tuningMetricNames(): readonly MetricName[] {
  return [...metricCatalogue.keys()].filter(name => {
    const metric = tryMetric(name, []);
    return !(metric instanceof WorkbenchError) && suitsTuning(metric);
  });
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
