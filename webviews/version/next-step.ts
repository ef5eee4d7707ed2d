import type { AssessmentSummary, VersionCommand, VersionDetails } from '../../schemas/generated/messages.ts';

/** The one thing to do next on the way to production, and why; without a command there is nothing to do. */
export interface NextStep {
  readonly command?: VersionCommand['command'];
  /** The button's words. */
  readonly label?: string;
  readonly reason: string;
}

/**
 * Candidate → assessed → approval requested → approved → baseline → production. What the page offers is what the records it shows
 * allow; the engine judges again, with what only it knows: who is asking, and whether evidence has expired since.
 */
export function nextStep(details: VersionDetails): NextStep {
  const { version, approval, baseline, assessments } = details;
  if (version.state === 'ARCHIVED') return { reason: 'It is archived: nothing moves it.' };
  if (version.status === 'revoked') return { reason: 'It was revoked: it may not be used, and no step leads on.' };
  const [newest] = assessments;
  if (version.status === 'production') return judgeProduction(details, newest);
  if (newest === undefined) {
    return { command: 'assess', label: 'Assess…', reason: 'It has not been assessed against the policies yet.' };
  }
  if (newest.gate !== 'passed') {
    return {
      command: 'assess',
      label: 'Assess Again…',
      reason:
        newest.gate === 'failed'
          ? 'Its newest assessment did not pass the gate. The scorecard says what is missing; mend it and assess again.'
          : 'The gate of its newest assessment could not be computed. The scorecard says what is missing.',
    };
  }
  switch (approval.state) {
    case 'none':
      return {
        command: 'requestApproval',
        label: 'Request Approval…',
        reason: 'Its newest assessment passed the gate. Put it up for approval.',
      };
    case 'void':
      return {
        command: 'requestApproval',
        label: 'Request Approval Again…',
        reason: 'It was assessed again since it was approved: the approval no longer counts.',
      };
    case 'requested':
      return {
        command: 'approve',
        label: 'Approve…',
        reason: 'It waits for approval by somebody who is not its author, trainer, assessor or requester.',
      };
    case 'approved':
      break;
  }
  if (baseline === undefined) {
    return {
      command: 'baseline',
      label: 'Lock Baseline…',
      reason: 'It is approved. Lock what it is and what it measured, so that later versions are held against it.',
    };
  }
  return {
    command: 'promote',
    label: version.status === 'retired' ? 'Promote Again…' : 'Promote…',
    reason:
      version.status === 'retired'
        ? 'Another version took its place in production. It is still approved and can come back.'
        : 'It is approved and locked. Promoting moves the alias production to it.',
  };
}

/** A version in production can be assessed again, and then needs a new approval to stay approved. */
function judgeProduction({ approval }: VersionDetails, newest: AssessmentSummary | undefined): NextStep {
  if (newest !== undefined && newest.gate !== 'passed') {
    return {
      command: 'assess',
      label: 'Assess Again…',
      reason: 'It is in production, but its newest assessment did not pass the gate.',
    };
  }
  switch (approval.state) {
    case 'requested':
      return {
        command: 'approve',
        label: 'Approve…',
        reason: 'It is in production; its newest assessment waits for approval.',
      };
    case 'void':
    case 'none':
      return {
        command: 'requestApproval',
        label: 'Request Approval…',
        reason: 'It is in production, but its newest assessment is not approved.',
      };
    case 'approved':
      return { reason: 'It is in production, assessed and approved.' };
  }
}
