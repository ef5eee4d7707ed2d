import type { LentReply } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LentDesk } from '../../ports/lent.ts';
import { AttemptFailure } from '../pacing/attempt-failure.ts';

/** Milliseconds between two looks for replies: one small query while something is asked, none otherwise. */
const lookEvery = 100;
/** Milliseconds a request may lie open before the run says that it waits for a window. */
const patience = 1_500;

/** Requests that are out, and what comes back. */
export interface Replies {
  /**
   * Resolves with the reply to a request. Rejects with `window-missing` at its deadline when no window had it then, with an AttemptFailure
   * (`timeout`) when one had and did not answer, and with the signal's reason when aborted; the request is withdrawn then.
   */
  await(id: number, timeout: number, signal: AbortSignal): Promise<LentReply>;
  /** Whether some request lies open with no window to take it. */
  readonly isWaiting: boolean;
}

interface Waiting {
  readonly since: number;
  taken: boolean;
  settle(end: () => void): void;
  resolve(reply: LentReply): void;
  reject(error: unknown): void;
}

/** `name` is the model's, for messages. */
export function createReplies(name: string, desk: LentDesk, clock: Clock): Replies {
  const waiting = new Map<number, Waiting>();
  let looking = false;
  /** Never aborted: a look that is due once nobody waits is the last one. */
  const { signal: always } = new AbortController();

  /** Sleeps between looks, for a process that only waits must be kept alive by something. */
  async function keepLooking(): Promise<void> {
    if (looking) return;
    looking = true;
    while (waiting.size > 0) {
      await clock.sleep(lookEvery, always);
      if (waiting.size > 0) await look();
    }
    looking = false;
  }

  async function look(): Promise<void> {
    try {
      const answered: number[] = [];
      for (const { id, taken, reply } of await desk.read([...waiting.keys()])) {
        const entry = waiting.get(id);
        if (entry === undefined) continue;
        entry.taken = taken;
        if (reply === undefined) continue;
        answered.push(id);
        entry.settle(() => entry.resolve(reply));
      }
      if (answered.length > 0) await desk.withdraw(answered);
    } catch (error) {
      for (const entry of waiting.values()) entry.settle(() => entry.reject(toWorkbenchError(error)));
    }
  }

  function late(entry: Waiting, id: number, timeout: number): void {
    entry.settle(() => {
      const seconds = String(Math.round(timeout / 1000));
      entry.reject(
        entry.taken
          ? new AttemptFailure('timeout', `VS Code's model gave no answer within ${seconds} s.`)
          : windowMissing(name, seconds),
      );
    });
    withdraw(id);
  }

  /** What cannot be withdrawn is removed with its deadline. */
  function withdraw(id: number): void {
    desk.withdraw([id]).catch(() => undefined);
  }

  return {
    await: (id, timeout, signal) =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => {
          entry.settle(() => {
            reject(signal.reason);
          });
          withdraw(id);
        };
        const entry: Waiting = {
          since: clock.monotonic(),
          taken: false,
          resolve,
          reject,
          settle(end) {
            if (!waiting.delete(id)) return;
            cancelTimer();
            signal.removeEventListener('abort', onAbort);
            end();
          },
        };
        const cancelTimer = clock.after(timeout, () => {
          late(entry, id, timeout);
        });
        waiting.set(id, entry);
        signal.addEventListener('abort', onAbort, { once: true });
        void keepLooking();
        if (signal.aborted) onAbort();
      }),
    get isWaiting() {
      const now = clock.monotonic();
      return [...waiting.values()].some(({ taken, since }) => !taken && now - since >= patience);
    },
  };
}

function windowMissing(name: string, seconds: string): WorkbenchError {
  return new WorkbenchError(
    'window-missing',
    `${name} is one of VS Code's own language models, and no VS Code window lent it within ${seconds} s.`,
    {
      remedy:
        'Open this workspace in VS Code with AI Workbench, agree to lend the model, then resume the run; answered samples are kept.',
    },
  );
}
