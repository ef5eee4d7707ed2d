import { WorkbenchError } from '../base/errors.ts';
import { nameOfVersion } from '../base/version-name.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';

/** A version that a step is about, as it is named. */
export interface NamedVersion {
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
}

/** The version a step is about. Throws `registry-not-found`, and `usage` for an archived model or version: it is out of use. */
export async function findVersionOfUse(
  { model, version }: NamedVersion,
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
export async function findLiveVersion(step: NamedVersion, store: Store, signal: AbortSignal): Promise<LocalVersion> {
  const found = await findVersionOfUse(step, store, signal);
  if (found.status !== 'revoked') return found;
  throw new WorkbenchError('usage', `${nameOfVersion(found)} was revoked and stays so.`, {
    remedy: 'Register a new version.',
  });
}
