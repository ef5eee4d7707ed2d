import type { Policy } from '../../schemas/generated/files.ts';
import type { Identity, PolicyApproval, PolicySource, PolicyStanding } from '../../schemas/generated/messages.ts';
import { validatePolicyApproval, validateSourceDocument } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { createRecordId } from '../base/record-id.ts';
import { trimComment } from '../base/comment.ts';
import { describePerson } from '../people/describe-person.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { isSamePerson } from '../people/same-person.ts';
import { readPolicies, resolveSet } from './policies.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';

/** Whether a policy's text, by its digest, has a person's yes; absent where none is asked for and none was given. */
export type FindStanding = (policy: Policy, digest: string) => PolicyStanding | undefined;

export interface PolicyApprovalStep {
  readonly policy: PolicySource;
  readonly comment?: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/** A bound, as elsewhere in the ledger. */
const mostRecords = 10_000;

/**
 * Approves a policy as it is written now; any change asks for another yes. Whoever uploaded the document it was put together from
 * cannot (`separation-of-duties`). Throws `file-invalid` and `policy-invalid` with their place: only what holds together is approved.
 */
export async function approvePolicy(
  { policy, comment, folder }: PolicyApprovalStep,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<PolicyApproval> {
  const note = trimComment(comment);
  const documents = await readPolicies([policy], folder, ports, signal);
  await resolveSet(documents, folder, ports, signal);
  const [document] = documents;
  if (document === undefined) throw new WorkbenchError('usage', 'No policy was named.');
  const { clock, random, identities } = ports;
  const by = await identities.whoAmI(folder, signal);
  for (const uploader of await findUploaders(document.policy.source?.sha256, ports)) {
    if (!isSamePerson(uploader, by)) continue;
    throw new WorkbenchError(
      'separation-of-duties',
      `${describePerson(by)} uploaded the document that ${document.policy.id} was put together from, and cannot approve it.`,
      { remedy: 'Ask another person to read the policy beside its document and to approve it.' },
    );
  }
  signal.throwIfAborted();
  const payload: PolicyApproval = {
    policy: document.policy.id,
    version: document.policy.version,
    digest: document.digest,
    ...(note === undefined ? {} : { comment: note }),
    by,
    at: clock.now(),
  };
  const id = createRecordId('policy-approval', clock, random);
  const { signers } = await readPeople(folder, ports, signal);
  const record = { id, kind: 'policy-approval' as const, model: '', version: '', at: payload.at, actor: by, payload };
  await appendSigned(record, signers, ports);
  return payload;
}

/** Everybody who uploaded a document with this digest, for a policy or a version. */
async function findUploaders(
  sha256: string | undefined,
  { store, digest }: GovernancePorts,
): Promise<readonly Identity[]> {
  if (sha256 === undefined) return [];
  const records = await store.ledger.list({ kind: 'source-document', limit: mostRecords });
  return records.flatMap(record => {
    // Of one whose content was erased nobody knows any more which it was: whoever added it counts as having uploaded this one.
    if (record.payload === null) return [record.actor];
    const document = readPayload(record, validateSourceDocument, digest);
    return document.digest === sha256 ? [document.addedBy] : [];
  });
}

/** Who approved which text. An approval that was changed counts for nothing; `aiwb audit verify` names it. */
export async function readPolicyApprovals({
  store,
  digest,
}: Pick<GovernancePorts, 'store' | 'digest'>): Promise<FindStanding> {
  const records = await store.ledger.list({ kind: 'policy-approval', model: '', version: '', limit: mostRecords });
  const approvals = new Map<string, PolicyApproval>();
  // Newest first: the newest yes to a text is the one shown.
  for (const approval of records.flatMap(record => readApproval(record, digest)))
    if (!approvals.has(approval.digest)) approvals.set(approval.digest, approval);
  return (policy, text) => {
    const given = approvals.get(text);
    if (given?.policy === policy.id) return { state: 'approved', by: given.by, at: given.at };
    return isDrafted(policy) ? { state: 'draft' } : undefined;
  };
}

/** A policy that names its document by digest claims to say what that document says. */
function isDrafted({ source }: Policy): boolean {
  return source?.sha256 !== undefined;
}

function readApproval(record: LedgerRecord, digest: Digest): readonly PolicyApproval[] {
  try {
    return [readPayload(record, validatePolicyApproval, digest)];
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'record-tampered') return [];
    throw error;
  }
}
