import type { Artifact, AssessmentSubject, RegisteredModel } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';

/** The model version under assessment, with all the registry knows of it; or a run in the place of one. */
export interface Subject {
  readonly model: RegisteredModel;
  readonly version: LocalVersion;
  readonly artifacts: readonly Artifact[];
  /** The run it stands for, where it is no registered version. */
  readonly measured?: { readonly runId: string; readonly model: string };
}

/** The subject as a record names it. */
export function describeSubject({ version, measured }: Subject): AssessmentSubject {
  if (measured !== undefined) {
    const { model, version: run, weightsDigest } = version;
    return { model, version: run, weightsDigest, measured };
  }
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
