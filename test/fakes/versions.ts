import type {
  AssessmentSummary,
  Identity,
  ModelVersion,
  RegisteredModel,
  VersionDetails,
} from '../../schemas/generated/messages.ts';

const author: Identity = { name: 'Ada', email: 'ada@marlo.example', assurance: 'self-asserted' };

export function makeModel(changes: Partial<RegisteredModel> = {}): RegisteredModel {
  return {
    name: 'triage',
    state: 'LIVE',
    createdAt: 1,
    updatedAt: 1,
    aliases: {},
    versions: 1,
    customProperties: {},
    ...changes,
  };
}

/** A candidate that nothing has been said of yet. */
export function makeVersion(
  version: Partial<ModelVersion> = {},
  details: Partial<Omit<VersionDetails, 'version'>> = {},
): VersionDetails {
  return {
    version: {
      model: 'triage',
      version: '1',
      state: 'LIVE',
      status: 'candidate',
      author,
      createdAt: 1,
      weightsDigest: 'a'.repeat(64),
      modelDigest: 'b'.repeat(64),
      aliases: [],
      lineage: { datasets: [], prompts: [] },
      customProperties: {},
      ...version,
    },
    artifacts: [],
    approval: { state: 'none', sentence: 'Not requested.' },
    assessments: [],
    ...details,
  };
}

export function makeAssessmentSummary(changes: Partial<AssessmentSummary> = {}): AssessmentSummary {
  return {
    id: 'a1',
    model: 'triage',
    version: '1',
    assessedAt: 1,
    assessor: author,
    digest: 'c'.repeat(64),
    gate: 'passed',
    score: 92.5,
    coverage: 100,
    waived: 0,
    policies: ['acme.ai-policy 3.1.0'],
    ...changes,
  };
}
