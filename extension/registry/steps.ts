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
      steps.add('baseline').add('promote');
      break;
    case 'baseline':
    case 'retired':
      steps.add('promote');
      break;
    case 'production':
    case 'revoked':
      break;
  }
  return steps;
}
