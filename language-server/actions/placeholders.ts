import type { DatasetFormat } from '../../engine/datasets/formats.ts';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { figuresOf } from '../../engine/diagnostics/figure-checks.ts';
import { schemaAt, type SchemaNode } from '../../engine/documents/schema.ts';
import { measuredOfDraft } from '../completion/offers.ts';
import { datasetOf, draftAt, matchesPath, textsOf } from '../tree.ts';
import { pathOfUri } from '../uris.ts';
import { mappingOf } from '../workspace.ts';
import type { Scene } from './offer.ts';

/** A first value for a field that is missing: what the workspace has, else the schema's own example. */
export async function proposeValue(
  scene: Scene,
  at: DocumentPath,
  field: string,
  signal: AbortSignal,
): Promise<unknown> {
  const path = [...at, field];
  return (await proposeKnown(scene, path, signal)) ?? exampleOf(schemaAt(scene.parsed.kind, path, scene.parsed.draft));
}

async function proposeKnown(scene: Scene, path: DocumentPath, signal: AbortSignal): Promise<unknown> {
  const { kind, draft } = scene.parsed;
  const inDataset = datasetOf(kind, path);
  if (inDataset !== undefined) return proposeForDataset(scene, inDataset.at, inDataset.rest, signal);
  if (matchesPath(path, 'name') || (kind === 'policy' && matchesPath(path, 'id'))) return nameOfFile(scene.uri);
  if (kind !== 'bench') return undefined;
  const bench = mappingOf(draft);
  if (matchesPath(path, 'models')) return proposeModels(scene, signal);
  if (matchesPath(path, 'gate.*.model')) return textsOf(bench['models'])[0];
  if (matchesPath(path, 'gate.*.metric')) return figuresOf(measuredOfDraft(bench))[0];
  if (matchesPath(path, 'metrics.*.fairness.slice')) return textsOf(mappingOf(bench['dataset'])['slices'])[0];
  if (path.at(-1) === 'model' && path[0] === 'metrics')
    return Object.keys(await scene.server.workspace.connections(scene.uri, signal))[0];
  return undefined;
}

async function proposeForDataset(
  scene: Scene,
  at: DocumentPath,
  rest: DocumentPath,
  signal: AbortSignal,
): Promise<unknown> {
  const dataset = mappingOf(draftAt(scene.parsed.draft, at));
  if (rest.length === 0) return proposeDataset(scene, signal);
  if (matchesPath(rest, 'path')) return (await findDataFile(scene, signal)) ?? undefined;
  const columns = await columnsOf(scene, dataset, signal);
  if (columns.length === 0) return undefined;
  const input = typeof dataset['input'] === 'string' ? dataset['input'] : chooseInput(columns);
  if (matchesPath(rest, 'input')) return chooseInput(columns.filter(column => column !== dataset['target']));
  if (matchesPath(rest, 'target')) return chooseTarget(columns, input);
  if (matchesPath(rest, 'split.field')) return columns.includes('split') ? 'split' : undefined;
  return undefined;
}

async function proposeDataset(scene: Scene, signal: AbortSignal): Promise<unknown> {
  const path = await findDataFile(scene, signal);
  if (path === undefined || scene.parsed.kind !== 'bench') return undefined;
  const columns = await columnsOf(scene, { path }, signal);
  if (columns.length === 0) return undefined;
  const input = chooseInput(columns);
  const target = chooseTarget(columns, input);
  return { path, input, ...(target === undefined ? {} : { target }) };
}

async function proposeModels(scene: Scene, signal: AbortSignal): Promise<unknown> {
  const [connection] = Object.keys(await scene.server.workspace.connections(scene.uri, signal));
  if (connection !== undefined) return [connection];
  return undefined;
}

const dataEndings = ['.jsonl', '.ndjson', '.csv', '.tsv', '.parquet'];

/** The data file nearest to a document, as the document would name it. */
async function findDataFile({ server, uri }: Scene, signal: AbortSignal): Promise<string | undefined> {
  const folder = server.workspace.folderOf(uri);
  if (folder === undefined) return undefined;
  const { files } = server.ports;
  const found = await files.find(folder, dataEndings, signal, 200);
  const depth = (path: string): number => path.split('/').length;
  return found.map(path => files.relative(folder, path)).sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))[0];
}

/** Columns of the dataset a document names; empty where they cannot be told. */
export async function columnsOf(
  { server, uri }: Scene,
  dataset: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { path, format } = dataset;
  if (typeof path !== 'string') return [];
  const view = await server.workspace.view(uri);
  return (await view?.datasetColumns(path, format as DatasetFormat | undefined, signal)) ?? [];
}

const usualInputs = ['input', 'question', 'prompt', 'text', 'query', 'instruction', 'message'];
const usualTargets = ['target', 'label', 'answer', 'expected', 'category', 'class', 'reference', 'output'];

export function chooseInput(columns: readonly string[]): string {
  return usualInputs.find(name => columns.includes(name)) ?? columns[0] ?? 'input';
}

function chooseTarget(columns: readonly string[], input: string): string | undefined {
  const others = columns.filter(column => column !== input);
  return usualTargets.find(name => others.includes(name)) ?? others.at(-1);
}

/** A file's name without its folder and endings; absent for documents without a file. */
export function nameOfFile(uri: string): string | undefined {
  const path = pathOfUri(uri);
  const name = path
    ?.replaceAll('\\', '/')
    .split('/')
    .at(-1)
    ?.replace(/\.[^.]+$/, '')
    .replace(/\.(bench|tune|policy|prompt)$/, '');
  const plain = name
    ?.replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 120);
  return plain === '' ? undefined : plain;
}

/** A value the schema accepts, as far as it says one. */
export function exampleOf(schema: SchemaNode | undefined): unknown {
  if (schema === undefined) return '';
  const [example] = schema.examples ?? [];
  const known = example ?? schema.default ?? schema.const ?? schema.enum?.[0] ?? schema.minimum;
  if (known !== undefined) return known;
  if (schema.anyOf?.[0] !== undefined) return exampleOf(schema.anyOf[0]);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map(name => [name, exampleOf(schema.properties?.[name])]));
    case 'array':
      return schema.items === undefined ? [] : [exampleOf(schema.items)];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return 1;
    default:
      return 'value';
  }
}
