import type { DsseEnvelope, Promotion } from '../../schemas/generated/messages.ts';
import { validatePromotion } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { nameOfVersion } from '../base/version-name.ts';

/** The version's newest promotion that was signed. Throws `record-not-found` where there is none, `record-tampered`. */
export async function signedPromotion(
  { model, version }: { readonly model: string; readonly version: string },
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
  signal: AbortSignal,
): Promise<{ readonly promotion: Promotion; readonly envelope: DsseEnvelope; readonly recordId: string }> {
  const found = await store.registry.getVersion(model, version, signal);
  const records = await store.ledger.list({ kind: 'promotion', model, version: found.version });
  for (const record of records) {
    const promotion = readPayload(record, validatePromotion, digest);
    if (promotion.signed !== undefined) return { promotion, envelope: promotion.signed, recordId: record.id };
  }
  const name = nameOfVersion(found);
  throw new WorkbenchError(
    'record-not-found',
    records.length === 0
      ? `${name} was never promoted.`
      : `${name} was promoted by somebody without a signing key: there is no signed record of it.`,
    {
      remedy:
        records.length === 0
          ? `Promote it: \`aiwb registry promote ${name}\`.`
          : 'Make a key (`aiwb keys create`) before the next promotion.',
    },
  );
}
