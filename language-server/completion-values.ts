import { CompletionItemKind } from 'vscode-languageserver';
import type { Dataset } from '../schemas/generated/files.ts';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import { figuresOf } from '../engine/documents/figure-checks.ts';
import { embeddedModelNames } from '../engine/documents/formats.ts';
import { isComposed, metricCatalogue } from '../engine/metrics/catalogue.ts';
import { columnsOf, describeConnection, neededParameters } from './describe.ts';
import { offerInPolicy } from './completion-policy.ts';
import { offerInTuningJob } from './completion-tune.ts';
import {
  measuredOfDraft,
  metricsOfDraft,
  namesOf,
  offerCheckpoints,
  offerEmbedded,
  offerMetrics,
  type Scene,
  type ValueOffer,
} from './offers.ts';
import { datasetOf, draftAt, isColumnPath, isFilePath, isModelPath, matchesPath } from './tree.ts';
import { mappingOf } from './workspace.ts';

/** What a value can name in this workspace; absent where only the schema knows. */
export async function offerNamedValues(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { kind } = scene.parsed;
  if (isFilePath(kind, scene.path)) return offerPaths(scene, signal);
  const dataset = datasetOf(kind, scene.path);
  if (dataset !== undefined) return offerInDataset(scene, dataset.at, dataset.rest, signal);
  if (kind === 'bench') return offerInBenchmark(scene, signal);
  if (kind === 'tune') return offerInTuningJob(scene, signal);
  return kind === 'policy' ? offerInPolicy(scene, signal) : undefined;
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
  if (path[0] === 'metrics') return offerInMetric(path, draft);
  if (matchesPath(path, 'gate.*.metric')) return offerMetrics(figuresOf(measuredOfDraft(draft)));
  return undefined;
}

/** A metric that can do without parameters, and what the parameters of others name. */
function offerInMetric(
  path: DocumentPath,
  draft: Readonly<Record<string, unknown>>,
): readonly ValueOffer[] | undefined {
  if (matchesPath(path, 'metrics.*'))
    return offerMetrics([...metricCatalogue.keys()].filter(name => neededParameters(name).length === 0));
  if (matchesPath(path, 'metrics.*.fairness.slice')) {
    const slices = textsOf(mappingOf(draft['dataset'])['slices']);
    return slices.map(value => ({ value, detail: 'slice', kind: CompletionItemKind.Field }));
  }
  if (!matchesPath(path, 'metrics.*.fairness.metric') && !matchesPath(path, 'metrics.*.robustness.metric'))
    return undefined;
  const { metrics = [] } = metricsOfDraft(draft['metrics']);
  const quality = [...metricCatalogue.values()].filter(({ id, kind }) => kind === 'quality' && !isComposed(id));
  const named = metrics.flatMap(entry => (typeof entry === 'string' ? [] : namesOf(entry)));
  return offerMetrics([...named, ...quality.filter(({ id }) => neededParameters(id).length === 0).map(({ id }) => id)]);
}

async function offerInDataset(
  { workspace, uri, parsed }: Scene,
  at: DocumentPath,
  rest: DocumentPath,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const dataset = mappingOf(draftAt(parsed.draft, at)) as Partial<Dataset>;
  if (isColumnPath(rest)) {
    const columns = await columnsOf(workspace, uri, dataset, signal);
    return columns.map(value => ({ value, detail: 'column', kind: CompletionItemKind.Field }));
  }
  if (!matchesPath(rest, 'split.train') && !matchesPath(rest, 'split.test')) return undefined;
  const field = mappingOf(dataset.split)['field'];
  const values = typeof field === 'string' ? await workspace.columnValues(uri, dataset, field, signal) : [];
  return values.length === 0
    ? undefined
    : values.map(value => ({ value, detail: `value of ${String(field)}`, kind: CompletionItemKind.Value }));
}

async function offerModels({ workspace, uri }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const connections = await workspace.connections(uri, signal);
  return [
    ...Object.entries(connections).map(([value, connection]) => ({
      value,
      detail: 'connection',
      documentation: describeConnection(value, mappingOf(connection)),
      kind: CompletionItemKind.Interface,
    })),
    ...embeddedModelNames.map(offerEmbedded),
    ...(await offerCheckpoints(workspace, uri, undefined, signal)),
  ];
}

async function offerPaths({ workspace, uri, path }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const [name, detail] =
    path.at(-1) === 'card'
      ? [/\.md$/i, 'card']
      : path[0] === 'prompts'
        ? [/\.prompt\.ya?ml$/i, 'prompt']
        : [/\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i, 'dataset'];
  const files = await workspace.listFiles(uri, name, signal);
  return files.map(value => ({ value, detail: detail, kind: CompletionItemKind.File }));
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
