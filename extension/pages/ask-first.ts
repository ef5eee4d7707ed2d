import { FailureError, toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';

/** The first engine's answer that has one; the next is asked only where the one before has nothing of that name. */
export async function askFirst<T>(
  engines: readonly Engine[],
  notFound: string,
  ask: (engine: Engine) => Promise<T>,
): Promise<{ answer: T; engine: Engine }> {
  let last: unknown;
  for (const engine of engines) {
    try {
      return { answer: await ask(engine), engine };
    } catch (error) {
      if (toFailure(error).code !== notFound) throw error;
      last = error;
    }
  }
  if (last !== undefined) throw new FailureError(toFailure(last), last);
  throw new FailureError({
    code: 'untrusted',
    message: t('The registry cannot be read here.'),
    remedy: t('Open its folder and trust the workspace.'),
  });
}
