import { validateWaiver, validateWaiverApproval, validateWaiverEnd } from '../../schemas/generated/validators.js';
import type { Identity, Waiver, WaiverEnd } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import type { Ledger, LedgerRecord } from '../ports/ledger.ts';
import type { Signing } from '../ports/signing.ts';
import { provePerson } from '../signing/proven.ts';
import { readPayload } from '../signing/records.ts';
import { countsIn, waiverApproverRole, type People } from '../people/roles.ts';

/** What tells which approvals count, and who is proven to have given them. */
export interface WaiverTrust {
  readonly people: People;
  readonly signing: Pick<Signing, 'verify'>;
}

/**
 * A model's waivers with their approvals and ends, newest first; every model's without one. With `trust`, approvals by people whom the
 * workspace does not list are left out, and who signed is marked. Waivers and approvals that were erased are left out; an end that was
 * erased still ends. Throws `record-tampered`.
 */
export async function readWaivers(
  ledger: Ledger,
  digest: Digest,
  model?: string,
  trust?: WaiverTrust,
): Promise<readonly Waiver[]> {
  const filter = model === undefined ? { limit: mostRecords } : { model, limit: mostRecords };
  const requests = (await ledger.list({ ...filter, kind: 'waiver' })).filter(isThere);
  const approvals = (await ledger.list({ ...filter, kind: 'waiver-approval' })).filter(isThere);
  const ends = await ledger.list({ ...filter, kind: 'waiver-end' });
  const prove = (person: Identity, record: LedgerRecord): Identity =>
    trust === undefined
      ? person
      : provePerson(person, record, { signers: trust.people.signers, digest, signing: trust.signing });
  const given = approvals
    .map(record => ({ ...readPayload(record, validateWaiverApproval, digest), record }))
    .filter(approval => trust === undefined || countsIn(waiverApproverRole, approval, trust.people));
  const ended = ends.map(record => ({ ...readEnd(record, digest), record }));
  return requests.map(record => {
    const waiver: Waiver = { ...readPayload(record, validateWaiver, digest) };
    // Only what has a record of its own counts, never what a request brought along.
    delete waiver.ended;
    const isOf = (one: { readonly waiver?: string; readonly waiverDigest: string }): boolean =>
      (one.waiver ?? waiver.id) === waiver.id && one.waiverDigest === record.digest;
    const end = ended.find(isOf);
    return {
      ...waiver,
      requestedBy: prove(waiver.requestedBy, record),
      approvals: given
        .filter(isOf)
        .map(({ by, at, roleListed, record: from }) => ({
          by: prove(by, from),
          at,
          ...(roleListed === undefined ? {} : { roleListed }),
        }))
        .reverse(),
      ...(end === undefined ? {} : { ended: { by: prove(end.by, end.record), at: end.at, reason: end.reason } }),
    };
  });
}

function isThere({ payload }: LedgerRecord): boolean {
  return payload !== null;
}

/** Of an end that was erased: which waiver it ended, when and by whom, which the log's entry keeps. */
function readEnd(record: LedgerRecord, digest: Digest): Omit<WaiverEnd, 'waiver'> & Partial<WaiverEnd> {
  const { payload, takesBack, at, actor } = record;
  if (payload !== null || takesBack === undefined) return readPayload(record, validateWaiverEnd, digest);
  return { waiverDigest: takesBack, at, by: actor, reason: 'The reason was erased.' };
}

/** Far more than a model will ever have; a bound all the same. */
const mostRecords = 10_000;
