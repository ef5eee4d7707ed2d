import type { VersionDetails } from '../../schemas/generated/messages.ts';

/** A step that can be the next one on a version's way to production. Whether it is allowed is for the engine to say. */
export type ReleaseStep = 'requestApproval' | 'approve' | 'baseline' | 'promote';

/** The steps that make sense for a version as it stands: candidate → requested → approved → baseline → production. */
export function stepsOf({ version, approval, baseline, assessments }: VersionDetails): Set<ReleaseStep> {
  const steps = new Set<ReleaseStep>();
  switch (approval.state) {
    case 'none':
    case 'void':
      if (assessments[0]?.gate === 'passed') steps.add('requestApproval');
      break;
    case 'requested':
      steps.add('approve');
      break;
    case 'approved':
      if (baseline === undefined) steps.add('baseline');
      if (version.status !== 'production') steps.add('promote');
  }
  return steps;
}
