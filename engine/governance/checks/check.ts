import type { Check } from '../../../schemas/generated/files.ts';
import type { CheckResult, CheckState, Evidence } from '../../../schemas/generated/messages.ts';
import { addDuration } from '../../base/calendar.ts';

/** What is checked, in words: the policy's own where it has some. */
export function checkTitle(check: Check): string {
  if (check.title !== undefined) return check.title;
  switch (check.type) {
    case 'metric':
      return `${check.metric} of ${check.benchmark}${check.slice === undefined ? '' : ` by ${check.slice}`}`;
    case 'model-card':
      return `The model card's ${check.path.startsWith('#') ? `section ${check.path}` : `\`${check.path}\``}`;
    case 'lineage':
      return `Lineage: ${check.require.join(', ')}`;
    case 'scan':
      return `Scan by ${check.source}${check.select?.probe === undefined ? '' : `: ${check.select.probe}`}`;
    case 'attestation':
      return `Attested by a ${check.role}`;
    case 'document':
      return check.question;
  }
}

/** A check's result in one of its states, with what else is known of it. */
export function conclude(
  check: Check,
  state: CheckState,
  reason: string,
  details: Partial<Omit<CheckResult, 'id' | 'kind' | 'title' | 'state' | 'reason'>> = {},
): CheckResult {
  return {
    id: check.id,
    kind: check.type,
    title: checkTitle(check),
    state,
    reason,
    ...details,
    evidence: details.evidence ?? [],
  };
}

/** When evidence collected at `collectedAt` becomes too old; absent where any age will do. */
export function expiryOf(collectedAt: number, freshness: string | undefined): number | undefined {
  return freshness === undefined ? undefined : addDuration(collectedAt, freshness);
}

/** `times` of a piece of evidence, without what is not known. */
export function evidenceTimes(
  collectedAt: number,
  expiresAt: number | undefined,
): Pick<Evidence, 'collectedAt' | 'expiresAt'> {
  return { collectedAt, ...(expiresAt === undefined ? {} : { expiresAt }) };
}
