import type { TextDocument } from 'vscode-languageserver-textdocument';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { Files } from '../../engine/ports/files.ts';
import { kindOfDocument, type OpenDocuments, type ParsedDocuments } from '../documents.ts';
import { pathOfUri, uriOfPath } from '../uris.ts';
import { isBelow } from '../paths.ts';
import type { Workspace } from '../workspace.ts';
import { collectMentions } from './collect.ts';
import { createNameTable, type NamedDocument, type NameTable } from './name-table.ts';
import { factsQuietly, findOurFiles, isSame, orAborted, readQuietly } from '../quiet-files.ts';
import { readTree, type NamingDocument } from './read-tree.ts';
import type { Where } from './rule.ts';
import { visitInSlices } from './slices.ts';
import type { Mention } from './things.ts';

/** What all documents of the workspace name: read in the background when first needed, and one file at a time from then on. */
export interface NameIndex {
  /** Brings the table up to date. Rejects only with the signal's reason. */
  ready(signal: AbortSignal): Promise<NameTable>;
  /** Whether documents of the table are still as they were read; those that are not are read again by the next `ready`. */
  confirm(documents: Iterable<NamedDocument>, signal: AbortSignal): Promise<boolean>;
  /** What an open document names, as it is now; empty for documents that are not ours. */
  mentions(document: TextDocument): Promise<readonly Mention[]>;
  /** A document of the table as it is now: open, or on disk. Absent when it is gone. */
  read(document: NamedDocument, signal: AbortSignal): Promise<ReadDocument | undefined>;
}

export interface ReadDocument {
  readonly uri: string;
  /** Of an open document. */
  readonly version: number | undefined;
  readonly parsed: NamingDocument;
  readonly mentions: readonly Mention[];
}

export interface NameIndexPorts {
  readonly files: Files;
  readonly open: OpenDocuments;
  readonly parsed: ParsedDocuments;
  readonly workspace: Workspace;
  /** Whether the client tells of changed files; else they are looked for before each answer. */
  watchesFiles(): boolean;
  /** Shows that many files are being read. */
  showProgress(files: number): ShownProgress;
}

export interface ShownProgress {
  /** Aborts when the person has had enough. */
  readonly signal: AbortSignal;
  report(done: number): void;
  done(): void;
}

/** A file to be read again; if not forced, only when size and time have changed. */
interface DirtyFile {
  readonly isForced: boolean;
}

/** What was collected from a document, and what that depends on. */
interface Collected {
  readonly root: string;
  readonly text: string;
  readonly mentions: readonly Mention[];
}

/** How many files are read before a person is shown that something goes on. */
const fewFiles = 100;
/** While someone types, the table is always a little behind. */
const mostRounds = 8;

