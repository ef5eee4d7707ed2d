import type { AssessmentRecord, Identity, TuningReport } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../../engine/ports/registry.ts';
import { makeProgress } from './runs.ts';

/** Milliseconds of a day. */
export const day = 86_400_000;

/** Somebody by this name. */
export function identity(name: string): Identity {
  return { name, email: `${name}@x.example`, assurance: 'self-asserted' };
}

/** An assessment that is consistent with itself: one control, met, and one that asks for an attestation. */
export function makeAssessment(
  id: string,
  { model, version, weightsDigest, author, lineage }: LocalVersion,
  assessor: Identity,
  now: number,
  changes: Partial<AssessmentRecord> = {},
): AssessmentRecord {
  const control = { severity: 'high' as const, weight: 5, policy: 'p', reason: 'It is so.', mappings: [] };
  return {
    schemaVersion: 1,
    id,
    subject: {
      model,
      version,
      weightsDigest,
      author,
      ...(lineage.trainer === undefined ? {} : { trainer: lineage.trainer }),
    },
    assessedAt: now,
    validUntil: now + 30 * day,
    assessor,
    workbench: '0.1.0',
    policies: [],
    policySetDigest: 'd',
    score: 50,
    coverage: 50,
    waived: 0,
    gate: {
      outcome: 'passed',
      sentence: 'Passed.',
      conditions: [{ condition: 'Score', required: 'at least 40', actual: '50', outcome: 'met' }],
    },
    controls: [
      {
        ...control,
        id: 'PERF-01',
        title: 'Right often enough',
        outcome: 'compliant',
        value: 1,
        checks: [{ id: 'PERF-01.a', kind: 'metric', title: 'Accuracy', state: 'pass', reason: 'Met.', evidence: [] }],
      },
      {
        ...control,
        id: 'OVR-01',
        title: 'A person has looked',
        outcome: 'not-assessed',
        value: 0,
        checks: [
          {
            id: 'OVR-01.a',
            kind: 'attestation',
            title: 'Wrong answers were read',
            state: 'missing',
            reason: 'Nobody has.',
            evidence: [],
            attest: { role: 'reviewer', statement: 'I have read them.' },
          },
        ],
      },
    ],
    waivers: [],
    frameworks: [],
    ...changes,
  };
}

/** Gate of an assessment that failed, consistent with its condition. */
export const failedGate: AssessmentRecord['gate'] = {
  outcome: 'failed',
  sentence: 'Failed: 1 of 1 condition is not met.',
  conditions: [{ condition: 'Score', required: 'at least 80', actual: '50', outcome: 'not-met' }],
};

/** A finished tuning run's report with two checkpoints; epoch 2, of `weights`, is the best. */
export function makeTuningReport(runId: string, weights: string, bytes: number): TuningReport {
  const metric = { label: 'Accuracy', kind: 'quality', unit: 'ratio', direction: 'higher', n: 50 } as const;
  return {
    run: {
      id: runId,
      name: 'triage-tuned',
      kind: 'tune',
      file: 'triage.tune.yaml',
      state: 'succeeded',
      origin: 'terminal',
      createdAt: 1000,
      endedAt: 2000,
      archived: false,
      progress: makeProgress(),
      headlines: [],
    },
    base: 'embedded:linear',
    platform: 'local',
    method: 'full',
    hyperparameters: { epochs: 2, learningRate: 0.1 },
    selection: { aspect: 'core-performance', metric: 'accuracy', label: 'Accuracy', direction: 'higher' },
    aspects: [
      {
        aspect: 'core-performance',
        dataset: 'data/tickets.jsonl',
        datasetDigest: 'test-rows',
        trainingDigest: 'training-rows',
        card: { path: 'data/tickets.card.md', digest: 'card', license: 'mit' },
        trainingRows: 200,
        validationRows: 20,
        testRows: 50,
        weight: 1,
        metrics: [{ ...metric, metric: 'accuracy', value: 0.8, low: 0.7, high: 0.88, confidence: 0.95 }],
        slices: [],
        gaps: [],
      },
    ],
    epochs: [],
    checkpoints: [
      { epoch: 1, digest: weights.replace(/^.{4}/, '0000'), bytes, best: false, last: false },
      { epoch: 2, digest: weights, bytes, best: true, last: true },
    ],
    environment: { workbench: '0.1.0', node: '24', platform: 'linux', host: 'here', seed: 3, fileDigest: 'f' },
    notes: [],
  };
}
