import type { Failure, RunSummary } from '../../schemas/generated/messages.ts';
import { createEmitter, disposeAll, type Disposable, type Event, type Nothing } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { t } from '../base/translate.ts';
import type { EngineSource } from '../engine/engine-source.ts';
import type { Engine } from '../engine/engine.ts';
import { followEngineState } from '../engine/follow-state.ts';
import { isEnded } from '../../schemas/run-states.ts';

/** A run with the workspace folder whose engine knows it. */
export interface RunEntry {
  readonly folder: string;
  readonly run: RunSummary;
}

export interface RunChange {
  readonly entry: RunEntry;
  /** The run as it was known before, absent when it is new here. */
  readonly before: RunSummary | undefined;
}

export type BookState =
  { readonly kind: 'idle' | 'loading' | 'loaded' } | { readonly kind: 'failed'; readonly failure: Failure };

/** What this window knows of the runs of all its folders. Filled on first need, kept current by the engines. */
export interface RunBook extends Disposable {
  readonly state: BookState;
  /** Newest first. */
  entries(): RunEntry[];
  get(runId: string): RunEntry | undefined;
  /** Loads once, and again after a failure only when asked with `again`. Never rejects: the outcome is `state`. */
  load(again?: boolean): Promise<void>;
  /** The run, asked of the engines when it is not known here; absent when none has it. */
  find(runId: string): Promise<RunEntry | undefined>;
  /** Whether some folder's store may have runs older than those known here. */
  readonly hasOlder: boolean;
  /** Takes in older runs, a list's length of each folder that has some. Throws a FailureError. */
  loadOlder(): Promise<void>;
  /** Takes in a run that an engine answered with, so that it shows before the next notification. */
  note(folder: string, run: RunSummary): void;
  /** Resolves with the run in its last state. Throws a FailureError when its engine fails before. */
  whenEnded(runId: string, signal?: AbortSignal): Promise<RunSummary>;
  readonly onRunsChanged: Event<RunChange[]>;
  /** Fires when the list as a whole is new, or `state` changed. */
  readonly onReset: Event<Nothing>;
}

const listLimit = 500;

