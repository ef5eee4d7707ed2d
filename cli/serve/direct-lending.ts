import type { LentQuestion, LentReply } from '../../schemas/generated/messages.ts';
import { validateLentReply } from '../../schemas/generated/validators.js';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import type { LentDesk } from '../../engine/ports/lent.ts';

/** How the window's own models are asked. Cancelled by the signal. */
export type AskLent = (question: LentQuestion, signal: AbortSignal) => Promise<unknown>;

/**
 * A desk for a question that belongs to no run: the window this process serves answers it itself, and nothing goes through the store.
 * `purpose` is what VS Code is told the model is asked for.
 */
export function createDirectDesk(purpose: string, ask: AskLent): LentDesk {
  const open = new Map<number, { readonly stop: AbortController; reply: LentReply | undefined }>();
  let last = 0;
  return {
    ask(request) {
      const id = ++last;
      const entry = { stop: new AbortController(), reply: undefined as LentReply | undefined };
      open.set(id, entry);
      ask({ run: purpose, request }, entry.stop.signal).then(
        reply => {
          entry.reply = validateLentReply(reply) ? reply : failed('malformed', 'VS Code answered in an unknown form.');
        },
        (error: unknown) => {
          entry.reply = failed('model', `VS Code could not ask: ${toWorkbenchError(error).message}`);
        },
      );
      return Promise.resolve(id);
    },
    read: ids =>
      Promise.resolve(
        ids.flatMap(id => {
          const entry = open.get(id);
          if (entry === undefined) return [];
          return [{ id, taken: true, ...(entry.reply === undefined ? {} : { reply: entry.reply }) }];
        }),
      ),
    withdraw(ids) {
      for (const id of ids) {
        open.get(id)?.stop.abort();
        open.delete(id);
      }
      return Promise.resolve();
    },
  };
}

function failed(failureClass: NonNullable<LentReply['failure']>['class'], message: string): LentReply {
  return { failure: { class: failureClass, message, permanent: true } };
}
