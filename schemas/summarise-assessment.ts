import type { AssessmentRecord, AssessmentSummary } from './generated/messages.ts';

/** An assessment as lists and histories show it. `digest` is that of its record. */
export function summariseAssessment(record: AssessmentRecord, digest: string): AssessmentSummary {
  const { id, subject, assessedAt, validUntil, assessor, gate, score, coverage, waived, policies } = record;
  return {
    id,
    model: subject.model,
    version: subject.version,
    assessedAt,
    assessor,
    digest,
    gate: gate.outcome,
    score,
    coverage,
    waived,
    policies: policies.map(policy => `${policy.id} ${policy.version}`),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}
