import { validateWaiver, validateWaiverApproval } from '../../schemas/generated/validators.js';
import type { Identity, Waiver } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import type { Ledger, LedgerRecord } from '../ports/ledger.ts';
import { isSamePerson } from './people.ts';
import { readPayload } from './records.ts';

/** Approvals a waiver needs, by different people other than its requester. */
export const approvalsNeeded = 2;

/**
 * Whether a waiver counts for a control of a version at `now` (milliseconds since the epoch): it names both, two people other than
 * the requester have approved it by then, and it has not expired. The one place that decides it.
 */
export function isActive(
  waiver: Waiver,
  control: string,
  version: { readonly model: string; readonly version: string },
  now: number,
): boolean {
  if (waiver.control !== control || waiver.model !== version.model) return false;
  if (!waiver.versions.includes(version.version)) return false;
  return now < waiver.expiresAt && approversOf(waiver, now).length >= approvalsNeeded;
}

/** The different people whose approval counts by `now`. */
export function approversOf(waiver: Waiver, now: number): readonly Identity[] {
  const people: Identity[] = [];
  for (const { by, at } of waiver.approvals) {
    if (at > now || isSamePerson(by, waiver.requestedBy)) continue;
    if (!people.some(person => isSamePerson(person, by))) people.push(by);
  }
  return people;
}

/** A model's waivers with their approvals, newest first; every model's without one. Throws `record-tampered`. */
export async function readWaivers(ledger: Ledger, digest: Digest, model?: string): Promise<readonly Waiver[]> {
  const filter = model === undefined ? { limit: mostRecords } : { model, limit: mostRecords };
  const requests = await ledger.list({ ...filter, kind: 'waiver' });
  const approvals = await ledger.list({ ...filter, kind: 'waiver-approval' });
  return requests.map(record => withApprovals(record, approvals, digest));
}

/** Far more than a model will ever have; a bound all the same. */
const mostRecords = 10_000;

function withApprovals(record: LedgerRecord, approvals: readonly LedgerRecord[], digest: Digest): Waiver {
  const waiver = readPayload(record, validateWaiver, digest);
  const given = approvals
    .map(approval => readPayload(approval, validateWaiverApproval, digest))
    .filter(approval => approval.waiver === waiver.id && approval.waiverDigest === record.digest)
    .map(({ by, at }) => ({ by, at }))
    .reverse();
  // Only approvals with a record of their own count, never ones that a request brought along.
  return { ...waiver, approvals: given };
}
