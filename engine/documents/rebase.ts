import type { Files } from '../ports/files.ts';
import type { DocumentPath } from './diagnostic.ts';
import type { DocumentKind } from './kinds.ts';
import { findPaths } from './path-fields.ts';

type PathFiles = Pick<Files, 'resolve' | 'relative'>;

/** Whether a path starts at a root or a drive. */
export function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:[/\\])/.test(path);
}

/** A path to `target` seen from `folder`, written the way the old one was. */
export function writePath(files: PathFiles, folder: string, target: string, old: string): string {
  if (isAbsolute(old)) return target;
  const relative = files.relative(folder, target);
  const start = /^\.[/\\]/.test(old) && !relative.startsWith('.') ? './' : '';
  const end = /[/\\]$/.test(old) ? '/' : '';
  const path = `${start}${relative === '' ? '.' : relative}${end}`;
  return old.includes('\\') && !old.includes('/') ? path.replaceAll('/', '\\') : path;
}

/** A path as it must be written elsewhere. */
export interface Rebased {
  readonly path: DocumentPath;
  readonly text: string;
}

/**
 * The relative paths of a document's value that lead elsewhere once they start from another folder, as they must be written there.
 * Takes drafts of any shape.
 */
export async function rebasePaths(
  kind: DocumentKind,
  value: unknown,
  from: string,
  to: string,
  files: PathFiles & Pick<Files, 'facts'>,
  signal: AbortSignal,
): Promise<readonly Rebased[]> {
  if (from === to) return [];
  const rebased: Rebased[] = [];
  for (const { field, path, text: whole } of findPaths(kind, value)) {
    const { prefix = '' } = field;
    const text = whole.slice(prefix.length);
    if (!whole.startsWith(prefix) || isAbsolute(text)) continue;
    const target = files.resolve(from, text);
    if (field.isLoose === true) {
      // A template or an address is no path.
      if (/[{}\n]|:\/\//.test(text) || (await files.facts(target)) === undefined) continue;
      signal.throwIfAborted();
    }
    const written = writePath(files, to, target, text);
    if (written !== text) rebased.push({ path, text: prefix + written });
  }
  return rebased;
}
