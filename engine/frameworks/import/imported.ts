import type { FrameworkDefinition } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';

export type FrameworkEntryDefinition = FrameworkDefinition['entries'][number];
export type RetiredEntry = NonNullable<FrameworkDefinition['retired']>[number];

/** What a reader of one format found; who imports may name it otherwise. */
export interface FoundFramework {
  readonly id?: string;
  readonly version?: string;
  readonly title?: string;
  readonly publisher?: string;
  readonly license?: string;
  readonly url?: string;
  readonly relatedTitle?: string;
  readonly entries: readonly FrameworkEntryDefinition[];
  readonly retired: readonly RetiredEntry[];
}

/** A framework has hundreds of ids, a large catalogue a few thousand. */
export const mostEntries = 20_000;
/** Deeper groups, controls and parts are not looked into. */
export const deepest = 16;
const longestText = 4_000;

/** Collects entries; an id that stands twice, or too many of them, is told with its place. */
export function createEntryList(path: string): {
  add(entry: FrameworkEntryDefinition, line?: number): void;
  readonly entries: readonly FrameworkEntryDefinition[];
} {
  const entries: FrameworkEntryDefinition[] = [];
  const seen = new Set<string>();
  return {
    entries,
    add(entry, line) {
      if (seen.has(entry.id)) throw invalid(path, `the id \`${entry.id}\` stands there twice`, line);
      if (entries.length >= mostEntries)
        throw invalid(path, `it names more than ${mostEntries.toLocaleString('en')} ids`, line);
      seen.add(entry.id);
      entries.push(entry);
    },
  };
}

export function invalid(path: string, what: string, line?: number): WorkbenchError {
  const place = line === undefined ? { path } : { path, line };
  return new WorkbenchError('file-invalid', `${path} cannot be imported: ${what}.`, {
    remedy: 'Import MITRE’s ATLAS data (YAML), an OSCAL catalogue (JSON), or a table with the columns `id` and `name`.',
    place,
  });
}

/** A text on one line without control characters, cut to what an id or name may be; absent where nothing is left. */
export function oneLine(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  if (text === '') return undefined;
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

/** A longer text, its lines kept apart by spaces, cut where it is very long. */
export function wholeText(value: unknown): string | undefined {
  return oneLine(value, longestText);
}

/** An id as policies write it. Throws `file-invalid` for one that is missing or longer than any id. */
export function readId(value: unknown, path: string, what: string, line?: number): string {
  const id = oneLine(value, 201);
  if (id === undefined) throw invalid(path, `${what} has no id`, line);
  if (id.length > 200) throw invalid(path, `the id of ${what} is longer than 200 characters`, line);
  return id;
}

/** A framework's or file's name as an id: lower-case letters, digits, `.` and `-`. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60)
    .replaceAll(/[-.]+$/g, '');
  return slug === '' ? 'framework' : slug;
}
