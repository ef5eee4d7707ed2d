import type { Dataset, Workbench } from '../schemas/generated/files.ts';
import type { DatasetFormat } from '../engine/datasets/formats.ts';
import { readRows } from '../engine/datasets/rows.ts';
import { kindOfPath } from '../engine/documents/kinds.ts';
import type { DocumentLibrary } from '../engine/documents/library.ts';
import { parseDocument, type ParsedDocument } from '../engine/documents/parse.ts';
import {
  declaredNames,
  viewWorkspace,
  type DeclaredNames,
  type DeclaredSection,
  type WorkspaceView,
} from '../engine/diagnostics/workspace-view.ts';
import type { Digest } from '../engine/ports/digest.ts';
import type { FileFacts, Files } from '../engine/ports/files.ts';
import { workbenchFileNames } from '../engine/workspace/find.ts';
import { findOpen, type OpenDocuments, type ParsedDocuments } from './documents.ts';
import { createDocumentCache } from './library.ts';
import { readQuietly } from './quiet-files.ts';
import { isBelow } from './paths.ts';
import { pathOfUri } from './uris.ts';

/** What the features ask about the files around a document. */
export interface Workspace {
  /** The files, with the text of open documents as the editor has it. */
  readonly files: Files;
  /** Folder that relative paths of a document start from; absent for documents without a file. */
  folderOf(uri: string): string | undefined;
  /** Absolute path of something a document names. */
  resolve(uri: string, path: string): string | undefined;
  /** The workbench.yaml that applies to a document, looked for upwards to its workspace folder. */
  findWorkbench(uri: string): Promise<string | undefined>;
  /** The folder a document's workspace starts at: that of its workbench.yaml, else the opened folder, else its own. Absent for documents without a file. */
  rootOf(uri: string): Promise<string | undefined>;
  readWorkbench(uri: string, signal: AbortSignal): Promise<ParsedDocument<'workbench'> | undefined>;
  connections(uri: string, signal: AbortSignal): Promise<NonNullable<Workbench['connections']>>;
  /** What workbench.yaml declares under `compute`. */
  platforms(uri: string, signal: AbortSignal): Promise<NonNullable<Workbench['compute']>>;
  /** Benchmarks, tuning jobs and policies of the workspace a document belongs to; absent for documents without a file. */
  library(uri: string): Promise<WorkspaceLibrary | undefined>;
  /** A file changed, came or went, or a folder went. Tells whether documents lay below it. */
  forget(path: string): boolean;
  forgetAll(): void;
  view(uri: string): Promise<WorkspaceView | undefined>;
  /** Distinct values of a column among the first rows, in order of appearance; empty when they cannot be read. */
  columnValues(uri: string, dataset: Partial<Dataset>, column: string, signal: AbortSignal): Promise<readonly string[]>;
  setRoots(uris: readonly string[]): void;
  /** Paths of the opened folders. */
  roots(): readonly string[];
  /** Tells what is no longer as it was: a path, or (absent) anything, such as the opened folders. */
  onForgotten(listener: (path: string | undefined) => void): void;
}

export interface WorkspaceLibrary extends DocumentLibrary {
  /** Absolute path of the document. */
  readonly path: string;
  /** The same relative to the workspace folder. */
  readonly file: string;
}

const rowsForValues = 5_000;
const mostValues = 50;
const mostFolders = 1_000;
/** Larger files are not read whole while somebody types. */
export const mostBytesRead = 64 * 1024 * 1024;

