import { randomUUID } from 'node:crypto';
import type { LentConsent, LentConsentGiven, LentQuestion, LentReply } from '../../schemas/generated/messages.ts';
import { validateLentReply } from '../../schemas/generated/validators.js';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { LentCounter, LentTask } from '../../engine/ports/lent.ts';

/** Requests a window works on at once, of all runs together. */
const mostAtOnce = 8;
/** Milliseconds between two renewals of the leases; one that is missed is not yet lost. */
const renewEvery = 2_500;

/** How the window is asked. */
export interface LendingHost {
  answer(question: LentQuestion, signal: AbortSignal): Promise<unknown>;
  consent(request: LentConsent): Promise<LentConsentGiven>;
}

export interface Lending {
  /** Takes open requests; to be called whenever the store has changed. */
  look(): void;
  /** Gives what is under way back for other windows. */
  stop(): Promise<void>;
}

interface Work {
  readonly task: LentTask;
  readonly stop: AbortController;
}

/**
 * Serves the store's runs with the models that this window lends: takes requests under a lease, has the window answer them, and writes the
 * replies. A run that the person did not agree to is refused. `onError` hears of a store that cannot be read or written.
 */
export function startLending(
  counter: LentCounter,
  clock: Clock,
  host: LendingHost,
  onError: (error: unknown) => void,
): Lending {
  const holder = randomUUID();
  const working = new Map<number, Work>();
  const consents = new Map<string, Promise<boolean>>();
  let looking = false;
  let again = false;
  let stopped = false;
  const isWanted = (): boolean => again && !stopped;

  async function look(): Promise<void> {
    if (stopped) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    try {
      do {
        again = false;
        const room = mostAtOnce - working.size;
        if (room <= 0) break;
        for (const task of await counter.take(holder, room)) begin(task);
      } while (isWanted());
    } finally {
      looking = false;
    }
  }

  function begin(task: LentTask): void {
    const stop = new AbortController();
    working.set(task.id, { task, stop });
    answer(task, stop.signal)
      .then(async reply => {
        if (reply !== undefined && !stopped) await counter.reply(holder, task.id, reply);
      })
      .catch(onError)
      .finally(() => {
        working.delete(task.id);
        lookSafely();
      });
  }

  /** Undefined where the run no longer wants it, or the window is closing. */
  async function answer({ runId, run, total, request }: LentTask, signal: AbortSignal): Promise<LentReply | undefined> {
    const isGone = (): boolean => signal.aborted;
    if (!(await mayUse(runId, run, total, request))) return isGone() ? undefined : notAllowed(run);
    if (isGone()) return undefined;
    try {
      const reply = await host.answer({ run, request }, signal);
      if (isGone()) return undefined;
      return validateLentReply(reply)
        ? reply
        : failed('malformed', 'VS Code answered in a form that is not known here.');
    } catch (error) {
      return isGone() ? undefined : failed('model', `VS Code could not ask: ${toWorkbenchError(error).message}`);
    }
  }

  /** The window remembers what was agreed to before a run began; it is asked once for each run. */
  function mayUse(runId: string, run: string, total: number, request: LentTask['request']): Promise<boolean> {
    const { connection, family, vendor } = request;
    const key = JSON.stringify([runId, vendor, family]);
    const known = consents.get(key);
    if (known !== undefined) return known;
    const use = {
      connection,
      family,
      ...(vendor === undefined ? {} : { vendor }),
      ...(total > 0 ? { requests: total } : {}),
    };
    const asked = host.consent({ run, runId, models: [use] }).then(({ allowed }) => allowed);
    consents.set(key, asked);
    asked.catch(() => consents.delete(key));
    return asked;
  }

  async function renew(): Promise<void> {
    if (working.size === 0) return;
    const kept = new Set(await counter.renew(holder, [...working.keys()]));
    for (const [id, { stop }] of working) if (!kept.has(id)) stop.abort();
  }

  function lookSafely(): void {
    look().catch(onError);
  }

  const stopRenewing = clock.every(renewEvery, () => {
    renew().catch(onError);
  });
  return {
    look: lookSafely,
    async stop() {
      stopped = true;
      stopRenewing();
      const ids = [...working.keys()];
      if (ids.length > 0) await counter.release(holder, ids);
    },
  };
}

function failed(failureClass: NonNullable<LentReply['failure']>['class'], message: string): LentReply {
  return { failure: { class: failureClass, message, permanent: true } };
}

function notAllowed(run: string): LentReply {
  return failed('refused', `Nobody in VS Code agreed that ${run} may use its language models.`);
}