export function createNameIndex(ports: NameIndexPorts): NameIndex {
  const { files, open, parsed, workspace } = ports;
  const table = createNameTable();
  const collected = new WeakMap<ParsedDocument, Collected>();
  const rootsOfFolders = new Map<string, Promise<string | undefined>>();
  const dirty = new Map<string, DirtyFile>();
  /** The opened folders and the places of workbench.yaml: names mean something else when they change. */
  let starts = '';
  let listedFolders = '';
  let isListed = false;
  /** Files may have changed without being told of. */
  let isDoubtful = true;
  /** Counts what was forgotten, so that a listing from before does not count as new. */
  let age = 0;
  let running: Promise<boolean> | undefined;

  workspace.onForgotten(path => {
    age += 1;
    const kind = path === undefined ? undefined : kindOfPath(path);
    if (path === undefined) isDoubtful = true;
    if (path === undefined || kind === 'workbench') rootsOfFolders.clear();
    if (path !== undefined && table.get(path) !== undefined) dirty.set(path, { isForced: true });
    else if (path === undefined || kind !== undefined || hasBelow(path)) isListed = false;
    if (kind === 'workbench') isListed = false;
  });

  function hasBelow(folder: string): boolean {
    for (const id of table.ids()) if (isBelow(files, folder, id)) return true;
    return false;
  }

  async function whereIs(uri: string, kind: Where['kind']): Promise<Where> {
    const path = pathOfUri(uri);
    return {
      uri,
      path,
      kind,
      root: (path === undefined ? undefined : await rootOf(uri, files.parent(path))) ?? uri,
      resolve: files.resolve,
      parent: files.parent,
    };
  }

  function rootOf(uri: string, folder: string): Promise<string | undefined> {
    const known = rootsOfFolders.get(folder);
    if (known !== undefined) return known;
    // Where that cannot be told, the document stands for itself.
    const found = workspace.rootOf(uri).catch(() => undefined);
    rootsOfFolders.set(folder, found);
    return found;
  }

  function collect(read: ParsedDocument, where: Where): readonly Mention[] {
    const known = collected.get(read);
    if (known?.root === where.root && known.text === read.text) return known.mentions;
    const mentions = collectMentions(read, where);
    collected.set(read, { root: where.root, text: read.text, mentions });
    return mentions;
  }

  function* openOnes(): Iterable<readonly [id: string, document: TextDocument]> {
    for (const document of open.all()) if (kindOfDocument(document) !== undefined) yield [idOf(document.uri), document];
  }

  function isCurrent(): boolean {
    if (!isListed || dirty.size > 0) return false;
    const ids = new Set<string>();
    for (const [id, { version }] of openOnes()) {
      ids.add(id);
      if (table.get(id)?.version !== version) return false;
    }
    for (const id of table.ids()) if (table.get(id)?.version !== undefined && !ids.has(id)) return false;
    return true;
  }

  /** False when the person stopped it. */
  async function update(): Promise<boolean> {
    const controller = new AbortController();
    try {
      await list(controller.signal);
      await indexOpen();
      if (dirty.size > 0) await readDirty(controller);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    }
    return !controller.signal.aborted;
  }

  /** Looks for files that came or went. */
  async function list(signal: AbortSignal): Promise<void> {
    const before = age;
    const folders = await startingFolders();
    const listing = [...folders].join('\n');
    if (isListed && listing === listedFolders) return;
    const found = new Set<string>();
    for (const folder of folders) {
      for (const path of await findOurFiles(files, folder, signal)) found.add(path);
    }
    startAgain([listing, ...[...found].filter(path => kindOfPath(path) === 'workbench')].join('\n'));
    for (const id of [...table.ids()]) if (table.get(id)?.version === undefined && !found.has(id)) table.delete(id);
    for (const path of found)
      if (!dirty.has(path) && (isDoubtful || table.get(path) === undefined)) dirty.set(path, { isForced: false });
    listedFolders = listing;
    isDoubtful = isDoubtful && before !== age;
    isListed = before === age;
  }

  function startAgain(now: string): void {
    if (now === starts) return;
    starts = now;
    rootsOfFolders.clear();
    table.clear();
  }

  /** The opened folders, and the workspaces of documents that lie elsewhere. */
  async function startingFolders(): Promise<ReadonlySet<string>> {
    const roots = workspace.roots();
    const folders = new Set(roots);
    for (const [, { uri }] of openOnes()) {
      const path = pathOfUri(uri);
      if (path === undefined || roots.some(root => isBelow(files, root, path))) continue;
      const workbench = await workspace.findWorkbench(uri);
      if (workbench !== undefined) folders.add(files.parent(workbench));
    }
    return folders;
  }

  async function indexOpen(): Promise<void> {
    const ids = new Set<string>();
    for (const [id, document] of [...openOnes()]) {
      ids.add(id);
      const kind = kindOfDocument(document);
      if (kind === undefined || table.get(id)?.version === document.version) continue;
      const where = await whereIs(document.uri, kind);
      const read = open.get(document.uri) === undefined ? undefined : parsed.parse(document);
      if (read !== undefined) table.set(id, toNamed(where, collect(read, where), { version: document.version }));
    }
    for (const id of [...table.ids()]) {
      const known = table.get(id);
      if (known?.version === undefined || ids.has(id)) continue;
      table.delete(id);
      if (known.uri.startsWith('file:')) dirty.set(id, { isForced: true });
    }
  }

  async function readDirty(controller: AbortController): Promise<void> {
    const progress = dirty.size > fewFiles ? ports.showProgress(dirty.size) : undefined;
    const stop = (): void => controller.abort();
    progress?.signal.addEventListener('abort', stop, { once: true });
    let done = 0;
    try {
      await visitInSlices([...dirty], controller.signal, async ([path, file]) => {
        await readFile(path, file.isForced, controller.signal);
        // It may have changed again meanwhile.
        if (dirty.get(path) === file) dirty.delete(path);
        done += 1;
        if (done % fewFiles === 0) progress?.report(done);
      });
    } finally {
      progress?.signal.removeEventListener('abort', stop);
      progress?.done();
    }
  }

  async function readFile(path: string, isForced: boolean, signal: AbortSignal): Promise<void> {
    if (table.get(path)?.version !== undefined) return;
    const kind = kindOfPath(path);
    const facts = await factsQuietly(files, path);
    if (kind === undefined || facts?.kind !== 'file') {
      table.delete(path);
      return;
    }
    const known = table.get(path)?.facts;
    if (!isForced && known !== undefined && isSame(known, facts)) return;
    const where = await whereIs(uriOfPath(path), kind);
    const text = await readQuietly(files, path, signal);
    if (table.get(path)?.version !== undefined) return;
    const mentions = text === undefined ? [] : collectMentions(readTree(kind, text), where);
    table.set(path, toNamed(where, mentions, { facts }));
  }

  return {
    async ready(signal) {
      if (!ports.watchesFiles()) {
        isListed = false;
        isDoubtful = true;
      }
      for (let round = 0; round < mostRounds && !isCurrent(); round++) {
        running ??= update().finally(() => (running = undefined));
        if (!(await orAborted(running, signal))) break;
      }
      signal.throwIfAborted();
      return table;
    },
    async confirm(documents, signal) {
      let isConfirmed = true;
      await visitInSlices([...documents], signal, async ({ path, facts, version }) => {
        if (version !== undefined || path === undefined || facts === undefined) return;
        const now = await factsQuietly(files, path);
        if (now !== undefined && isSame(now, facts)) return;
        dirty.set(path, { isForced: true });
        isConfirmed = false;
      });
      return isConfirmed;
    },
    async mentions(document) {
      const kind = kindOfDocument(document);
      if (kind === undefined) return [];
      const where = await whereIs(document.uri, kind);
      const read = parsed.parse(document);
      return read === undefined ? [] : collect(read, where);
    },
    async read({ uri, path, kind }, signal) {
      const where = await whereIs(uri, kind);
      const document = open.get(uri);
      const draft = document && parsed.parse(document);
      if (document !== undefined && draft !== undefined)
        return { uri, version: document.version, parsed: draft, mentions: collect(draft, where) };
      const text = path === undefined || !uri.startsWith('file:') ? undefined : await readQuietly(files, path, signal);
      if (text === undefined) return undefined;
      const read = readTree(kind, text);
      return { uri, version: undefined, parsed: read, mentions: collectMentions(read, where) };
    },
  };
}

function toNamed(
  { uri, path, kind, root }: Where,
  mentions: readonly Mention[],
  state: Pick<NamedDocument, 'version' | 'facts'>,
): NamedDocument {
  return { uri, path, kind, root, occurrences: mentions, ...state };
}

function idOf(uri: string): string {
  return uri.startsWith('file:') ? (pathOfUri(uri) ?? uri) : uri;
}
