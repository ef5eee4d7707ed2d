import type { DocumentKind } from '../../engine/documents/kinds.ts';
import type { FileFacts } from '../../engine/ports/files.ts';
import type { Occurrence, Thing, ThingKind } from './things.ts';

/** What is kept of a document: what it names, and how to tell whether that still holds. */
export interface NamedDocument {
  readonly uri: string;
  /** Absolute path of the file, or of the notebook a cell is part of; absent for others. */
  readonly path: string | undefined;
  readonly kind: DocumentKind;
  /** The scope of its names that count in the whole workspace. */
  readonly root: string;
  /** Of an open document. */
  readonly version?: number;
  /** Of a file that is not open. */
  readonly facts?: FileFacts;
  readonly occurrences: readonly Occurrence[];
}

/** Documents by what they name. */
export interface NameTable {
  /** `id` is a file's path; a cell's or untitled document's URI. */
  set(id: string, document: NamedDocument): void;
  delete(id: string): void;
  clear(): void;
  get(id: string): NamedDocument | undefined;
  ids(): Iterable<string>;
  documents(): Iterable<NamedDocument>;
  /** The documents that name a thing. */
  naming(thing: Pick<Thing, 'key'>): Iterable<NamedDocument>;
  things(kind: ThingKind): Iterable<Thing>;
  /** Counts changes. */
  readonly age: number;
}

/** Kinds that count in one document only, and are found in it when they are needed. */
const local: ReadonlySet<ThingKind> = new Set(['model', 'aspect', 'anchor']);

export function isLocal({ kind }: Thing): boolean {
  return local.has(kind);
}

export function createNameTable(): NameTable {
  const documents = new Map<string, NamedDocument>();
  const slots = new Map<string, { readonly thing: Thing; readonly documents: Set<NamedDocument> }>();
  let age = 0;

  /** Equal things are kept once. */
  function share(occurrence: Occurrence, document: Set<string>): Occurrence {
    const { thing, role, field, range, detail } = occurrence;
    let slot = slots.get(thing.key);
    if (slot === undefined) {
      slot = { thing, documents: new Set() };
      slots.set(thing.key, slot);
    }
    document.add(thing.key);
    return { thing: slot.thing, role, field, range, ...(detail !== undefined && { detail }) };
  }

  function remove(id: string): void {
    const document = documents.get(id);
    if (document === undefined) return;
    age += 1;
    documents.delete(id);
    for (const { thing } of document.occurrences) {
      const slot = slots.get(thing.key);
      slot?.documents.delete(document);
      if (slot?.documents.size === 0) slots.delete(thing.key);
    }
  }

  return {
    set(id, document) {
      remove(id);
      age += 1;
      const keys = new Set<string>();
      const occurrences = document.occurrences
        .filter(({ thing }) => !isLocal(thing))
        .map(occurrence => share(occurrence, keys));
      const kept: NamedDocument = { ...document, occurrences };
      for (const key of keys) slots.get(key)?.documents.add(kept);
      documents.set(id, kept);
    },
    delete: remove,
    clear() {
      age += 1;
      documents.clear();
      slots.clear();
    },
    get: id => documents.get(id),
    ids: () => documents.keys(),
    documents: () => documents.values(),
    naming: ({ key }) => slots.get(key)?.documents ?? [],
    *things(kind) {
      for (const { thing } of slots.values()) if (thing.kind === kind) yield thing;
    },
    get age() {
      return age;
    },
  };
}
