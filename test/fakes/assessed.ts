import type { AttestationCheck, LineageCheck, MetricCheck, ModelCardCheck } from '../../schemas/generated/files.ts';
import type {
  CheckResult,
  CheckState,
  ControlResult,
  Identity,
  MetricValue,
  ModelVersion,
  SliceResult,
  VariantResult,
  Waiver,
} from '../../schemas/generated/messages.ts';
import { outcomeOf, valueOf } from '../../schemas/verify-scorecard.ts';
import type { EvidenceRun } from '../../engine/governance/checks/metric.ts';
import type { Subject } from '../../engine/governance/subject.ts';
import type { CompleteControl, EffectiveControl } from '../../engine/policies/policy-set.ts';

/** Small parts of an assessment, for tables of its rules. */

export const now = Date.UTC(2026, 9, 1);
export const day = 86_400_000;
export const weights = 'a'.repeat(64);

export function person(name: string): Identity {
  return { name, email: `${name}@x.example`, assurance: 'self-asserted' };
}

export function makeSubject(
  version: Partial<ModelVersion> = {},
  model: Partial<Subject['model']> = {},
  artifacts: Subject['artifacts'] = [],
): Subject {
  return {
    model: {
      name: 'triage',
      state: 'LIVE',
      createdAt: now,
      updatedAt: now,
      aliases: {},
      versions: 3,
      customProperties: {},
      ...model,
    },
    version: {
      model: 'triage',
      version: '3',
      state: 'LIVE',
      status: 'candidate',
      author: person('author'),
      createdAt: now - 10 * day,
      weightsDigest: weights,
      modelDigest: 'm'.repeat(64),
      aliases: ['candidate'],
      lineage: { runId: 'run-1', trainer: person('trainer'), datasets: [], prompts: [] },
      customProperties: {},
      ...version,
    },
    artifacts,
  };
}

export function metricCheck(changes: Partial<MetricCheck> = {}): MetricCheck {
  return {
    id: 'C.metric',
    type: 'metric',
    benchmark: 'core',
    metric: 'accuracy',
    assert: { op: '>=', value: 0.8 },
    ...changes,
  };
}

export function cardCheck(changes: Partial<ModelCardCheck> = {}): ModelCardCheck {
  return { id: 'C.card', type: 'model-card', path: '#intended-use', ...changes };
}

export function lineageCheck(...require: LineageCheck['require']): LineageCheck {
  return { id: 'C.lineage', type: 'lineage', require };
}

export function attestationCheck(changes: Partial<AttestationCheck> = {}): AttestationCheck {
  return { id: 'C.attest', type: 'attestation', role: 'reviewer', statement: 'I have read them.', ...changes };
}

/** Accuracy with the interval given, or Wilson's by its counts elsewhere. */
export function accuracy(value: number | null, n: number, bounds: Partial<MetricValue> = {}): MetricValue {
  return {
    metric: 'accuracy',
    label: 'Accuracy',
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    value,
    n,
    ...bounds,
  };
}

export function slice(column: string, value: string, right: number, n: number): SliceResult {
  return { column, value, n, metrics: [accuracy(right / n, n)] };
}

export function makeVariant(changes: Partial<VariantResult> = {}): VariantResult {
  const metrics = [accuracy(0.85, 400, { low: 0.81, high: 0.88, confidence: 0.95 })];
  return {
    variant: 1,
    runId: 'run-9',
    model: 'registry:triage@3',
    samples: 400,
    failed: 0,
    metrics,
    slices: [],
    ...changes,
  };
}

export function makeRun(changes: Partial<EvidenceRun> = {}, ...variants: readonly VariantResult[]): EvidenceRun {
  const results = variants.length === 0 ? [makeVariant()] : variants;
  return {
    runId: 'run-9',
    endedAt: now - day,
    repeats: 1,
    confidence: 0.95,
    variants: results.map(result => ({ result, digest: 'd'.repeat(64) })),
    ...changes,
  };
}

export function checkIn(state: CheckState, changes: Partial<CheckResult> = {}): CheckResult {
  return { id: `C.${state}`, kind: 'metric', title: state, state, reason: `It is ${state}.`, evidence: [], ...changes };
}

/** A control whose checks are in these states, consistent with them. */
export function controlIn(states: readonly CheckState[], changes: Partial<ControlResult> = {}): ControlResult {
  const outcome = outcomeOf(states);
  return {
    id: 'C',
    title: 'Control',
    severity: 'high',
    weight: 5,
    policy: 'p',
    outcome,
    value: valueOf(outcome),
    reason: '',
    mappings: [],
    checks: states.map(state => checkIn(state)),
    ...changes,
  };
}

export function makeEffective(
  control: Partial<CompleteControl> = {},
  changes: Partial<EffectiveControl> = {},
): EffectiveControl {
  return {
    control: { id: 'C', title: 'Control', severity: 'high', checks: [metricCheck()], ...control },
    policy: 'p',
    tightenedBy: [],
    weight: 5,
    appliesTo: [],
    mappings: [],
    ...changes,
  };
}

export function makeWaiver(changes: Partial<Waiver> = {}): Waiver {
  return {
    id: 'waiver-1',
    control: 'C',
    model: 'triage',
    versions: ['3'],
    reason: 'Known, and small.',
    requestedBy: person('author'),
    requestedAt: now - 3 * day,
    expiresAt: now + 10 * day,
    approvals: [
      { by: person('bea'), at: now - 2 * day },
      { by: person('cem'), at: now - day },
    ],
    ...changes,
  };
}
