import type { ModelVersion, RegisteredModel, RunSummary, Waiver } from '../schemas/generated/messages.ts';
import { readWaivers } from '../engine/governance/waivers.ts';
import type { RunRecord } from '../engine/ports/store.ts';
import type { LanguageServerPorts, ReadableStore } from './ports.ts';
import { pathOfUri } from './uris.ts';
import type { Workspace } from './workspace.ts';

/**
 * What the workspace's store remembers. Every answer is empty where there is no store, where it cannot be read, and in a workspace that is not
 * trusted: help for writing never fails for want of it. Answers are kept until the store changes.
 */
export interface History {
  /** Succeeded runs of the benchmark or tuning job in a file (or notebook), newest first, at most 50. */
  runsOf(uri: string, signal: AbortSignal): Promise<readonly RunSummary[]>;
  /** The same by the benchmark's or tuning job's name, whatever its file. `uri` says in which workspace. */
  runsNamed(uri: string, name: string, signal: AbortSignal): Promise<readonly RunSummary[]>;
  /** A run with its report, which holds every figure. Absent when it is gone. */
  run(uri: string, id: string, signal: AbortSignal): Promise<RunRecord | undefined>;
  /** Registered models of the local registry. */
  models(uri: string, signal: AbortSignal): Promise<readonly RegisteredModel[]>;
  /** Newest first. */
  versions(uri: string, model: string, signal: AbortSignal): Promise<readonly ModelVersion[]>;
  waivers(uri: string, signal: AbortSignal): Promise<readonly Waiver[]>;
  /** Changes whenever the store has: what was made of its answers is old then. Undefined without a store. */
  version(uri: string, signal: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}

const mostRuns = 50;
/** Milliseconds before a store that was not there, or could not be read, is looked for again. */
const patience = 5_000;

interface Opened {
  readonly store: ReadableStore | undefined;
  readonly at: number;
}

export function createHistory(
  ports: LanguageServerPorts,
  workspace: Workspace,
  isTrusted: () => boolean,
  warn: (message: string) => void,
): History {
  const opened = new Map<string, Promise<Opened>>();
  const answers = new Map<string, { readonly version: number; readonly answer: Promise<unknown> }>();

  async function open(folder: string, signal: AbortSignal): Promise<Opened> {
    try {
      return { store: await ports.openStore(folder, signal), at: ports.clock.monotonic() };
    } catch (error) {
      if (!signal.aborted)
        warn(`The store of ${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return { store: undefined, at: ports.clock.monotonic() };
    }
  }

  async function storeOf(uri: string): Promise<ReadableStore | undefined> {
    if (!isTrusted()) return undefined;
    const folder = await workspace.rootOf(uri);
    if (folder === undefined) return undefined;
    const known = await opened.get(folder);
    if (known !== undefined && (known.store !== undefined || ports.clock.monotonic() - known.at < patience))
      return known.store;
    // Shared by all who ask: one who gives up does not take it from the others.
    const opening = open(folder, new AbortController().signal);
    opened.set(folder, opening);
    return (await opening).store;
  }

  async function ask<T>(
    uri: string,
    question: string,
    signal: AbortSignal,
    read: (store: ReadableStore) => Promise<T>,
  ): Promise<T | undefined> {
    const store = await storeOf(uri);
    signal.throwIfAborted();
    if (store === undefined) return undefined;
    try {
      const version = await store.dataVersion();
      const key = `${store.path}\n${question}`;
      const known = answers.get(key);
      if (known?.version === version) return await (known.answer as Promise<T>);
      const answer = read(store);
      if (answers.size > 500) answers.clear();
      answers.set(key, { version, answer });
      return await answer;
    } catch (error) {
      warn(`The store at ${store.path} could not answer: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    } finally {
      signal.throwIfAborted();
    }
  }

  return {
    async runsOf(uri, signal) {
      const path = pathOfUri(uri);
      const folder = await workspace.rootOf(uri);
      if (path === undefined || folder === undefined) return [];
      const file = ports.files.relative(folder, path);
      return ended(await ask(uri, `file ${file}`, signal, store => store.listRuns({ file, limit: mostRuns })));
    },
    async runsNamed(uri, name, signal) {
      return ended(await ask(uri, `name ${name}`, signal, store => store.listRuns({ name, limit: mostRuns })));
    },
    run: (uri, id, signal) => ask(uri, `run ${id}`, signal, store => store.getRun(id)),
    models: async (uri, signal) =>
      (await ask(uri, 'models', signal, store => store.registry.listModels({}, never))) ?? [],
    versions: async (uri, model, signal) =>
      (await ask(uri, `versions ${model}`, signal, store => store.registry.listVersions(model, never))) ?? [],
    waivers: async (uri, signal) =>
      (await ask(uri, 'waivers', signal, store => readWaivers(store.ledger, ports.digest))) ?? [],
    async version(uri, signal) {
      const store = await storeOf(uri);
      signal.throwIfAborted();
      return store?.dataVersion().catch(() => undefined);
    },
    async close() {
      for (const opening of opened.values()) await (await opening).store?.close();
      opened.clear();
      answers.clear();
    },
  };
}

/** Kept answers are shared, so nobody's request ends them. */
const never = new AbortController().signal;

function ended(runs: readonly RunSummary[] | undefined): readonly RunSummary[] {
  return (runs ?? []).filter(({ state }) => state === 'succeeded');
}
