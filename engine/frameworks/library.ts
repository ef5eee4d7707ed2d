import type { FrameworkDefinition } from '../../schemas/generated/files.ts';
import type { DocumentLibrary } from '../documents/library.ts';
import { createFramework, listFrameworks, type Framework } from './frameworks.ts';

/** The frameworks that policies of a workspace can refer to: those built in, and its own. */
export interface FrameworkLibrary {
  /** Every version of every framework, by id, older versions first. */
  list(): readonly Framework[];
  /** Absent for an unknown id or version. */
  find(id: string, version: string): Framework | undefined;
  /** The versions there are of a framework, older ones first; empty for an unknown id. */
  versionsOf(id: string): readonly string[];
}

/**
 * The built-in frameworks with those of a workspace. A version that is built in stays what it is; one that two files describe is left
 * out, because nobody could say which is meant.
 */
export function createFrameworkLibrary(own: readonly Framework[] = []): FrameworkLibrary {
  const builtIn = new Set(listFrameworks().map(keyOf));
  const counts = new Map<string, number>();
  for (const framework of own) counts.set(keyOf(framework), (counts.get(keyOf(framework)) ?? 0) + 1);
  const clear = own.filter(framework => !builtIn.has(keyOf(framework)) && counts.get(keyOf(framework)) === 1);
  const all = [...listFrameworks(), ...clear].sort(compareFrameworkOrder);
  const byKey = new Map(all.map(framework => [keyOf(framework), framework]));
  return {
    list: () => all,
    find: (id, version) => byKey.get(keyOf({ id, version })),
    versionsOf: id => all.flatMap(framework => (framework.id === id ? [framework.version] : [])),
  };
}

/** The frameworks of a workspace's documents; files with errors are left out. */
export async function readFrameworks(documents: DocumentLibrary, signal: AbortSignal): Promise<FrameworkLibrary> {
  const found = await documents.all('framework', signal);
  return createFrameworkLibrary(
    found.flatMap(({ parsed, file }) => (parsed.value === undefined ? [] : [toFramework(parsed.value, file)])),
  );
}

/** Documents are kept between requests, and so is what was made of them. */
const made = new WeakMap<FrameworkDefinition, Framework>();

/** A framework file as policies see it. `file` is seen from the workspace folder. */
export function toFramework(definition: FrameworkDefinition, file: string): Framework {
  const known = made.get(definition);
  if (known?.file === file) return known;
  const { id, version, title, publisher = '', license = '', note = '' } = definition;
  const { relatedTitle, predecessor, url, retired = [] } = definition;
  const framework = createFramework({
    id,
    version,
    title,
    publisher,
    license,
    note,
    file,
    ...(relatedTitle !== undefined && { relatedTitle }),
    ...(predecessor !== undefined && { predecessor }),
    ...(url !== undefined && { url }),
    entries: definition.entries,
    retired: new Map(retired.map(entry => [entry.id, entry.name])),
    replacedBy: new Map(
      retired.flatMap(entry => (entry.replacedBy === undefined ? [] : [[entry.id, entry.replacedBy]])),
    ),
  });
  made.set(definition, framework);
  return framework;
}

export function keyOf({ id, version }: Pick<Framework, 'id' | 'version'>): string {
  return `${id}\n${version}`;
}

/** By id, then by version, numbers by their size: `5.6.0` comes before `2026.07`, and `2.9` before `2.10`. */
export function compareFrameworkOrder(
  first: Pick<Framework, 'id' | 'version'>,
  second: Pick<Framework, 'id' | 'version'>,
): number {
  if (first.id !== second.id) return first.id < second.id ? -1 : 1;
  const [some, others] = [first.version.split(/[^0-9a-z]+/i), second.version.split(/[^0-9a-z]+/i)];
  for (let index = 0; index < Math.max(some.length, others.length); index += 1) {
    const order = comparePart(some[index], others[index]);
    if (order !== 0) return order;
  }
  return first.version < second.version ? -1 : first.version > second.version ? 1 : 0;
}

function comparePart(some: string | undefined, other: string | undefined): number {
  if (some === undefined || other === undefined) return some === other ? 0 : some === undefined ? -1 : 1;
  const [number, otherNumber] = [Number(some), Number(other)];
  if (Number.isFinite(number) && Number.isFinite(otherNumber)) return number - otherNumber;
  return some < other ? -1 : some > other ? 1 : 0;
}
