import { CompletionItemKind } from 'vscode-languageserver';
import type { Dataset } from '../schemas/generated/files.ts';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import { figuresOf } from '../engine/documents/figure-checks.ts';
import { isComposed, metricCatalogue } from '../engine/metrics/catalogue.ts';
import { columnsOf, neededParameters } from './describe.ts';
import { offerConnections, offerModels, offerPromptModels } from './completion-models.ts';
import { offerPaths, offerSplitFiles } from './completion-paths.ts';
import { offerInPolicy } from './completion-policy.ts';
import { offerInTuningJob } from './completion-tune.ts';
import { headerNames, offerInWorkbench } from './completion-workbench.ts';
import { measuredOfDraft, metricsOfDraft, namesOf, offerMetrics, type Scene, type ValueOffer } from './offers.ts';
import { datasetOf, draftAt, isColumnPath, isModelPath, matchesPath } from './tree.ts';
import { mappingOf } from './workspace.ts';

/** What a value can name in this workspace; absent where only the schema knows. */
export async function offerNamedValues(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { kind } = scene.parsed;
  const paths = await offerPaths(scene, signal);
  if (paths !== undefined) return paths;
  const dataset = datasetOf(kind, scene.path);
  if (dataset !== undefined) return offerInDataset(scene, dataset.at, dataset.rest, signal);
  switch (kind) {
    case 'bench':
      return offerInBenchmark(scene, signal);
    case 'tune':
      return (await offerInTuningJob(scene, signal)) ?? offerInMetric(scene, ['evaluation', 'metrics'], signal);
    case 'policy':
      return offerInPolicy(scene, signal);
    case 'workbench':
      return offerInWorkbench(scene, signal);
    case 'prompt':
      return matchesPath(scene.path, 'model') ? offerPromptModels(scene, signal) : undefined;
  }
}

/** Names of a mapping's fields that are not the schema's. */
export async function offerNames(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const { parsed, path } = scene;
  const dataset = datasetOf(parsed.kind, path);
  if (dataset !== undefined && matchesPath(dataset.rest, 'filter')) return offerColumns(scene, dataset.at, signal);
  if (parsed.kind === 'workbench' && matchesPath(path, 'connections.*.headers')) return headerNames(scene);
  return [];
}

async function offerInBenchmark(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { path, parsed } = scene;
  const draft = mappingOf(parsed.draft);
  if (isModelPath('bench', path)) {
    const all = await offerModels(scene, signal);
    const named = textsOf(draft['models']);
    if (path[0] === 'models' || named.length === 0) return all;
    return named.map(
      name =>
        all.find(offer => offer.value === name) ?? { value: name, detail: 'model', kind: CompletionItemKind.Value },
    );
  }
  if (path[0] === 'metrics') return offerInMetric(scene, ['metrics'], signal);
  if (matchesPath(path, 'gate.*.metric')) return offerMetrics(figuresOf(measuredOfDraft(draft)));
  if (matchesPath(path, 'perturbations.*.paraphrases.key')) return offerColumns(scene, ['dataset'], signal);
  if (matchesPath(path, 'perturbations.*.paraphrases.column')) {
    const rows = { path: scene.siblings['path'] ?? '' };
    return (await columnsOf(scene.workspace, scene.uri, rows, signal)).map(toColumn);
  }
  if (matchesPath(path, 'compare.against')) return offerEarlierRuns(scene, signal);
  return undefined;
}