/** `isWatched` tells whether the client reports files that change: what was found is kept only then. */
export function createWorkspace(
  disk: Files,
  open: OpenDocuments,
  parsed: ParsedDocuments,
  digest: Digest,
  isWatched: () => boolean,
): Workspace {
  const files = withOpenDocuments(disk, open);
  const documents = createDocumentCache(files, path => {
    const document = findOpen(open, path);
    return document && parsed.parse(document);
  });
  const remember = createFactCache(files);
  let roots: readonly string[] = [];
  const listeners: ((path: string | undefined) => void)[] = [];

  function tell(path: string | undefined): void {
    if (path === undefined || kindOfPath(path) === 'workbench') workbenches.clear();
    for (const listener of listeners) listener(path);
  }

  const folderOf = (uri: string): string | undefined => {
    const path = pathOfUri(uri);
    return path === undefined ? undefined : files.parent(path);
  };

  /** Kept until a workbench.yaml comes or goes: every request asks for it. */
  const workbenches = new Map<string, Promise<string | undefined>>();

  async function findWorkbench(uri: string): Promise<string | undefined> {
    const folder = folderOf(uri);
    if (folder === undefined) return undefined;
    if (!isWatched()) return searchWorkbench(folder);
    const known = workbenches.get(folder) ?? searchWorkbench(folder);
    if (workbenches.size > mostFolders) workbenches.clear();
    workbenches.set(folder, known);
    return known;
  }

  async function searchWorkbench(start: string): Promise<string | undefined> {
    for (let folder = start; ;) {
      for (const name of workbenchFileNames) {
        const path = files.resolve(folder, name);
        if ((await files.facts(path))?.kind === 'file') return path;
      }
      const parent = files.parent(folder);
      if (parent === folder || roots.includes(folder)) return undefined;
      folder = parent;
    }
  }

  async function readWorkbench(uri: string, signal: AbortSignal): Promise<ParsedDocument<'workbench'> | undefined> {
    const path = await findWorkbench(uri);
    if (path === undefined) return undefined;
    const document = findOpen(open, path);
    const draft = document && parsed.parse(document);
    if (draft?.kind === 'workbench') return draft as ParsedDocument<'workbench'>;
    return parseWorkbench(path, await readQuietly(files, path, signal));
  }

  let lastWorkbench: { readonly path: string; readonly parsed: ParsedDocument<'workbench'> } | undefined;
  function parseWorkbench(path: string, text: string | undefined): ParsedDocument<'workbench'> | undefined {
    if (text === undefined) return undefined;
    if (lastWorkbench?.path !== path || lastWorkbench.parsed.text !== text) {
      lastWorkbench = { path, parsed: parseDocument('workbench', text) };
    }
    return lastWorkbench.parsed;
  }

  async function declared(uri: string, section: DeclaredSection, signal: AbortSignal): Promise<DeclaredNames> {
    const path = await findWorkbench(uri);
    if (path === undefined) return { state: 'absent' };
    const workbench = parseWorkbench(path, await readQuietly(files, path, signal));
    return workbench === undefined ? { state: 'absent' } : declaredNames(workbench, section, path);
  }

  async function rootOf(uri: string): Promise<string | undefined> {
    const path = pathOfUri(uri);
    if (path === undefined) return undefined;
    const workbench = await findWorkbench(uri);
    if (workbench !== undefined) return files.parent(workbench);
    return roots.find(candidate => isBelow(files, candidate, path)) ?? files.parent(path);
  }

  return {
    files,
    folderOf,
    findWorkbench,
    rootOf,
    readWorkbench,
    resolve(uri, path) {
      const folder = folderOf(uri);
      return folder === undefined ? undefined : files.resolve(folder, path);
    },
    async connections(uri, signal) {
      const draft = (await readWorkbench(uri, signal))?.draft;
      return mappingOf(mappingOf(draft)['connections']) as NonNullable<Workbench['connections']>;
    },
    async platforms(uri, signal) {
      const draft = (await readWorkbench(uri, signal))?.draft;
      return mappingOf(mappingOf(draft)['compute']) as NonNullable<Workbench['compute']>;
    },
    async library(uri) {
      const path = pathOfUri(uri);
      const folder = await rootOf(uri);
      if (path === undefined || folder === undefined) return undefined;
      return { ...documents.below(folder), path, file: files.relative(folder, path) };
    },
    forget(path) {
      const hadDocuments = documents.forget(path);
      tell(path);
      return hadDocuments;
    },
    forgetAll() {
      documents.forgetAll();
      tell(undefined);
    },
    async view(uri) {
      const folder = folderOf(uri);
      if (folder === undefined) return undefined;
      const plain = viewWorkspace(files, folder, await findWorkbench(uri), digest);
      return {
        ...plain,
        connections: signal => declared(uri, 'connections', signal),
        platforms: signal => declared(uri, 'compute', signal),
        registries: signal => declared(uri, 'registries', signal),
        async fileDigest(path, signal) {
          const absolute = files.resolve(folder, path);
          const size = (await files.facts(absolute))?.size ?? Infinity;
          // A larger file is held to its digest by `aiwb validate` and by the run itself.
          if (size > mostBytesRead) return undefined;
          return remember(absolute, 'digest', () => plain.fileDigest?.(path, signal) ?? Promise.resolve(undefined));
        },
        datasetColumns: (path, format, signal, part) =>
          remember(files.resolve(folder, path), `columns ${format ?? ''} ${JSON.stringify(part ?? {})}`, () =>
            plain.datasetColumns(path, format, signal, part),
          ),
      };
    },
    async columnValues(uri, dataset, column, signal) {
      const folder = folderOf(uri);
      if (folder === undefined || typeof dataset.path !== 'string') return [];
      const path = files.resolve(folder, dataset.path);
      const values = await remember(path, `values ${dataset.format ?? ''} ${column}`, () =>
        collectValues(files, path, dataset.format, column, signal),
      );
      return values ?? [];
    },
    setRoots(uris) {
      roots = uris.flatMap(uri => pathOfUri(uri)?.replace(/(?<=[^/\\:])[/\\]$/, '') ?? []);
      documents.forgetAll();
      tell(undefined);
    },
    roots: () => roots,
    onForgotten: listener => void listeners.push(listener),
  };
}

