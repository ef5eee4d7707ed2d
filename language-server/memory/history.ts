import type {
  AssessmentSummary,
  ModelVersion,
  RegisteredModel,
  RunSummary,
  Waiver,
} from '../../schemas/generated/messages.ts';
import { toWorkbenchError, type ErrorCode } from '../../engine/base/errors.ts';
import { listAssessments } from '../../engine/governance/view.ts';
import { readWaivers } from '../../engine/promotion/read-waivers.ts';
import type { Catalogue } from '../../engine/ports/catalogue.ts';
import type { RunFilter, RunRecord } from '../../engine/ports/store.ts';
import { createStoreShelf } from './open-stores.ts';
import type { LanguageServerPorts, ReadableStore } from '../ports.ts';
import { pathOfUri } from '../uris.ts';
import type { Workspace } from '../workspace.ts';

/**
 * What the workspace's store remembers. Every answer is empty where there is no store, where it cannot be read, and in a workspace that is not
 * trusted: help for writing never fails for want of it. Answers are kept until the store changes.
 */
export interface History {
  /** Succeeded runs of the benchmark or tuning job in a file (or notebook), newest first, at most 50. */
  runsOf(uri: string, signal: AbortSignal): Promise<readonly RunSummary[]>;
  /** The same by the benchmark's or tuning job's name, whatever its file. `uri` says in which workspace. */
  runsNamed(uri: string, name: string, signal: AbortSignal): Promise<readonly RunSummary[]>;
  /** Succeeded runs of everything in the workspace, newest first, among the newest 200 of all. */
  runs(uri: string, signal: AbortSignal): Promise<readonly RunSummary[]>;
  /** A run with its report, which holds every figure. Absent when it is gone. */
  run(uri: string, id: string, signal: AbortSignal): Promise<RunRecord | undefined>;
  /** Registered models of the local registry. */
  models(uri: string, signal: AbortSignal): Promise<readonly RegisteredModel[]>;
  /** Newest first; empty for a model that is not registered. */
  versions(uri: string, model: string, signal: AbortSignal): Promise<readonly ModelVersion[]>;
  /** Asks what was read of other registries. Absent where nothing is remembered. */
  catalogue<T>(
    uri: string,
    question: string,
    read: (catalogue: Catalogue) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined>;
  /** Of all versions of a model, newest first. */
  assessments(uri: string, model: string, signal: AbortSignal): Promise<readonly AssessmentSummary[]>;
  waivers(uri: string, signal: AbortSignal): Promise<readonly Waiver[]>;
  /** Changes whenever the store has: what was made of its answers is old then. Undefined without a store. */
  version(uri: string, signal: AbortSignal): Promise<number | undefined>;
  close(): Promise<void>;
}

const mostRuns = 50;
const mostRunsOfAll = 200;
const mostAnswers = 500;

/** What is asked for is not there: an answer, and no fault of the store. */
const absences: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'run-not-found',
  'registry-not-found',
  'record-not-found',
]);

export function createHistory(
  ports: LanguageServerPorts,
  workspace: Workspace,
  isTrusted: () => boolean,
  warn: (message: string) => void,
): History {
  const answers = new Map<string, { readonly version: number; readonly answer: Promise<unknown> }>();
  const shelf = createStoreShelf(ports, warn);

  async function storeOf(uri: string) {
    if (!isTrusted()) return undefined;
    const folder = await workspace.rootOf(uri);
    if (folder === undefined) return undefined;
    return shelf.open(folder, await workspace.findWorkbench(uri));
  }

  async function ask<T>(
    uri: string,
    question: string,
    signal: AbortSignal,
    read: (store: ReadableStore) => Promise<T>,
  ): Promise<T | undefined> {
    const opened = await storeOf(uri);
    signal.throwIfAborted();
    if (opened === undefined) return undefined;
    const key = `${opened.store.path}\n${question}`;
    try {
      const version = await opened.version();
      let known = answers.get(key);
      if (known?.version !== version) {
        if (answers.size > mostAnswers) answers.clear();
        known = { version, answer: read(opened.store) };
        answers.set(key, known);
      }
      return (await known.answer) as T;
    } catch (error) {
      // Kept, it would be given again until the store changes, also where the store was only busy.
      answers.delete(key);
      const { code, message } = toWorkbenchError(error);
      if (!absences.has(code)) shelf.failed(opened, message);
      return undefined;
    } finally {
      signal.throwIfAborted();
    }
  }

  const askRuns = async (uri: string, filter: RunFilter, signal: AbortSignal): Promise<readonly RunSummary[]> =>
    ended(await ask(uri, `runs ${JSON.stringify(filter)}`, signal, store => store.listRuns(filter)));

  return {
    async runsOf(uri, signal) {
      const path = pathOfUri(uri);
      const folder = await workspace.rootOf(uri);
      if (path === undefined || folder === undefined) return [];
      return askRuns(uri, { file: ports.files.relative(folder, path), limit: mostRuns }, signal);
    },
    runsNamed: (uri, name, signal) => askRuns(uri, { name, limit: mostRuns }, signal),
    runs: (uri, signal) => askRuns(uri, { limit: mostRunsOfAll }, signal),
    run: (uri, id, signal) => ask(uri, `run ${id}`, signal, store => store.getRun(id)),
    models: async (uri, signal) =>
      (await ask(uri, 'models', signal, store => store.registry.listModels({}, never))) ?? [],
    versions: async (uri, model, signal) =>
      (await ask(uri, `versions ${model}`, signal, store => store.registry.listVersions(model, never))) ?? [],
    catalogue: (uri, question, read, signal) =>
      ask(uri, `catalogue ${question}`, signal, store => read(store.catalogue)),
    assessments: async (uri, model, signal) =>
      (await ask(uri, `assessments ${model}`, signal, store => listAssessments({ model }, { store }))) ?? [],
    waivers: async (uri, signal) =>
      (await ask(uri, 'waivers', signal, store => readWaivers(store.ledger, ports.digest))) ?? [],
    async version(uri, signal) {
      const opened = await storeOf(uri);
      signal.throwIfAborted();
      return opened?.version().catch(() => undefined);
    },
    async close() {
      answers.clear();
      await shelf.close();
    },
  };
}

/** Kept answers are shared, so nobody's request ends them. */
const never = new AbortController().signal;

function ended(runs: readonly RunSummary[] | undefined): readonly RunSummary[] {
  return (runs ?? []).filter(({ state }) => state === 'succeeded');
}
