import type { FileFacts } from '../../engine/ports/files.ts';
import type { LanguageServerPorts, ReadableStore } from '../ports.ts';

/** A store that is open for reading. */
export interface OpenedStore {
  /** Of the workspace. */
  readonly folder: string;
  readonly store: ReadableStore;
  /** Changes whenever somebody has written to the store, and when another store has taken its place. */
  version(): Promise<number>;
}

/** The stores of the workspaces somebody asked about, opened when they are first needed. */
export interface StoreShelf {
  /** Absent where there is none, or where it cannot be read, which is told once. `workbench` is the file that may say where it lies. */
  open(folder: string, workbench: string | undefined): Promise<OpenedStore | undefined>;
  /** A question was not answered, which is told once. */
  failed(opened: OpenedStore, message: string): void;
  close(): Promise<void>;
}

/** Milliseconds before a store that was not there, could not be read, or may have been replaced is looked at again. */
const patience = 5_000;
/** Milliseconds without a question after which a store is let go: an open file keeps its folder from being deleted on some systems. */
const idle = 5 * 60_000;

/** What tells one store from another that took its place. */
interface Marks {
  readonly database: string;
  readonly workbench: string;
  readonly dataVersion: number;
}

interface Shelved {
  readonly opening: Promise<OpenedStore | undefined>;
  marks: Marks | undefined;
  checkedAt: number;
  usedAt: number;
}

export function createStoreShelf(ports: LanguageServerPorts, warn: (message: string) => void): StoreShelf {
  const { clock, files } = ports;
  const shelved = new Map<string, Shelved>();
  const told = new Map<string, Set<string>>();
  /** Counts openings: a store that took another's place has other answers, whatever its own version says. */
  let openings = 0;
  const live = new Set<OpenedStore>();
  let isClosed = false;
  const stopSweeping = clock.every(idle / 5, () => void sweep());

  function tellOnce(folder: string, message: string): void {
    const known = told.get(folder) ?? new Set();
    told.set(folder, known);
    if (known.has(message) || known.size >= 20) return;
    known.add(message);
    warn(message);
  }

  async function openStore(folder: string): Promise<OpenedStore | undefined> {
    try {
      const store = await ports.openStore(folder, new AbortController().signal);
      if (isClosed) await store?.close();
      if (store === undefined || isClosed) return undefined;
      told.delete(folder);
      openings += 1;
      const generation = openings * 2 ** 32;
      const opened = { folder, store, version: async () => generation + (await store.dataVersion()) };
      live.add(opened);
      return opened;
    } catch (error) {
      tellOnce(folder, `The store of ${folder} cannot be read: ${messageOf(error)}`);
      return undefined;
    }
  }

  function take(folder: string, workbench: string | undefined): Shelved {
    const now = clock.monotonic();
    const entry: Shelved = { opening: openAndMark(), marks: undefined, checkedAt: now, usedAt: now };
    async function openAndMark(): Promise<OpenedStore | undefined> {
      const opened = await openStore(folder);
      if (opened !== undefined) entry.marks = await readMarks(opened.store, workbench);
      return opened;
    }
    shelved.set(folder, entry);
    return entry;
  }

  /** Absent where the store's file is gone, or where the store does not answer any more. */
  async function readMarks(store: ReadableStore, workbench: string | undefined): Promise<Marks | undefined> {
    try {
      const database = await files.facts(files.resolve(store.path, 'store.db'));
      if (database === undefined) return undefined;
      const named = workbench === undefined ? undefined : await files.facts(workbench);
      return {
        database: mark(database),
        workbench: `${String(workbench)} ${mark(named)}`,
        dataVersion: await store.dataVersion(),
      };
    } catch {
      return undefined;
    }
  }

  /** Whether the open store is still the workspace's: a file that changed without the store knowing of a change is another store's. */
  async function isStill(entry: Shelved, { store }: OpenedStore, workbench: string | undefined): Promise<boolean> {
    const before = entry.marks;
    const now = await readMarks(store, workbench);
    entry.marks = now;
    if (before === undefined || now === undefined || before.workbench !== now.workbench) return false;
    return before.database === now.database || before.dataVersion !== now.dataVersion;
  }

  async function drop(folder: string, entry: Shelved): Promise<void> {
    if (shelved.get(folder) === entry) shelved.delete(folder);
    const opened = await entry.opening;
    if (opened === undefined) return;
    live.delete(opened);
    await opened.store.close().catch(() => undefined);
  }

  async function sweep(): Promise<void> {
    for (const [folder, entry] of [...shelved]) if (clock.monotonic() - entry.usedAt >= idle) await drop(folder, entry);
  }

  async function open(folder: string, workbench: string | undefined): Promise<OpenedStore | undefined> {
    if (isClosed) return undefined;
    const entry = shelved.get(folder) ?? take(folder, workbench);
    const opened = await entry.opening;
    const now = clock.monotonic();
    entry.usedAt = now;
    if (now - entry.checkedAt < patience) return opened;
    entry.checkedAt = now;
    if (opened !== undefined && (await isStill(entry, opened, workbench))) return opened;
    // Another question may have done the same in the meantime.
    if (shelved.get(folder) !== entry) return open(folder, workbench);
    const next = take(folder, workbench);
    await drop(folder, entry);
    return next.opening;
  }

  return {
    open,
    failed(opened, message) {
      // One that was let go in the meantime has nothing to answer with.
      if (live.has(opened)) tellOnce(opened.folder, `The store at ${opened.store.path} could not answer: ${message}`);
    },
    async close() {
      isClosed = true;
      stopSweeping();
      for (const [folder, entry] of [...shelved]) await drop(folder, entry);
    },
  };
}

function mark(facts: FileFacts | undefined): string {
  return facts === undefined ? '-' : `${facts.size}:${facts.modified}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