/** The newest run by what it is, and those before it. */
async function offerEarlierRuns({ context, uri }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const runs = await context.history.runsOf(uri, signal);
  return [
    { value: 'last', detail: 'newest run that succeeded', kind: CompletionItemKind.Value },
    ...runs.slice(0, 20).map(({ id, createdAt }) => ({
      value: id,
      detail: `run of ${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      kind: CompletionItemKind.Event,
    })),
  ];
}

const connectionFields = [
  'judge.model',
  'judge.models.*',
  'pairwise.model',
  'pairwise.models.*',
  'similarity.model',
  'toxicity.model',
  'pii.model',
];

/** A metric that can do without parameters, and what the parameters of others name. `at` is where the metrics are listed. */
async function offerInMetric(
  scene: Scene,
  at: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const { path, parsed } = scene;
  const rest = path.slice(at.length);
  if (at.some((step, index) => path[index] !== step)) return undefined;
  if (matchesPath(rest, '*'))
    return offerMetrics([...metricCatalogue.keys()].filter(name => neededParameters(name).length === 0));
  const inner = rest.slice(1);
  const is = (pattern: string): boolean => matchesPath(inner, pattern);
  if (connectionFields.some(is)) return offerConnections(scene, signal);
  if (is('pairwise.baseline')) return offerModels(scene, signal);
  const dataset = firstDataset(parsed.kind, parsed.draft);
  if (is('pass-at-k.tests') || is('pass-at-k.entryPoint')) return offerColumns(scene, dataset, signal);
  if (is('*.positive')) {
    const { target } = mappingOf(draftAt(parsed.draft, dataset));
    return typeof target === 'string' ? offerColumnValues(scene, dataset, target, signal) : undefined;
  }
  if (is('fairness.slice')) {
    const slices = textsOf(mappingOf(draftAt(parsed.draft, dataset))['slices']);
    return slices.map(value => ({ value, detail: 'slice', kind: CompletionItemKind.Field }));
  }
  if (!is('fairness.metric') && !is('robustness.metric')) return undefined;
  const { metrics = [] } = metricsOfDraft(draftAt(parsed.draft, at));
  const quality = [...metricCatalogue.values()].filter(({ id, kind }) => kind === 'quality' && !isComposed(id));
  const named = metrics.flatMap(entry => (typeof entry === 'string' ? [] : namesOf(entry)));
  return offerMetrics([...named, ...quality.filter(({ id }) => neededParameters(id).length === 0).map(({ id }) => id)]);
}

/** Where the dataset stands that a file's metrics look at. */
function firstDataset(kind: Scene['parsed']['kind'], draft: unknown): DocumentPath {
  if (kind !== 'tune') return ['dataset'];
  return ['aspects', Object.keys(mappingOf(draftAt(draft, ['aspects'])))[0] ?? '', 'dataset'];
}

async function offerInDataset(
  scene: Scene,
  at: DocumentPath,
  rest: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  if (isColumnPath(rest) || matchesPath(rest, 'split.group')) return offerColumns(scene, at, signal);
  const [first, column] = rest;
  if (first === 'filter' && typeof column === 'string') return offerColumnValues(scene, at, column, signal);
  if (!matchesPath(rest, 'split.train') && !matchesPath(rest, 'split.test')) return undefined;
  const { split } = mappingOf(draftAt(scene.parsed.draft, at));
  const field = scene.siblings['field'] ?? mappingOf(split)['field'];
  return typeof field === 'string' ? offerColumnValues(scene, at, field, signal) : offerSplitFiles(scene, at, signal);
}

async function offerColumns(
  { workspace, uri, parsed }: Scene,
  at: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const dataset = mappingOf(draftAt(parsed.draft, at)) as Partial<Dataset>;
  return (await columnsOf(workspace, uri, dataset, signal)).map(toColumn);
}

function toColumn(value: string): ValueOffer {
  return { value, detail: 'column', kind: CompletionItemKind.Field };
}

/** Longer values are texts, which nobody chooses by. */
const longestValue = 200;

async function offerColumnValues(
  { workspace, uri, parsed }: Scene,
  at: DocumentPath,
  column: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const dataset = mappingOf(draftAt(parsed.draft, at)) as Partial<Dataset>;
  const values = await workspace.columnValues(uri, dataset, column, signal);
  const shown = values.filter(value => value.length <= longestValue);
  if (shown.length === 0) return undefined;
  return shown.map(value => ({ value, detail: `value of ${column}`, kind: CompletionItemKind.Value }));
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
