import type { Promotion } from '../../schemas/generated/messages.ts';
import { validatePromotion } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { promote } from './promote.ts';
import { nameOfVersion } from '../base/version-name.ts';

export interface RollBack {
  readonly model: string;
  readonly comment?: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/**
 * Puts back into production the version that the newest promotion replaced. It is a promotion like any other: its approval must
 * still count, and its gate still hold. Throws `usage` where nothing was replaced, and what promoting throws.
 */
export async function rollBack(
  { model, comment, folder }: RollBack,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Promotion> {
  const { store, digest } = ports;
  const { aliases } = await store.registry.getModel(model, signal);
  const current = Object.hasOwn(aliases, 'production') ? aliases['production'] : undefined;
  const [newest] = await store.ledger.list({ kind: 'promotion', model, limit: 1 });
  const promotion = newest === undefined ? undefined : readPayload(newest, validatePromotion, digest);
  // After a demotion production is empty: the version that was promoted last is the one to go behind.
  const left = current ?? promotion?.version;
  const target = promotion !== undefined && promotion.version === left ? promotion.replaced : undefined;
  if (target === undefined || left === undefined) {
    const why =
      left === undefined ? 'nothing was ever promoted' : `${nameOfVersion({ model, version: left })} replaced nothing`;
    throw new WorkbenchError('usage', `There is nothing to roll ${model} back to: ${why}.`, {
      remedy: `Promote a version by name (\`aiwb registry promote ${model}@V\`), or take it out of production (\`aiwb registry demote\`).`,
    });
  }
  return promote(
    { model, version: target, folder, rolledBackFrom: left, ...(comment === undefined ? {} : { comment }) },
    ports,
    signal,
  );
}
