import { canonicalJson } from '../../schemas/canonical.ts';
import type { Check } from '../../schemas/generated/files.ts';
import type { CheckResult, PolicySource, Seal } from '../../schemas/generated/messages.ts';
import { validateSeal } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { createRecordId } from '../base/record-id.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { readPolicies, resolveSet } from './policies.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';

/** The oldest seal of a check as it counts now; absent where this very check was never sealed. */
export type FindSeal = (check: Check) => Pick<Seal, 'at' | 'by'> | undefined;

/** A bound, as elsewhere in the ledger: older seals are then not found. */
const mostSeals = 10_000;

/**
 * Writes down the bars of policies and all they extend, each check as it counts, so that an assessment can show that the bar is older
 * than what is held against it. Sealing anew takes nothing back. Throws `file-invalid` and `policy-invalid` with their place, and
 * `usage` where there is no check to seal.
 */
export async function sealPolicies(
  policies: readonly PolicySource[],
  folder: string,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Seal> {
  const documents = await readPolicies(policies, folder, ports, signal);
  const set = await resolveSet(documents, folder, ports, signal);
  const { clock, random, digest, identities } = ports;
  const checks = set.controls.flatMap(({ control }) =>
    control.checks.map(check => ({ control: control.id, check: check.id, digest: digestCheck(check, digest) })),
  );
  if (checks.length === 0)
    throw new WorkbenchError('usage', 'These policies have no check, so there is nothing to seal.', {
      remedy: 'Add controls with checks first.',
    });
  const by = await identities.whoAmI(folder, signal);
  signal.throwIfAborted();
  const payload: Seal = {
    id: createRecordId('seal', clock, random),
    policies: set.policies.map(each => ({ id: each.policy.id, version: each.policy.version, digest: each.digest })),
    checks,
    by,
    at: clock.now(),
  };
  const { id, at } = payload;
  const { signers } = await readPeople(folder, ports, signal);
  await appendSigned({ id, kind: 'seal', model: '', version: '', at, actor: by, payload }, signers, ports);
  return payload;
}

/** What was sealed. A seal that was changed seals nothing; `aiwb audit verify` names it. */
export async function readSeals({ store, digest }: Pick<GovernancePorts, 'store' | 'digest'>): Promise<FindSeal> {
  const records = await store.ledger.list({ kind: 'seal', model: '', version: '', limit: mostSeals });
  const oldest = new Map<string, Pick<Seal, 'at' | 'by'>>();
  for (const { at, by, checks } of records.flatMap(record => readSeal(record, digest))) {
    // Newest first: what comes later in the list is older and takes its place.
    for (const check of checks) oldest.set(`${check.check} ${check.digest}`, { at, by });
  }
  if (oldest.size === 0) return () => undefined;
  return check => oldest.get(`${check.id} ${digestCheck(check, digest)}`);
}

function readSeal(record: LedgerRecord, digest: Digest): readonly Seal[] {
  try {
    return [readPayload(record, validateSeal, digest)];
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'record-tampered') return [];
    throw error;
  }
}

/** What a seal keeps of a check: any change of it is another check. */
function digestCheck(check: Check, digest: Digest): string {
  return digest.sha256(canonicalJson(check));
}

/** A result with its bar's seal, and whether that is older than every piece of evidence. Evidence without a time is not known to be younger. */
export function withSeal(result: CheckResult, seal: ReturnType<FindSeal>): CheckResult {
  if (seal === undefined) return result;
  const { at, by } = seal;
  const before = result.evidence.every(({ collectedAt }) => collectedAt !== undefined && at < collectedAt);
  return { ...result, sealed: { at, by, before } };
}
