import type { Platform, TuningJob } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { baseNamed, baseOfReference, type BaseModel } from '../models/transformers/base.ts';
import type { Files } from '../ports/files.ts';
import type { RunSpec, TrainedModelReference } from '../ports/run-spec.ts';
import type { ChosenPlatform } from './choose-platform.ts';
import { kindOfBase, type BaseKind } from './job.ts';

/** The weights that a job starts from, as the run was created with them; undefined for other bases, and in a plan made before that. */
export function referenceOf({ base }: TuningJob, { trained = {} }: RunSpec): TrainedModelReference | undefined {
  return Object.hasOwn(trained, base) ? trained[base] : undefined;
}

/**
 * What training starts from. Of a base that is not resolved yet as much as its name tells. `folder:` paths start from the job's own folder.
 */
export function resolveBase(
  job: TuningJob,
  reference: TrainedModelReference | undefined,
  spec: Pick<RunSpec, 'path'>,
  files: Pick<Files, 'resolve' | 'parent'>,
): BaseModel {
  const kind = kindOfBase(job, reference);
  if (kind === 'embedded')
    return reference === undefined ? { kind } : { kind: 'embedded', weights: reference.weightsDigest };
  if (reference !== undefined) return baseOfReference(job.base, reference);
  return baseNamed(job.base, path => files.resolve(files.parent(spec.path), path));
}

/** Why a platform cannot train a base, and what to do. */
export interface Unfit {
  readonly why: string;
  readonly remedy: string;
}

/** Embedded models train in the run's own process, services tune their own models, and everything else runs our trainer. Undefined where the base can be trained there. */
export function whyUnfit(base: BaseKind, { type }: Pick<Platform, 'type'>): Unfit | undefined {
  if (base === 'embedded') {
    if (type === 'local') return undefined;
    return {
      why: 'the embedded model trains on this machine only',
      remedy: 'Use `platform: local`, or a base of the hub or a folder.',
    };
  }
  if (base === 'service') {
    if (type === 'openai') return undefined;
    return {
      why: 'a service tunes its models itself',
      remedy: 'Name a platform of type `openai` in `platform`.',
    };
  }
  if (type !== 'openai') return undefined;
  return {
    why: 'that service tunes its own models only',
    remedy: 'Write the base as `service:MODEL`, or choose another platform.',
  };
}

/** Throws `model-unsuitable` for a base that cannot be trained on the platform. */
export function requireFit(base: BaseKind, name: string, { name: platform, settings }: ChosenPlatform): void {
  const unfit = whyUnfit(base, settings);
  if (unfit === undefined) return;
  throw new WorkbenchError('model-unsuitable', `${name} cannot be trained on ${platform}: ${unfit.why}.`, {
    remedy: unfit.remedy,
  });
}
