import { setTimeout as delay } from 'node:timers/promises';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunBook } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';

/** How often, in milliseconds, a run is asked for though nothing was heard: it may have been deleted, or its end missed. */
const askEvery = 30_000;
/** How long a run that seems lost has to show that it lives, in milliseconds: longer than between two of its heartbeats. */
const wakeMs = 6_000;

export interface RunEndParts {
  readonly book: RunBook;
  /** The engine cannot be asked; the run may well go on. The wait does, too. */
  onTrouble(error: unknown): void;
  readonly askEvery?: number;
}

/**
 * Resolves with the run in its last state, however often the engine process dies, fails and comes back meanwhile. Throws `run-not-found` once
 * the store has no such run, and the signal's reason.
 */
export async function awaitRunEnd(
  engine: Engine,
  runId: string,
  parts: RunEndParts,
  signal: AbortSignal,
): Promise<RunSummary> {
  for (;;) {
    const round = new AbortController();
    const both = AbortSignal.any([signal, round.signal]);
    try {
      const run = await Promise.race([parts.book.whenEnded(runId, both), askLater(engine, runId, parts, both)]);
      const last = run.state === 'lost' ? await askWhetherLost(engine, runId, parts, signal) : run;
      if (isEnded(last.state)) return last;
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error);
      if (failure.code === 'run-not-found') throw new FailureError(failure, error);
      if (failure.code !== 'cancelled') parts.onTrouble(error);
      await untilReady(engine, parts, signal);
    } finally {
      round.abort();
    }
  }
}

/** A machine that wakes sees runs whose lease ran out in its sleep; those that live renew it shortly. */
async function askWhetherLost(
  engine: Engine,
  runId: string,
  parts: RunEndParts,
  signal: AbortSignal,
): Promise<RunSummary> {
  return await askLater(engine, runId, { ...parts, askEvery: Math.min(wakeMs, parts.askEvery ?? askEvery) }, signal);
}

/** The run as the engine has it after a while. */
async function askLater(engine: Engine, runId: string, parts: RunEndParts, signal: AbortSignal): Promise<RunSummary> {
  await delay(parts.askEvery ?? askEvery, undefined, { signal, ref: false });
  const run = await engine.request('runs/get', { runId }, signal);
  parts.book.note(engine.folder, run);
  return run;
}

/** Until the engine process is there, or it is time to try whether it starts. */
async function untilReady(engine: Engine, parts: RunEndParts, signal: AbortSignal): Promise<void> {
  if (engine.state.kind === 'ready') return;
  const ready = new AbortController();
  const states = engine.onStateChanged(({ kind }) => {
    if (kind === 'ready') ready.abort();
  });
  try {
    const either = AbortSignal.any([signal, ready.signal]);
    await delay(parts.askEvery ?? askEvery, undefined, { signal: either, ref: false });
  } catch {
    signal.throwIfAborted();
  } finally {
    states.dispose();
  }
}

/** What is said of a run that an output names and no store here has. */
export function describeMissingRun(runId: string): FailureError {
  return new FailureError({
    code: 'run-not-found',
    message: t('The store of this workspace has no run {0} any more.', runId),
    remedy: t('It was deleted, or ran on another machine. What is shown here is what the notebook kept of it.'),
  });
}
