import type { VersionRow } from '../../schemas/generated/messages.ts';
import { localRegistry } from './registry-book.ts';

/** A step that can be the next one on a version's way to production. Whether it is allowed is for the engine to say. */
export type ReleaseStep = 'requestApproval' | 'approve' | 'baseline' | 'promote';

/**
 * The steps that make sense for a version as its row says it stands: candidate → requested → approved → baseline → production. None for
 * versions of other registries, which are governed where they were made.
 */
export function stepsOf({ registry, status, gate, approvalRequested, state }: VersionRow): Set<ReleaseStep> {
  const steps = new Set<ReleaseStep>();
  if (registry !== localRegistry || state === 'ARCHIVED') return steps;
  switch (status) {
    case 'untracked':
    case 'candidate':
    case 'evaluated':
    case 'assessed':
      if (approvalRequested === true) steps.add('approve');
      else if (gate === 'passed') steps.add('requestApproval');
      break;
    case 'approved':
      // It keeps its status when a later assessment voids the approval, which then has to be asked for again.
      if (approvalRequested === true) steps.add('approve');
      else if (gate === 'passed') steps.add('baseline').add('promote');
      break;
    case 'baseline':
    case 'retired':
      steps.add('promote');
      break;
    case 'production':
      if (approvalRequested === true) steps.add('approve');
      break;
    case 'revoked':
      break;
  }
  return steps;
}

/** Whether an approval can be asked for again: a row does not say whether the one that was given still counts. */
export function canAskAgain({ registry, status, gate }: VersionRow): boolean {
  return registry === localRegistry && gate === 'passed' && (status === 'approved' || status === 'production');
}
