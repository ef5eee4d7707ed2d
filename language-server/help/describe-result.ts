import type { TextDocument } from 'vscode-languageserver-textdocument';
import { kindNames } from '../../engine/documents/kinds.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { readUsed } from '../../engine/notebooks/used-file.ts';
import type { ServerContext } from '../context.ts';
import { code, plain, shorten } from '../markdown.ts';
import { mappingOf } from '../workspace.ts';

/** A cell that names its result. */
export interface NamedCell {
  readonly document: TextDocument;
  readonly parsed: ParsedDocument;
  readonly name: string;
  /** Among the notebook's cells, from 1. */
  readonly place: number;
}

/** The cells of a cell's notebook that name their results, in order; of several with one name the last. */
export function namedCells({ notebooks, parsed }: ServerContext, uri: string): readonly NamedCell[] {
  const named = new Map<string, NamedCell>();
  for (const [index, document] of notebooks.cellsOf(uri).entries()) {
    const read = parsed.latest(document);
    const name = read?.cell?.as;
    if (read !== undefined && name !== undefined) named.set(name, { document, parsed: read, name, place: index + 1 });
  }
  return [...named.values()];
}

/** Which cell a result comes of; absent for a name that no cell gives. */
export function describeResult(context: ServerContext, uri: string, name: string): string | undefined {
  const found = namedCells(context, uri).find(cell => cell.name === name);
  if (found === undefined) return undefined;
  const { parsed, place } = found;
  const { name: title, id, compare } = mappingOf(parsed.draft);
  const use = parsed.cell?.use;
  const facts = [
    ...[title, id].filter(text => typeof text === 'string').map(text => code(shorten(text, 120))),
    ...(use === undefined ? [] : [`uses ${code(shorten(use, 120))}`]),
    ...(parsed.kind === 'comparison' && Array.isArray(compare)
      ? [`of ${compare.map(text => code(shorten(String(text), 60))).join(', ')}`]
      : []),
  ];
  return `**${plain(name)}** (result of cell ${String(place)}, a ${kindNames[parsed.kind]})${facts.length === 0 ? '' : `\n\n${facts.join(', ')}`}`;
}

/** What a file is that a cell uses; absent where it cannot be read. */
export async function describeUsed(
  { workspace }: ServerContext,
  uri: string,
  parsed: ParsedDocument,
  signal: AbortSignal,
): Promise<string | undefined> {
  const folder = workspace.folderOf(uri);
  // To look on other machines would sign in there.
  if (folder === undefined || /^[\\/]{2}/.test(parsed.cell?.use ?? '')) return undefined;
  const found = await readUsed(parsed, folder, workspace.files, signal);
  if ('finding' in found) return undefined;
  const { name, id, title, description } = mappingOf(found.used.parsed.draft);
  const called = [name, title, id].find(text => typeof text === 'string');
  const head = `**${plain(shorten(called ?? '', 120))}** (${kindNames[found.used.parsed.kind]})`;
  return typeof description === 'string' ? `${head}\n\n${plain(shorten(description, 400))}` : head;
}
