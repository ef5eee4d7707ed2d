import { CompletionItemKind } from 'vscode-languageserver';
import type { Dataset } from '../../schemas/generated/files.ts';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { figuresOf } from '../../engine/diagnostics/figure-checks.ts';
import { isComposed, metricCatalogue } from '../../engine/metrics/catalogue.ts';
import { columnsOf, neededParameters } from '../help/describe.ts';
import { offerConnections, offerModels, offerPromptModels } from './models.ts';
import { isOffered, offerPaths, offerSplitFiles } from './paths.ts';
import { offerInPolicy, offerKeysInPolicy, offerNamedInPolicy } from './policy.ts';
import { offerBaseline, offerCompared, offerResults } from './results.ts';
import { offerInTuningJob } from './tune.ts';
import { headerNames, offerInWorkbench } from './workbench.ts';
import { rowAt, type Row } from '../names/table.ts';
import { findTemplateVariables } from '../names/template-variables.ts';
import { measuredOfDraft, metricsOfDraft, namesOf, offerMetrics, type Scene, type ValueOffer } from './offers.ts';
import { datasetOf, draftAt, matchesPath, textsOf } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** What a value can name in this workspace; absent where only the schema knows. */
export async function offerNamedValues(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const row = rowAt(scene.parsed.kind, scene.path, 'value');
  return (row && (await offerThings(scene, row, signal))) ?? offerOthers(scene, signal);
}

async function offerThings(scene: Scene, row: Row, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { kind } = scene.parsed;
  const { names, sort, datasetAt } = row;
  if (row.names === 'result') {
    if (row.role === 'declaration') return [];
    if (kind === 'comparison') return row.field === 'baseline' ? offerBaseline(scene) : offerCompared(scene);
    return offerEarlierRuns(scene, signal);
  }
  if (isOffered(sort)) return offerPaths(scene, sort, signal);
  if (names === 'connection') return offerConnections(scene, signal);
  // Of the columns, only slices can be compared.
  if (datasetAt !== undefined && row.field !== 'metrics.*.fairness.slice')
    return offerColumns(scene, datasetAt(scene.path), signal);
  if (kind === 'bench') return offerInBenchmark(scene, row, signal);
  if (kind === 'tune') return offerInTuningJob(scene, row, signal);
  if (kind === 'trial' && row.field === 'models.*') return offerModels(scene, signal);
  return kind === 'policy' ? offerNamedInPolicy(scene, row, signal) : undefined;
}

/** What is no name, or one of few. */
async function offerOthers(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { path, parsed } = scene;
  const dataset = datasetOf(parsed.kind, path);
  if (dataset !== undefined) return offerInDataset(scene, dataset.at, dataset.rest, signal);
  switch (parsed.kind) {
    case 'bench':
      return offerInMetric(scene, ['metrics'], signal);
    case 'tune':
      return offerInMetric(scene, ['evaluation', 'metrics'], signal);
    case 'policy':
      return offerInPolicy(scene, signal);
    case 'workbench':
      return offerInWorkbench(scene, signal);
    case 'comparison':
      return undefined;
    case 'prompt':
    case 'trial':
      return matchesPath(path, 'model') ? offerPromptModels(scene, signal) : undefined;
  }
}

/** Names of a mapping's fields that are not the schema's. */
export async function offerNames(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const { parsed, path } = scene;
  const dataset = datasetOf(parsed.kind, path);
  if (dataset !== undefined && matchesPath(dataset.rest, 'filter')) return offerColumns(scene, dataset.at, signal);
  if (parsed.kind === 'workbench' && matchesPath(path, 'connections.*.headers')) return headerNames(scene);
  if (parsed.kind === 'trial' && isCase(path)) return offerVariables(parsed.draft);
  if (parsed.kind === 'policy') return offerKeysInPolicy(scene, signal);
  return [];
}

/** Whether a mapping says what a trial's variables stand for. */
function isCase(path: DocumentPath): boolean {
  return path[0] === 'values' && (path.length === 1 || (path.length === 2 && typeof path[1] === 'number'));
}

/** The variables that the messages read, as far as they are written. */
function offerVariables(draft: unknown): readonly ValueOffer[] {
  const { messages } = mappingOf(draft);
  const texts = Array.isArray(messages)
    ? (messages as unknown[]).flatMap(message => textsIn(mappingOf(message)['content']))
    : [];
  const names = new Set(texts.flatMap(text => findTemplateVariables(text).map(({ name }) => name)));
  return [...names].map(value => ({ value, detail: 'read by the messages', kind: CompletionItemKind.Variable }));
}

function textsIn(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content];
  return Array.isArray(content)
    ? (content as unknown[]).flatMap(part => Object.values(mappingOf(part)).filter(isText))
    : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

async function offerInBenchmark(
  scene: Scene,
  { field }: Row,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const draft = mappingOf(scene.parsed.draft);
  switch (field) {
    case 'models.*':
      return offerModels(scene, signal);
    case 'compare.baseline':
    case 'gate.*.model':
      return offerOwnModels(scene, textsOf(draft['models']), signal);
    case 'metrics.*':
      return offerMetrics([...metricCatalogue.keys()].filter(name => neededParameters(name).length === 0));
    case 'gate.*.metric':
      return offerMetrics(figuresOf(measuredOfDraft(draft)));
    default:
      return undefined;
  }
}

/** The models that the benchmark asks; all while it names none yet. */
async function offerOwnModels(
  scene: Scene,
  named: readonly string[],
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const all = await offerModels(scene, signal);
  if (named.length === 0) return all;
  return named.map(
    name => all.find(offer => offer.value === name) ?? { value: name, detail: 'model', kind: CompletionItemKind.Value },
  );
}

/** The newest run by what it is, and those before it. */
async function offerEarlierRuns(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const { context, uri } = scene;
  const runs = await context.history.runsOf(uri, signal);
  return [
    ...offerResults(scene, ({ kind }) => kind === 'bench'),
    { value: 'last', detail: 'newest run that succeeded', kind: CompletionItemKind.Value },
    ...runs.slice(0, 20).map(({ id, createdAt }) => ({
      value: id,
      detail: `run of ${new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      kind: CompletionItemKind.Event,
    })),
  ];
}

/** What the parameters of metrics name. `at` is where the metrics are listed. */
async function offerInMetric(
  scene: Scene,
  at: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const { path, parsed } = scene;
  if (at.some((step, index) => path[index] !== step)) return undefined;
  const inner = path.slice(at.length + 1);
  const is = (pattern: string): boolean => matchesPath(inner, pattern);
  if (is('pairwise.baseline')) return offerModels(scene, signal);
  const dataset = firstDataset(parsed.kind, parsed.draft);
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
  const aspect = ['aspects', Object.keys(mappingOf(draftAt(draft, ['aspects'])))[0] ?? ''];
  return draftAt(draft, [...aspect, 'datasets']) === undefined ? [...aspect, 'dataset'] : [...aspect, 'datasets', 0];
}

async function offerInDataset(
  scene: Scene,
  at: DocumentPath,
  rest: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
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
  const columns = await columnsOf(workspace, uri, dataset, signal);
  return columns.map(value => ({ value, detail: 'column', kind: CompletionItemKind.Field }));
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