export function createRunBook(engines: EngineSource, log: Log): RunBook {
  const entries = new Map<string, RunEntry>();
  const subscriptions = new Map<Engine, Disposable>();
  const runsChanged = createEmitter<RunChange[]>();
  const reset = createEmitter<Nothing>();
  let state: BookState = { kind: 'idle' };
  let loading: Promise<void> | undefined;
  /** Whether the list on its way comes from an engine process that has gone meanwhile. */
  let outdated = false;
  /** Where the lists of a folder ended before their end: the oldest run of each, by whether it is archived. */
  const oldest = new Map<Engine, Map<boolean, string>>();
  let sorted: RunEntry[] | undefined;
  /** Runs heard of while a list was on its way: the list may be older. */
  const fresher = new Set<string>();

  function setState(next: BookState): void {
    state = next;
    reset.fire(undefined);
  }

  function take(folder: string, runs: readonly RunSummary[]): void {
    sorted = undefined;
    const changes = runs.map(run => {
      const before = entries.get(run.id)?.run;
      const entry = { folder, run };
      entries.set(run.id, entry);
      if (loading !== undefined) fresher.add(run.id);
      return { entry, before };
    });
    if (changes.length > 0) runsChanged.fire(changes);
  }

  function follow(engine: Engine): void {
    if (subscriptions.has(engine)) return;
    const states = followEngineState(engine, {
      onFailed: failure => setState({ kind: 'failed', failure }),
      hasFailed: () => state.kind === 'failed',
      onBack: () => void load(true),
    });
    const runs = engine.onRunsChanged(changed => take(engine.folder, changed));
    subscriptions.set(engine, disposeAll(runs, states));
  }

  async function list(engine: Engine): Promise<RunEntry[]> {
    const [kept, archived] = await Promise.all([
      engine.request('runs/list', { limit: listLimit }),
      engine.request('runs/list', { limit: listLimit, archived: true }),
    ]);
    oldest.delete(engine);
    noteEnd(engine, false, kept.runs);
    noteEnd(engine, true, archived.runs);
    return [...archived.runs, ...kept.runs].map(run => ({ folder: engine.folder, run }));
  }

  /** A list that is as long as was asked for may go on. */
  function noteEnd(engine: Engine, archived: boolean, runs: readonly RunSummary[]): void {
    const ends = oldest.get(engine) ?? new Map<boolean, string>();
    const last = runs.at(-1);
    if (last === undefined || runs.length < listLimit) ends.delete(archived);
    else ends.set(archived, last.id);
    if (ends.size === 0) oldest.delete(engine);
    else oldest.set(engine, ends);
  }

  async function loadOlder(): Promise<void> {
    try {
      const asked = [...oldest].flatMap(([engine, ends]) => [...ends].map(end => [engine, ...end] as const));
      const lists = await Promise.all(
        asked.map(async ([engine, archived, before]) => {
          const { runs } = await engine.request('runs/list', { limit: listLimit, archived, before });
          noteEnd(engine, archived, runs);
          return { engine, runs };
        }),
      );
      for (const { engine, runs } of lists) {
        // What was heard of meanwhile is newer.
        for (const run of runs) if (!entries.has(run.id)) entries.set(run.id, { folder: engine.folder, run });
      }
    } catch (error) {
      throw new FailureError(toFailure(error), error);
    }
    sorted = undefined;
    reset.fire(undefined);
  }

  async function loadAll(): Promise<void> {
    setState({ kind: 'loading' });
    const sources = engines.all();
    for (const engine of sources) follow(engine);
    try {
      for (const engine of oldest.keys()) if (!sources.includes(engine)) oldest.delete(engine);
      const lists = await Promise.all(sources.map(list));
      sorted = undefined;
      for (const id of [...entries.keys()]) if (!fresher.has(id)) entries.delete(id);
      for (const entry of lists.flat()) if (!fresher.has(entry.run.id)) entries.set(entry.run.id, entry);
      setState({ kind: 'loaded' });
    } catch (error) {
      const failure = toFailure(error);
      log.warn(failure.message);
      setState({ kind: 'failed', failure });
    }
  }

  function load(again = false): Promise<void> {
    if (loading !== undefined) {
      outdated ||= again;
      return loading;
    }
    if (!again && (state.kind === 'loaded' || state.kind === 'failed')) return Promise.resolve();
    fresher.clear();
    loading = loadAll().then(() => {
      loading = undefined;
      if (!outdated) return undefined;
      outdated = false;
      return load(true);
    });
    return loading;
  }

  async function find(runId: string): Promise<RunEntry | undefined> {
    const known = entries.get(runId);
    if (known !== undefined) return known;
    for (const engine of engines.all()) {
      follow(engine);
      try {
        take(engine.folder, [await engine.request('runs/get', { runId })]);
        return entries.get(runId);
      } catch (error) {
        const failure = toFailure(error);
        if (failure.code !== 'run-not-found') throw new FailureError(failure, error);
      }
    }
    return undefined;
  }

  async function whenEnded(runId: string, signal?: AbortSignal): Promise<RunSummary> {
    const found = await find(runId);
    signal?.throwIfAborted();
    if (found === undefined)
      throw new FailureError({ code: 'run-not-found', message: t('There is no run {0} here.', runId) });
    // Between the answer and the subscription no event can be handled: both happen in one turn.
    const current = entries.get(runId)?.run ?? found.run;
    if (isEnded(current.state)) return current;
    const engine = engines.all().find(candidate => candidate.folder === found.folder);
    return await new Promise((resolve, reject) => {
      const parts: Disposable[] = [];
      const settle = (end: () => void): void => {
        for (const part of parts) part.dispose();
        signal?.removeEventListener('abort', onAbort);
        end();
      };
      const onAbort = (): void => settle(() => reject(signal?.reason as Error));
      const check = (): void => {
        const run = entries.get(runId)?.run;
        if (run !== undefined && isEnded(run.state)) settle(() => resolve(run));
      };
      parts.push(runsChanged.event(check), reset.event(check));
      if (engine !== undefined) {
        const onState = engine.onStateChanged(next => {
          if (next.kind === 'failed') settle(() => reject(new FailureError(next.failure)));
        });
        parts.push(onState);
      }
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  const folders = engines.onChanged(() => {
    const present = new Set(engines.all());
    for (const [engine, subscription] of subscriptions) {
      if (present.has(engine)) continue;
      subscription.dispose();
      subscriptions.delete(engine);
    }
    if (state.kind !== 'idle') void load(true);
  });

  return {
    get state() {
      return state;
    },
    get hasOlder() {
      return oldest.size > 0;
    },
    loadOlder,
    entries() {
      sorted ??= [...entries.values()].sort((a, b) => b.run.createdAt - a.run.createdAt);
      return [...sorted];
    },
    get: runId => entries.get(runId),
    load,
    find,
    note(folder, run) {
      const engine = engines.all().find(candidate => candidate.folder === folder);
      if (engine !== undefined) follow(engine);
      // A notification may have overtaken the answer to a start: then it knows more.
      if (entries.has(run.id) && run.state === 'queued') return;
      take(folder, [run]);
      void load();
    },
    whenEnded,
    onRunsChanged: runsChanged.event,
    onReset: reset.event,
    dispose() {
      folders.dispose();
      for (const subscription of subscriptions.values()) subscription.dispose();
      runsChanged.dispose();
      reset.dispose();
    },
  };
}
