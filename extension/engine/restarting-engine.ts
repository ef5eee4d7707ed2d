import type { RunSummary } from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { describeFailure, FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { t } from '../base/translate.ts';
import type { Engine, EngineSession, EngineState } from './engine.ts';

/** How often a process that dies is started again, and how long to wait before each, in milliseconds. */
const backoffMs = [500, 2_000, 8_000] as const;
/** A process that lived this long was sound: earlier deaths no longer count. */
const soundAfterMs = 60_000;

export interface RestartingEngineParts {
  readonly folder: string;
  readonly log: Log;
  startSession(): Promise<EngineSession>;
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

/** An engine that starts on its first request and restarts with growing pauses, three times at most, when it dies. */
export function createRestartingEngine(parts: RestartingEngineParts): Engine {
  const { folder, log } = parts;
  const stateChanged = createEmitter<EngineState>();
  const runsChanged = createEmitter<RunSummary[]>();
  const registryChanged = createEmitter<Nothing>();
  let state: EngineState = { kind: 'idle' };
  let session: Promise<EngineSession> | undefined;
  let deaths = 0;
  /** Rises with each restart and at disposal, so that what belongs to an earlier life is ignored. */
  let generation = 0;
  let disposed = false;

  function setState(next: EngineState): void {
    state = next;
    stateChanged.fire(next);
  }

  function start(): Promise<EngineSession> {
    const mine = generation;
    setState({ kind: 'starting' });
    const starting = parts.startSession().then(
      opened => {
        if (mine !== generation) {
          opened.dispose();
          throw new FailureError({ code: 'cancelled', message: t('The engine process was stopped.') });
        }
        attend(opened, mine);
        setState({ kind: 'ready', opened: opened.opened });
        return opened;
      },
      (error: unknown) => {
        if (mine === generation) fail(error);
        throw new FailureError(toFailure(error), error);
      },
    );
    session = starting;
    return starting;
  }

  function fail(error: unknown): void {
    const failure = toFailure(error);
    session = undefined;
    log.error(describeFailure(failure));
    setState({ kind: 'failed', failure });
  }

  function attend(opened: EngineSession, mine: number): void {
    const startedAt = parts.now();
    opened.onRunsChanged(runs => runsChanged.fire(runs));
    opened.onRegistryChanged(() => registryChanged.fire(undefined));
    void opened.ended.then(async reason => {
      opened.dispose();
      if (mine !== generation) return;
      if (parts.now() - startedAt >= soundAfterMs) deaths = 0;
      const pause = backoffMs[deaths];
      deaths++;
      if (pause === undefined) {
        fail(new FailureError(diedTooOften(reason)));
        return;
      }
      log.warn(t('{0} It is started again in {1} s.', reason, pause / 1000));
      setState({ kind: 'starting' });
      session = parts.wait(pause).then(() => {
        if (mine === generation) return start();
        throw new FailureError({ code: 'cancelled', message: t('The engine process was stopped.') });
      });
      session.catch(() => undefined);
    });
  }

  function stop(): void {
    generation++;
    const last = session;
    session = undefined;
    void last?.then(
      opened => opened.dispose(),
      () => undefined,
    );
  }

  return {
    folder,
    get state() {
      return state;
    },
    onStateChanged: stateChanged.event,
    onRunsChanged: runsChanged.event,
    onRegistryChanged: registryChanged.event,
    async request(method, parameters, signal) {
      if (disposed) throw new FailureError({ code: 'cancelled', message: t('The engine process was stopped.') });
      signal?.throwIfAborted();
      const opened = await (session ?? start());
      signal?.throwIfAborted();
      return await opened.request(method, parameters, signal);
    },
    async restart() {
      stop();
      deaths = 0;
      await start();
    },
    dispose() {
      disposed = true;
      stop();
      stateChanged.dispose();
      runsChanged.dispose();
      registryChanged.dispose();
    },
  };
}

function diedTooOften(reason: string): { code: string; message: string; remedy: string } {
  return {
    code: 'internal',
    message: t('The engine process ended {0} times in a row. {1}', backoffMs.length + 1, reason),
    remedy: t('Look at its output, then try again.'),
  };
}
