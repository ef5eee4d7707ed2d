import type { Artifact, AssessmentSubject, RegisteredModel } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';

/** The model version under assessment, with all the registry knows of it. */
export interface Subject {
  readonly model: RegisteredModel;
  readonly version: LocalVersion;
  readonly artifacts: readonly Artifact[];
}

/** The subject as a record names it. */
export function describeSubject({ version }: Subject): AssessmentSubject {
  const { trainer, runId } = version.lineage;
  return {
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    author: version.author,
    ...(trainer === undefined ? {} : { trainer }),
    ...(runId === undefined ? {} : { runId }),
  };
}
