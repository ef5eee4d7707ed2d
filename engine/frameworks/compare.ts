import type { FrameworkChange, NamedEntry } from '../../schemas/generated/messages.ts';
import type { Framework, FrameworkEntry } from './frameworks.ts';

/** What changed from one version of a framework to another, in the order of the versions' own ids. */
export interface VersionComparison {
  readonly changes: readonly FrameworkChange[];
  /** How many ids are the same in both. */
  readonly unchanged: number;
}

/**
 * Compares two versions. Where one says what its ids were in the other (`predecessor`), an id is followed to what continues it; else ids
 * stay what they are, and a retired one is followed as far as the newer version says what took its place, or has one new id of its name.
 */
export function compareVersions(from: Framework, to: Framework): VersionComparison {
  const continued = continuations(from, to);
  const changes: FrameworkChange[] = [];
  let unchanged = 0;
  for (const entry of from.entries) {
    const found = changesOf(entry, from, to, continued);
    if (found.length === 0) unchanged += 1;
    changes.push(...found);
  }
  for (const entry of to.entries) {
    if (!isKnown(entry, from, to, continued !== undefined))
      changes.push({ change: 'added', id: entry.id, name: entry.name });
  }
  return { changes, unchanged };
}

/**
 * What continues each id of `from` in `to`, where the framework has such a map and the two versions differ. An id that several others
 * continue is with none of them: a person must choose.
 */
function continuations(from: Framework, to: Framework): ReadonlyMap<string, FrameworkEntry | undefined> | undefined {
  if (from.version === to.version) return undefined;
  const pairs =
    to.predecessor === from.version
      ? to.entries.flatMap(entry => (entry.related ?? []).map(id => [id, entry] as const))
      : from.predecessor === to.version
        ? from.entries.flatMap(({ id, related = [] }) =>
            related.flatMap(older => {
              const entry = to.byId.get(older);
              return entry === undefined ? [] : [[id, entry] as const];
            }),
          )
        : undefined;
  if (pairs === undefined) return undefined;
  const continued = new Map<string, FrameworkEntry | undefined>();
  for (const [id, entry] of pairs) continued.set(id, continued.has(id) ? undefined : entry);
  return continued;
}

function changesOf(
  entry: FrameworkEntry,
  from: Framework,
  to: Framework,
  continued: ReadonlyMap<string, FrameworkEntry | undefined> | undefined,
): readonly FrameworkChange[] {
  const { id, name } = entry;
  if (continued !== undefined) {
    const next = continued.get(id);
    if (next === undefined) return [{ change: 'retired', id, name }];
    if (next.id === id) return compareEntries({ ...entry, related: [] }, { ...next, related: [] });
    const follows: FrameworkChange = { change: 'continued', id, name, replacement: nameEntry(next) };
    return next.name === name ? [follows] : [follows, renamed(entry, next)];
  }
  const next = to.byId.get(id);
  if (next !== undefined) return compareEntries(entry, next);
  const replacement = replacementOf(entry, from, to);
  return [
    { change: 'retired', id, name, ...(replacement === undefined ? {} : { replacement: nameEntry(replacement) }) },
  ];
}

/** Whether an id of the newer version is one of the older, or continues one. */
function isKnown(entry: FrameworkEntry, from: Framework, to: Framework, isMapped: boolean): boolean {
  if (!isMapped) return from.byId.has(entry.id);
  if (to.predecessor === from.version) return (entry.related ?? []).some(id => from.byId.has(id));
  return from.entries.some(({ related = [] }) => related.includes(entry.id));
}

function compareEntries(before: FrameworkEntry, after: FrameworkEntry): readonly FrameworkChange[] {
  const { id, name } = before;
  const changes: FrameworkChange[] = [];
  if (name !== after.name) changes.push(renamed(before, after));
  if (asSet(before.group) !== asSet(after.group))
    changes.push({ change: 'moved', id, name: after.name, ...wordsOf(before.group, after.group) });
  const [links, newLinks] = [listLinks(before), listLinks(after)];
  if (links !== newLinks) changes.push({ change: 'relinked', id, name: after.name, ...wordsOf(links, newLinks) });
  return changes;
}

function renamed(before: FrameworkEntry, after: FrameworkEntry): FrameworkChange {
  return { change: 'renamed', id: before.id, name: after.name, before: before.name, after: after.name };
}

function wordsOf(before = '', after = ''): { readonly before: string; readonly after: string } {
  return { before, after };
}

/** A technique's tactics are a set: their order says nothing. */
function asSet(group = ''): string {
  return group.split(', ').sort().join(', ');
}

/** So are related ids. */
function listLinks({ related = [] }: FrameworkEntry): string {
  return [...new Set(related)].sort().join(', ');
}

function replacementOf({ id, name }: FrameworkEntry, from: Framework, to: Framework): FrameworkEntry | undefined {
  const told = to.replacedBy.get(id);
  if (told !== undefined) return to.byId.get(told);
  const wanted = name.toLowerCase();
  const alike = to.entries.filter(entry => entry.name.toLowerCase() === wanted && !from.byId.has(entry.id));
  return alike.length === 1 ? alike[0] : undefined;
}

function nameEntry({ id, name }: FrameworkEntry): NamedEntry {
  return { id, name };
}
