import type { AssessmentRecord, ControlResult } from '../../schemas/generated/messages.ts';
import { coverageOf, scoreOf } from '../../schemas/verify-scorecard.ts';
import type { EffectiveGate } from '../../engine/policies/policy-set.ts';
import { judgeGate } from '../../engine/governance/gate.ts';
import { now, person, weights } from './assessed.ts';

/** A record whose figures are those of its controls, by a gate that fails on critical and high ones unless told otherwise. */
export function makeRecord(
  controls: readonly ControlResult[],
  changes: Partial<AssessmentRecord> = {},
  gates: readonly EffectiveGate[] = [{ policy: 'p', failOn: ['critical', 'high'] }],
): AssessmentRecord {
  const score = scoreOf(controls);
  const coverage = coverageOf(controls);
  const waived = controls.filter(({ waiver }) => waiver !== undefined).length;
  return {
    schemaVersion: 1,
    id: 'assessment-1',
    subject: { model: 'triage', version: '3', weightsDigest: weights },
    assessedAt: now,
    assessor: person('assessor'),
    workbench: '0.1.0',
    policies: [],
    policySetDigest: 'd',
    score,
    coverage,
    waived,
    gate: judgeGate(gates, controls, { score, coverage, waived }),
    controls: [...controls],
    waivers: [],
    frameworks: [],
    ...changes,
  };
}
