import { isPromptKind } from '../../engine/documents/kinds.ts';
import type { Hover, MarkupContent } from 'vscode-languageserver';
import { expectedForm } from '../../engine/documents/formats.ts';
import { requiredOf, schemaAt } from '../../engine/documents/schema.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { describeNamed } from '../help/describe-named.ts';
import { describeVariable } from '../help/describe-prompt.ts';
import { describeRemark } from '../help/describe-threshold.ts';
import { describeReference, describeSuppression, spellOut, type PlacedHelp } from '../help/describe-value.ts';
import { code, describeSchema, toPlainText } from '../markdown.ts';
import { spotAt, type Spot } from '../tree.ts';

/**
 * Help on a field, and on what its value names: models, metrics, datasets, columns, prompts, framework ids, inherited controls, thresholds with
 * the value last seen, variables of templates, anchors, and comments that hide findings.
 */
export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  register: registerHover,
};

function registerHover(context: ServerContext): void {
  const { connection, documents, parsed } = context;
  connection.onHover(async ({ textDocument, position }, token): Promise<Hover | undefined> => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (document === undefined || read === undefined) return undefined;
    const { uri, version } = document;
    const found = await findHelp(context, uri, read, document.offsetAt(position), signalOf(token));
    if (found === undefined || documents.get(uri)?.version !== version) return undefined;
    return { contents: toMarkup(context, found.help), range: read.rangeAt(found.start, found.end) };
  });
}

function toMarkup({ client }: ServerContext, help: string): MarkupContent {
  return client.showsMarkdown ? { kind: 'markdown', value: help } : { kind: 'plaintext', value: toPlainText(help) };
}

async function findHelp(
  context: ServerContext,
  uri: string,
  parsed: ParsedDocument,
  offset: number,
  signal: AbortSignal,
): Promise<PlacedHelp | undefined> {
  const spot = spotAt(parsed, offset);
  // An alias is a value without a text of its own.
  const reference = spot?.text === undefined ? describeReference(parsed, offset) : undefined;
  if (reference !== undefined) return reference;
  if (spot === undefined) return describeSuppression(parsed, offset);
  const variable = isPromptKind(parsed.kind)
    ? await describeVariable(context, uri, parsed, spot, offset, signal)
    : undefined;
  if (variable !== undefined) return variable;
  const place = { uri, parsed, spot };
  const remark = await describeRemark(context, place, signal);
  const named = await describeNamed(context, place, signal);
  const field = spot.part === 'key' || named === undefined ? describeField(parsed, spot) : undefined;
  const help = [remark, named, field].filter(part => part !== undefined && part !== '').join('\n\n---\n\n');
  return help === '' ? undefined : { help, start: spot.start, end: spot.end };
}

function describeField({ kind, draft, cell }: ParsedDocument, { path, part, text }: Spot): string | undefined {
  const form = cell === undefined ? 'file' : 'cell';
  const schema = schemaAt(kind, path, draft, form);
  if (schema === undefined) return undefined;
  const field = path.at(-1);
  const parent = typeof field === 'string' ? schemaAt(kind, path.slice(0, -1), draft, form) : undefined;
  const isKnown = parent?.properties !== undefined || parent?.anyOf !== undefined;
  const spelled = part === 'value' && schema.pattern !== undefined ? spellOut(text ?? '') : undefined;
  const help = describeSchema(schema, {
    ...(parent !== undefined &&
      isKnown &&
      typeof field === 'string' && { required: requiredOf(parent).includes(field) }),
    form: schema.pattern === undefined ? undefined : expectedForm(kind, path),
  });
  return spelled === undefined ? help : `${code(text)}: ${spelled}\n\n${help}`;
}
