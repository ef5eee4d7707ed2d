import { WorkbenchError } from '../base/errors.ts';
import { nameOfVersion } from '../base/version-name.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';

/** A step on a version's way to production, taken by whoever git says works in `folder`. */
export interface PromotionStep {
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
  readonly comment?: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/** The version a step is about. Throws `registry-not-found`, and `usage` for an archived model or version: it is out of use. */
export async function findVersionOfUse(
  { model, version }: Pick<PromotionStep, 'model' | 'version'>,
  { registry }: Store,
  signal: AbortSignal,
): Promise<LocalVersion> {
  const { state } = await registry.getModel(model, signal);
  if (state === 'ARCHIVED') {
    throw new WorkbenchError('usage', `The model ${model} is archived.`, {
      remedy: `Bring it back first: \`aiwb registry archive ${model} --undo\`.`,
    });
  }
  const found = await registry.getVersion(model, version, signal);
  if (found.state !== 'ARCHIVED') return found;
  throw new WorkbenchError('usage', `${nameOfVersion(found)} is archived.`, {
    remedy: `Bring it back first: \`aiwb registry archive ${nameOfVersion(found)} --undo\`.`,
  });
}

/** The same for a step that leads on: nothing leads on from a revoked version (`usage`). */
export async function findLiveVersion(
  step: Pick<PromotionStep, 'model' | 'version'>,
  store: Store,
  signal: AbortSignal,
): Promise<LocalVersion> {
  const found = await findVersionOfUse(step, store, signal);
  if (found.status !== 'revoked') return found;
  throw new WorkbenchError('usage', `${nameOfVersion(found)} was revoked and stays so.`, {
    remedy: 'Register a new version.',
  });
}

/** Longest comment or reason, characters. */
const longestComment = 2000;

/** A comment as it is kept: without white space around it, absent when there is nothing. Throws `usage` when it is too long. */
export function trimComment(text: string | undefined, what = 'comment'): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > longestComment) {
    throw new WorkbenchError('usage', `The ${what} has ${trimmed.length} characters; at most 2,000 are kept.`, {
      remedy: 'Say it shorter, and keep the long form in a file of the workspace.',
    });
  }
  return trimmed === '' ? undefined : trimmed;
}
