import type { Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ServerContext } from '../context.ts';
import { matchesPath, spotAt } from '../tree.ts';
import { pathOfUri } from '../uris.ts';
import { fileThing, type Mention } from './things.ts';

/** What stands at a position: the most closely fitting first, and of equal ones the one most probably meant. */
export async function findMentions(
  { names }: Pick<ServerContext, 'names'>,
  document: TextDocument,
  position: Position,
): Promise<readonly Mention[]> {
  const { version } = document;
  const mentions = await names.mentions(document);
  if (document.version !== version) return [];
  const offset = document.offsetAt(position);
  return mentions
    .filter(({ hit: [start, end] }) => start <= offset && offset <= end)
    .sort((first, second) => first.hit[1] - first.hit[0] - (second.hit[1] - second.hit[0]));
}

/** The document itself, where the position is on what stands for it: its first line, or a prompt's name. */
export function findOwnFile(
  { parsed }: Pick<ServerContext, 'parsed'>,
  document: TextDocument,
  position: Position,
): ReturnType<typeof fileThing> | undefined {
  const path = document.uri.startsWith('file:') ? pathOfUri(document.uri) : undefined;
  if (path === undefined) return undefined;
  const read = parsed.parse(document);
  const spot = read && spotAt(read, document.offsetAt(position));
  const isName = read?.kind === 'prompt' && spot !== undefined && matchesPath(spot.path, 'name');
  return isName || position.line === 0 ? fileThing(path) : undefined;
}
