import type { Connection, Dataset } from '../schemas/generated/files.ts';
import type { DatasetPart } from '../engine/datasets/huggingface/layout.ts';
import type { LibraryDocument } from '../engine/documents/library.ts';
import { schemaAt, type SchemaNode } from '../engine/documents/schema.ts';
import { metricCatalogue } from '../engine/metrics/catalogue.ts';
import type { MetricDefinition } from '../engine/metrics/metric.ts';
import type { ClassifierKind } from '../engine/models/embedded/classifier.ts';
import { classifierKinds } from '../engine/models/embedded/kinds.ts';
import { code, plain } from './markdown.ts';
import type { Workspace } from './workspace.ts';

/** An embedded model's help, absent for other names. */
export function describeEmbedded(name: string): string | undefined {
  if (!name.startsWith('embedded:')) return undefined;
  const kind = classifierKinds.get(name.slice('embedded:'.length) as ClassifierKind['id']);
  return kind === undefined
    ? undefined
    : `**${kind.title}** (embedded: needs no network and no key)\n\n${kind.description}`;
}

/** A connection's help. Takes drafts: any field may be missing or of a wrong type. Tells where the key comes from, never the key. */
export function describeConnection(name: string, connection: Partial<Connection>): string {
  const textAt = (...fields: readonly string[]): string | undefined =>
    fields.map(field => Reflect.get(connection, field) as unknown).find(value => typeof value === 'string');
  const model = textAt('model', 'family');
  const address = textAt('baseUrl', 'endpoint', 'url');
  const facts = [
    `Model: ${model === undefined ? 'not set' : code(model)}`,
    `Provider: ${typeof connection.provider === 'string' ? code(connection.provider) : 'not set'}`,
    `Address: ${address === undefined ? "the provider's own" : code(address.replace(/\?.*$/, ''))}`,
  ];
  const { input, output } = connection.price ?? {};
  facts.push(
    typeof input === 'number' && typeof output === 'number'
      ? `Price: $${input} in, $${output} out per million tokens`
      : 'No price: no cost is claimed',
  );
  return `**${plain(name)}** (connection in workbench.yaml)\n\n${facts.join('  \n')}`;
}

/** What a tuning job's checkpoint is; absent for other names. */
export async function describeCheckpoint(
  workspace: Workspace,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const job = await findTuningJob(workspace, uri, name, signal);
  const value = job?.parsed.value;
  if (job === undefined || value === undefined) return undefined;
  const facts = [
    `From ${code(value.base)}, trained for ${Object.keys(value.aspects).map(code).join(', ')}`,
    code(job.file),
  ];
  const description = value.description === undefined ? '' : `\n\n${plain(value.description)}`;
  return `**${plain(value.name)}** (tuning job)${description}\n\n${facts.join('  \n')}`;
}

/** The tuning job of the workspace whose checkpoint a model's name means; run ids mean none. */
export async function findTuningJob(
  workspace: Workspace,
  uri: string,
  model: string,
  signal: AbortSignal,
): Promise<LibraryDocument<'tune'> | undefined> {
  const name = /^checkpoint:([^@]+)/.exec(model)?.[1];
  if (name === undefined) return undefined;
  const jobs = await (await workspace.library(uri))?.all('tune', signal);
  return jobs?.find(({ parsed }) => parsed.value?.name === name);
}

/** A metric's definition, formula, parameters and source; also for the id of one of its figures. */
export function describeMetric(name: string): string | undefined {
  const metric = findMetric(name);
  if (metric === undefined) return undefined;
  const figures = metric.figures.length > 1 ? `\n\nFigures: ${metric.figures.map(code).join(', ')}` : '';
  const better =
    metric.direction === 'neutral' ? '' : ` ${metric.direction === 'higher' ? 'Higher' : 'Lower'} is better.`;
  const parameters = Object.entries(metricParameters(metric.id)).map(
    ([parameter, { title = '' }]) => `${code(parameter)} ${plain(title)}`,
  );
  const list = parameters.length === 0 ? '' : `\n\nParameters: ${parameters.join(', ')}`;
  return `**${metric.title}**\n\n${metric.description}${better}\n\n${plain(metric.formula)}${figures}${list}\n\nSource: ${metric.source}`;
}

/** A metric's parameters, as the schema has them. */
function metricParameters(name: string): Readonly<Record<string, SchemaNode>> {
  return schemaAt('bench', ['metrics', 0, name])?.properties ?? {};
}

/** Parameters that a metric cannot do without. */
export function neededParameters(name: string): readonly string[] {
  return schemaAt('bench', ['metrics', 0, name])?.required ?? [];
}

/** The metric of this name, or the one whose figure this is: `robustness.typos` is robustness'. */
function findMetric(name: string): MetricDefinition | undefined {
  const all = [...metricCatalogue.values()];
  return (
    all.find(metric => metric.id === name || metric.figures.includes(name)) ??
    all.find(metric => name.startsWith(`${metric.id}.`))
  );
}

/** A dataset file's size and columns. */
export async function describeDataset(
  workspace: Workspace,
  uri: string,
  dataset: Partial<Dataset>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const view = await workspace.view(uri);
  if (view === undefined || typeof dataset.path !== 'string' || dataset.path === '') return undefined;
  const facts = await view.fileFacts(dataset.path, signal);
  if (facts === undefined || facts.kind === 'other') return `There is no file ${code(dataset.path)}.`;
  const columns = await view.datasetColumns(dataset.path, dataset.format, signal, partOf(dataset));
  const list =
    columns === undefined ? 'Its columns cannot be read.' : `Columns: ${columns.slice(0, 40).map(code).join(', ')}`;
  const size = facts.kind === 'folder' ? 'folder' : formatBytes(facts.size);
  return `${code(dataset.path)}, ${size}  \n${list}`;
}

/** Any split tells the columns; drafts may hold anything as the configuration. */
function partOf({ config }: Partial<Dataset>): DatasetPart {
  return { any: true, ...(typeof config === 'string' ? { config } : {}) };
}

export async function columnsOf(
  workspace: Workspace,
  uri: string,
  dataset: Partial<Dataset>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (typeof dataset.path !== 'string' || dataset.path === '') return [];
  const view = await workspace.view(uri);
  return (await view?.datasetColumns(dataset.path, dataset.format, signal, partOf(dataset))) ?? [];
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}
