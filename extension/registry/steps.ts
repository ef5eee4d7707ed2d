import type { VersionDetails } from '../../schemas/generated/messages.ts';

/** A step that can be the next one on a version's way to production. Whether it is allowed is for the engine to say. */
export type ReleaseStep = 'requestApproval' | 'approve' | 'baseline' | 'promote';

/** The steps that make sense for a version as it stands: candidate → requested → approved → baseline → production. */
export function stepsOf({ version, approval, baseline, assessments }: VersionDetails): Set<ReleaseStep> {
  const steps = new Set<ReleaseStep>();
  const isOpen = version.status === 'candidate' || approval.state === 'void';
  if (isOpen && approval.state !== 'requested' && approval.state !== 'approved' && assessments[0]?.gate === 'passed') {
    steps.add('requestApproval');
  }
  if (approval.state === 'requested') steps.add('approve');
  if (approval.state === 'approved' && baseline === undefined) steps.add('baseline');
  if (baseline !== undefined && version.status !== 'production') steps.add('promote');
  return steps;
}
