import type { Approval, ApprovalGrant, ApprovalRequest, AssessmentRecord } from '../../schemas/generated/messages.ts';
import type { Sealed } from './trail.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';

/** Of a record, what the judgement rests on. */
type Placed<T> = Pick<Sealed<T>, 'content'> & { readonly record: Pick<Sealed<T>['record'], 'digest' | 'sequence'> };

/** The newest record of each kind, in the ledger or in a proof bundle. */
interface Trail {
  readonly assessment: Placed<AssessmentRecord> | undefined;
  readonly request: Placed<ApprovalRequest> | undefined;
  readonly grant: Placed<ApprovalGrant> | undefined;
}

/**
 * An approval counts for one assessment: the version's newest. A newer assessment makes it void, and an open request for an
 * earlier one counts no more; a request made after that opens the way again.
 */
export function judgeApproval({ assessment, request, grant }: Trail): Approval {
  const newest = assessment?.record.digest;
  if (grant !== undefined && grant.content.recordDigest === newest)
    return describeGrant('approved', { request, grant });
  if (
    request !== undefined &&
    request.content.recordDigest === newest &&
    request.record.sequence > (grant?.record.sequence ?? 0)
  ) {
    const { requestedBy, requestedAt } = request.content;
    return {
      state: 'requested',
      sentence: `${describePerson(requestedBy)} asked for approval on ${describeDate(requestedAt)}. Another person decides.`,
      recordDigest: request.content.recordDigest,
      ...describeRequest(request),
    };
  }
  if (grant !== undefined) return describeGrant('void', { request, grant });
  return { state: 'none', sentence: describeNone(assessment, request) };
}

function describeNone(assessment: Trail['assessment'], request: Trail['request']): string {
  if (assessment === undefined) return 'Not assessed yet, and not put up for approval.';
  if (request === undefined) return 'Not put up for approval.';
  const { requestedBy, requestedAt } = request.content;
  const asked = `${describePerson(requestedBy)} asked for approval on ${describeDate(requestedAt)}`;
  return `${asked}, but the version was assessed again since. Ask again.`;
}

function describeRequest(request: NonNullable<Trail['request']>): Partial<Approval> {
  const { requestedBy, requestedAt, comment } = request.content;
  return { requestedBy, requestedAt, ...(comment === undefined ? {} : { requestComment: comment }) };
}

function describeGrant(
  state: 'approved' | 'void',
  { request, grant }: { readonly request: Trail['request']; readonly grant: NonNullable<Trail['grant']> },
): Approval {
  const { recordDigest, approvedBy, approvedAt, comment, requestDigest } = grant.content;
  const said = `${describePerson(approvedBy)} approved on ${describeDate(approvedAt)}`;
  return {
    state,
    sentence:
      state === 'approved'
        ? `${said}.`
        : `Void: ${said}, but the version was assessed again since. Ask for approval of the new assessment.`,
    recordDigest,
    // A request that came later is not the one that was approved.
    ...(request?.record.digest === requestDigest ? describeRequest(request) : {}),
    approvedBy,
    approvedAt,
    ...(comment === undefined ? {} : { approvalComment: comment }),
  };
}