/** Text in the editor goes before text on disk. */
function withOpenDocuments(disk: Files, open: OpenDocuments): Files {
  return {
    ...disk,
    readText: async (path, signal, limit) => findOpen(open, path)?.getText() ?? disk.readText(path, signal, limit),
  };
}

/** Remembers what was read from a file until its size or time changes. Only success is remembered. */
export function createFactCache(
  files: Pick<Files, 'facts'>,
): <T>(path: string, question: string, read: () => Promise<T>) => Promise<T | undefined> {
  const cache = new Map<string, { readonly facts: FileFacts; readonly answer: unknown }>();
  return async <T>(path: string, question: string, read: () => Promise<T>): Promise<T | undefined> => {
    const facts = await files.facts(path);
    if (facts === undefined) return undefined;
    const key = `${question}\n${path}`;
    const known = cache.get(key);
    if (known?.facts.modified === facts.modified && known.facts.size === facts.size) return known.answer as T;
    const answer = await read();
    if (cache.size > 200) cache.clear();
    cache.set(key, { facts, answer });
    return answer;
  };
}

async function collectValues(
  files: Files,
  path: string,
  format: DatasetFormat | undefined,
  column: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const values = new Set<string>();
  let seen = 0;
  try {
    for await (const rows of readRows(files, path, format, signal, { any: true })) {
      for (const row of rows) {
        const value = Object.hasOwn(row.values, column) ? row.values[column] : undefined;
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
          values.add(String(value));
        seen += 1;
        if (seen >= rowsForValues || values.size >= mostValues) return [...values];
      }
    }
  } catch {
    // A broken row further down is the dataset's own fault, told elsewhere; what was seen before it still helps.
    signal.throwIfAborted();
  }
  return [...values];
}

/** A mapping of whatever shape, empty for anything else: drafts hold what was typed so far. */
export function mappingOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
