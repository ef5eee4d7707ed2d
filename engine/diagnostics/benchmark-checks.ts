import type { Benchmark, MetricName } from '../../schemas/generated/files.ts';
import { splitKind } from '../datasets/split.ts';
import { metricCatalogue } from '../metrics/catalogue.ts';
import { checkJudges, checkPrompts } from './benchmark-prompt-checks.ts';
import { checkConnections } from './connection-checks.ts';
import { checkDatasetChange } from './dataset-change-checks.ts';
import { checkDataset } from './dataset-checks.ts';
import { checkFigures } from './figure-checks.ts';
import type { Diagnostic, ReportFinding } from '../documents/diagnostic.ts';
import { collectFindings } from '../documents/findings.ts';
import { checkMeasures } from './measure-checks.ts';
import { checkMetrics } from './metric-checks.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { checkPerturbations } from './perturbation-checks.ts';
import { checkTrainedModels } from './registry-checks.ts';
import { checkRegistryNames } from './registry-name-checks.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { checkUnusedFields } from './unused-field-checks.ts';
import { checkValues, metricsOf } from './value-checks.ts';
import type { WorkspaceView } from './workspace-view.ts';

/**
 * Whether a benchmark fits what is around it: connections, dataset, columns, prompts, and its own parts one another.
 * Nothing when the file itself has errors. Rejects only with the signal's reason.
 */
export async function checkBenchmark(
  parsed: ParsedDocument<'bench'>,
  view: WorkspaceView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const benchmark = parsed.value;
  if (benchmark === undefined) return [];
  const { report, sorted } = collectFindings(parsed);
  await checkConnections(benchmark.models, index => ['models', index], view, report, signal);
  await checkRegistryNames(benchmark.models, index => ['models', index], view, report, signal);
  signal.throwIfAborted();
  checkTarget(benchmark, report);
  checkTraining(benchmark, report);
  checkBaseline(benchmark, report);
  checkMetrics(benchmark, report);
  checkFigures(benchmark, report);
  checkUnusedFields(benchmark, report);
  if (view.remembered !== undefined)
    await checkTrainedModels(benchmark, view.tuningJobs ?? none, view.remembered, report, signal);
  const { dataset } = benchmark;
  const at = ['dataset'];
  const checked = await checkDataset(dataset, at, view, report, signal);
  signal.throwIfAborted();
  const columns = checked?.columns;
  if (checked !== undefined) {
    await checkValues({ dataset, at, metrics: metricsOf(benchmark) }, checked.source, view, report, signal);
    await checkDatasetChange(benchmark, view, report, signal);
  }
  await checkPerturbations(benchmark, columns, view, report, signal);
  signal.throwIfAborted();
  await checkMeasures(benchmark, columns, view, report, signal);
  signal.throwIfAborted();
  await checkJudges(benchmark, columns, view, report, signal);
  await checkPrompts(benchmark, columns, view, report, signal);
  signal.throwIfAborted();
  return sorted();
}

const none = (): Promise<readonly never[]> => Promise.resolve([]);

export function isEmbedded(model: string): boolean {
  return model.startsWith('embedded:');
}

/** Quality metrics that look at the answer alone, or leave it to a judge. */
const withoutTarget: ReadonlySet<string> = new Set([
  'judge',
  'pairwise',
  'regex',
  'json-schema',
  'toxicity',
  'pii',
  'custom',
  'pass-at-k',
]);

function checkTarget({ dataset, models, metrics = ['exact-match'] }: Benchmark, report: ReportFinding): void {
  if (dataset.target !== undefined || dataset.format === 'wav-folder') return;
  const needing = metrics
    .map(metric => (typeof metric === 'string' ? metric : (Object.keys(metric)[0] ?? '')))
    .find(name => metricCatalogue.get(name as MetricName)?.kind === 'quality' && !withoutTarget.has(name));
  const why = needing ?? models.find(isEmbedded);
  if (why === undefined) return;
  const message = `Missing \`target\` in \`dataset\`. The column that holds the expected answer, which \`${why}\` needs.`;
  report('missing-field', 'error', ['dataset'], message, { part: 'key' });
}

function checkTraining(benchmark: Benchmark, report: ReportFinding): void {
  const { split } = benchmark.dataset;
  const index = benchmark.models.findIndex(isEmbedded);
  if (split?.train !== undefined) {
    if (split.train === split.test && splitKind(split) !== 'shares') {
      report(
        'missing-split',
        'warning',
        ['dataset', 'split', 'train'],
        'Training and test split are the same: embedded models would be asked what they learnt from.',
      );
    }
    return;
  }
  // A split by shares leaves the rest of the rows to learn from.
  if (index < 0 || (split !== undefined && splitKind(split) === 'shares')) return;
  const message = `\`${benchmark.models[index] ?? ''}\` must be trained: say which rows it learns from with \`dataset.split\`, such as \`{field: split, train: train, test: test}\`.`;
  report('missing-split', 'error', ['models', index], message);
}

function checkBaseline(benchmark: Benchmark, report: ReportFinding): void {
  const baseline = benchmark.compare?.baseline;
  if (baseline === undefined || benchmark.models.includes(baseline)) return;
  const suggestion = suggestWord(baseline, benchmark.models);
  const message = `The baseline \`${baseline}\` is not among \`models\`.${askDidYouMean(suggestion)} They are ${listWords(benchmark.models)}.`;
  report('unknown-model', 'error', ['compare', 'baseline'], message, { replacement: suggestion });
}
