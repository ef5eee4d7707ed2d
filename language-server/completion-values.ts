import { CompletionItemKind } from 'vscode-languageserver';
import type { Dataset } from '../schemas/generated/files.ts';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import { figuresOf } from '../engine/documents/figure-checks.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import { metricCatalogue } from '../engine/metrics/catalogue.ts';
import { columnsOf, describeConnection, describeEmbedded, describeMetric, embeddedModelNames } from './describe.ts';
import { listFiles } from './list-files.ts';
import { isColumnPath, isModelPath, matchesPath } from './tree.ts';
import { mappingOf, type Workspace } from './workspace.ts';

/** One value that can be written at a place. */
export interface ValueOffer {
  readonly value: string;
  readonly detail: string;
  readonly documentation?: string | undefined;
  readonly kind: CompletionItemKind;
}

/** What a value can name in this workspace; absent where only the schema knows. */
export async function offerNamedValues(
  workspace: Workspace,
  uri: string,
  parsed: ParsedDocument,
  path: DocumentPath,
  present: readonly string[],
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  if (parsed.kind !== 'bench') return undefined;
  const draft = mappingOf(parsed.draft);
  const dataset = mappingOf(draft['dataset']) as Partial<Dataset>;
  const without = (offers: readonly ValueOffer[]): readonly ValueOffer[] =>
    offers.filter(offer => !present.includes(offer.value));
  if (isModelPath(path)) {
    const all = await offerModels(workspace, uri, signal);
    const named = textsOf(draft['models']);
    if (path[0] === 'models') return without(all);
    return named.length === 0
      ? all
      : named.map(
          name =>
            all.find(offer => offer.value === name) ?? { value: name, detail: 'model', kind: CompletionItemKind.Value },
        );
  }
  if (matchesPath(path, 'metrics.*')) return without(offerMetrics([...metricCatalogue.keys()]));
  if (matchesPath(path, 'gate.*.metric')) return offerMetrics(figuresOf(metricsOfDraft(draft['metrics'])));
  if (isColumnPath(path)) {
    const columns = await columnsOf(workspace, uri, dataset, signal);
    return without(columns.map(value => ({ value, detail: 'column', kind: CompletionItemKind.Field })));
  }
  if (matchesPath(path, 'dataset.split.train') || matchesPath(path, 'dataset.split.test')) {
    const field = mappingOf(dataset.split)['field'];
    const values = typeof field === 'string' ? await workspace.columnValues(uri, dataset, field, signal) : [];
    return values.length === 0
      ? undefined
      : values.map(value => ({ value, detail: `value of ${String(field)}`, kind: CompletionItemKind.Value }));
  }
  if (matchesPath(path, 'dataset.path'))
    return offerFiles(workspace, uri, /\.(jsonl|ndjson|csv|tsv)$/i, 'dataset', signal);
  if (matchesPath(path, 'prompts.*'))
    return without(await offerFiles(workspace, uri, /\.prompt\.ya?ml$/i, 'prompt', signal));
  return undefined;
}

async function offerModels(workspace: Workspace, uri: string, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const connections = await workspace.connections(uri, signal);
  return [
    ...Object.entries(connections).map(([value, connection]) => ({
      value,
      detail: 'connection',
      documentation: describeConnection(value, mappingOf(connection)),
      kind: CompletionItemKind.Interface,
    })),
    ...embeddedModelNames.map(value => ({
      value,
      detail: 'embedded model',
      documentation: describeEmbedded(value),
      kind: CompletionItemKind.Class,
    })),
  ];
}

function offerMetrics(names: readonly string[]): readonly ValueOffer[] {
  return names.map(value => ({
    value,
    detail: 'metric',
    documentation: describeMetric(value),
    kind: CompletionItemKind.Function,
  }));
}

async function offerFiles(
  workspace: Workspace,
  uri: string,
  name: RegExp,
  detail: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const folder = workspace.folderOf(uri);
  if (folder === undefined) return [];
  const files = await listFiles(folder, name, signal);
  return files.map(value => ({ value, detail, kind: CompletionItemKind.File }));
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

/** The metrics of a benchmark that is still being written: whatever names one. */
function metricsOfDraft(value: unknown): Parameters<typeof figuresOf>[0] {
  if (!Array.isArray(value)) return {};
  const names = value.map(item => (typeof item === 'string' ? item : Object.keys(mappingOf(item))[0]));
  const known = [...metricCatalogue.keys()].filter(name => names.includes(name));
  return known.length === 0 ? {} : { metrics: known };
}
