import type { Connection, Dataset } from '../../schemas/generated/files.ts';
import type { DatasetPart } from '../../engine/datasets/huggingface/layout.ts';
import type { LibraryDocument } from '../../engine/documents/library.ts';
import { schemaAt, type SchemaNode } from '../../engine/documents/schema.ts';
import { createMetric, metricCatalogue } from '../../engine/metrics/catalogue.ts';
import { metricCautions } from '../../engine/metrics/cautions.ts';
import type { MetricDefinition } from '../../engine/metrics/metric.ts';
import { rangeOf } from '../../engine/metrics/range.ts';
import type { ClassifierKind } from '../../engine/models/embedded/classifier.ts';
import { classifierKinds } from '../../engine/models/embedded/kinds.ts';
import { groupDigits } from '../../engine/reports/format.ts';
import { capitalise, code, plain, shorten } from '../markdown.ts';
import type { Workspace } from '../workspace.ts';

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
  const fields: Readonly<Record<string, unknown>> = { ...connection };
  const textOf = (...names: readonly string[]): string | undefined =>
    names.map(field => fields[field]).find(value => typeof value === 'string');
  const model = textOf('model', 'family');
  const address = textOf('baseUrl', 'endpoint', 'url');
  const facts = [
    `Model: ${model === undefined ? 'not set' : code(shorten(model, 100))}`,
    `Provider: ${typeof connection.provider === 'string' ? code(shorten(connection.provider, 40)) : 'not set'}`,
    `Address: ${address === undefined ? placeOf(connection.provider) : code(shorten(withoutSecrets(address), 200))}`,
    wordPrice(fields['price']),
  ];
  if (typeof fields['contextLength'] === 'number')
    facts.push(`Context: ${groupDigits(fields['contextLength'])} tokens`);
  const key = wordKey(fields['apiKey'], fields['auth']);
  if (key !== undefined) facts.push(key);
  return `**${plain(name)}** (connection in workbench.yaml)\n\n${facts.join('  \n')}`;
}

/** Queries and user names may hold keys. */
function withoutSecrets(address: string): string {
  return address.replace(/[?#].*$/s, '').replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
}

function wordPrice(price: unknown): string {
  const { input, output, perRequest, perMinute } = (
    typeof price === 'object' && price !== null ? price : {}
  ) as Readonly<Record<string, unknown>>;
  const parts = [
    ...(typeof input === 'number' && typeof output === 'number'
      ? [`$${input} in, $${output} out per million tokens`]
      : []),
    ...(typeof perRequest === 'number' ? [`$${perRequest} a request`] : []),
    ...(typeof perMinute === 'number' ? [`$${perMinute} a minute of sound`] : []),
  ];
  return parts.length === 0 ? 'No price: no cost is claimed' : `Price: ${parts.join(', ')}`;
}

/** Where a key comes from, never the key. Absent where none is used. */
export function wordKey(apiKey: unknown, auth?: unknown): string | undefined {
  if (typeof auth === 'string') return `Key: a token of your own account (${code(shorten(auth, 40))})`;
  if (typeof apiKey !== 'object' || apiKey === null) return undefined;
  const { env, secret, command } = apiKey as Readonly<Record<string, unknown>>;
  if (typeof env === 'string') return `Key: from the environment variable ${code(shorten(env, 64))}`;
  if (typeof secret === 'string') return `Key: saved under the name ${code(shorten(secret, 64))}`;
  return typeof command === 'string'
    ? 'Key: from the command `apiKey.command`, asked at the start of a run'
    : undefined;
}

function placeOf(provider: unknown): string {
  return provider === 'vscode-lm' ? 'none: VS Code lends it' : "the provider's own";
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
    value.search === undefined
      ? 'Stands for its newest run that has succeeded'
      : 'Stands for the best trial of its newest search that has ended',
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

/** A metric's definition, formula, unit, interval, limits, parameters and source; also for the id of one of its figures. */
export function describeMetric(name: string): string | undefined {
  const metric = findMetric(name);
  if (metric === undefined) return undefined;
  const { interval, notFor } = metricCautions[metric.id];
  const facts = [
    `${capitalise(units[metric.unit])}${wordRange(metric)}${directions[metric.direction]}`,
    `Interval: ${plain(interval)}`,
  ];
  if (notFor !== undefined) facts.push(`Not for: ${plain(notFor)}`);
  if (metric.figures.length > 1) facts.push(`Figures: ${metric.figures.map(code).join(', ')}`);
  const parameters = Object.entries(metricParameters(metric.id)).map(
    ([parameter, { title = '' }]) => `${code(parameter)} ${plain(title)}`,
  );
  if (parameters.length > 0) facts.push(`Parameters: ${parameters.join(', ')}`);
  facts.push(`Source: ${plain(metric.source)}`, 'More: docs/metrics.md');
  return `**${metric.title}**\n\n${plain(metric.description)}\n\n${plain(metric.formula)}\n\n${facts.join('  \n')}`;
}

const units: Readonly<Record<MetricDefinition['unit'], string>> = {
  ratio: 'a share',
  points: 'points',
  score: "a score on the metric's own scale",
  ms: 'milliseconds',
  tokens: 'tokens',
  USD: 'US dollars',
  count: 'a count',
};

/** `, from 0 to 1`, of the leading figure; empty where its parameters decide, or where it is plain. */
function wordRange({ id, unit }: MetricDefinition): string {
  if (unit !== 'ratio' && unit !== 'points' && unit !== 'score') return '';
  try {
    const metric = createMetric(id);
    const { least, most } = rangeOf(metric, metric.figures[0] ?? id);
    if (least === undefined) return '';
    return most === undefined ? `, from ${least} up` : `, from ${least} to ${most}`;
  } catch {
    // It cannot be made without its parameters.
    return '';
  }
}

const directions: Readonly<Record<MetricDefinition['direction'], string>> = {
  higher: '; higher is better',
  lower: '; lower is better',
  neutral: '',
};

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
