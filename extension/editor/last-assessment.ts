import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import type { VersionEntry } from '../registry/registry-book.ts';

/**
 * The newest assessment that a policy had a part in.
 * @param policyId the policy's id; assessments name policies as `id version`
 */
export function lastAssessment(
  versions: readonly Pick<VersionEntry, 'details'>[],
  policyId: string | undefined,
): AssessmentSummary | undefined {
  if (policyId === undefined) return undefined;
  return versions
    .flatMap(({ details }) => details.assessments)
    .filter(({ policies }) => policies.some(policy => policy === policyId || policy.startsWith(`${policyId} `)))
    .reduce<AssessmentSummary | undefined>(
      (newest, assessment) => (newest === undefined || assessment.assessedAt > newest.assessedAt ? assessment : newest),
      undefined,
    );
}
