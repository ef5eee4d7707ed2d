import type { Hover } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Dataset } from '../../schemas/generated/files.ts';
import { schemaAt } from '../../engine/documents/schema.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { signalOf, type ServerContext } from '../context.ts';
import { columnsOf, describeConnection, describeDataset, describeEmbedded, describeMetric } from '../describe.ts';
import { code, describeSchema } from '../markdown.ts';
import { isColumnPath, isModelPath, matchesPath, spotAt, type Spot } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** Help on a field, and on what its value names: models, metrics, files, columns. */
export function registerHover(context: ServerContext): void {
  const { connection, documents, parsed } = context;
  connection.onHover(async ({ textDocument, position }, token): Promise<Hover | undefined> => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (document === undefined || read === undefined) return undefined;
    const spot = spotAt(read, document.offsetAt(position));
    if (spot === undefined) return undefined;
    const parts = [await describeNamed(context, document, read, spot, signalOf(token))];
    const schema = schemaAt(read.kind, spot.path);
    if (schema !== undefined && (spot.part === 'key' || parts[0] === undefined)) parts.push(describeSchema(schema));
    const value = parts.filter(part => part !== undefined && part !== '').join('\n\n---\n\n');
    return value === ''
      ? undefined
      : { contents: { kind: 'markdown', value }, range: read.rangeAt(spot.start, spot.end) };
  });
}

/** Help on what a value refers to, absent where it refers to nothing. */
async function describeNamed(
  { workspace }: ServerContext,
  document: TextDocument,
  parsed: ParsedDocument,
  spot: Spot,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { path, part } = spot;
  const text = spot.text ?? '';
  if (parsed.kind !== 'bench' || text === '') return undefined;
  // A metric with parameters is named by its key.
  if (matchesPath(path, 'metrics.*') || (part === 'key' && matchesPath(path, 'metrics.*.*')))
    return describeMetric(text);
  const dataset = mappingOf(mappingOf(parsed.draft)['dataset']) as Partial<Dataset>;
  if (part === 'key')
    return matchesPath(path, 'dataset') ? describeDataset(workspace, document.uri, dataset, signal) : undefined;
  if (matchesPath(path, 'gate.*.metric')) return describeMetric(text);
  if (matchesPath(path, 'dataset.path')) return describeDataset(workspace, document.uri, dataset, signal);
  if (isModelPath(path)) {
    const embedded = describeEmbedded(text);
    if (embedded !== undefined) return embedded;
    const connections = await workspace.connections(document.uri, signal);
    return Object.hasOwn(connections, text) ? describeConnection(text, mappingOf(connections[text])) : undefined;
  }
  if (isColumnPath(path)) {
    const columns = await columnsOf(workspace, document.uri, dataset, signal);
    if (!columns.includes(text)) return undefined;
    const values = await workspace.columnValues(document.uri, dataset, text, signal);
    const shown = values.filter(value => value.length <= 40).slice(0, 8);
    return `Column ${code(text)} of ${code(dataset.path)}${shown.length === 0 ? '' : `, with values such as ${shown.map(code).join(', ')}`}`;
  }
  if (matchesPath(path, 'prompts.*')) {
    const variables = await (await workspace.view(document.uri))?.promptVariables(text, signal);
    return variables === undefined
      ? undefined
      : `Prompt file ${code(text)}, reads ${variables.length === 0 ? 'no column' : variables.map(code).join(', ')}`;
  }
  return undefined;
}
