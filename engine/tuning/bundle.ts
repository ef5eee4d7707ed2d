import type { TrainingRecord } from '../ports/store.ts';
import type { Digest } from '../ports/digest.ts';
import type { JobBundle, JobInput } from './platform.ts';
import type { TuningPlan } from './plan.ts';
import { digestRows, type AspectRows } from './rows.ts';

/** What a platform needs to train a plan, from where earlier attempts left off. */
export function bundleJob(
  plan: TuningPlan,
  runId: string,
  earlier: TrainingRecord,
  spentBefore: number,
  digest: Digest,
): JobBundle {
  const { spec, base, deadline, budget } = plan;
  const baseWeights = base?.reference.weightsDigest;
  const resume = resumeOf(earlier);
  return {
    runId,
    name: spec.name,
    environment: [],
    inputs: plan.aspects.flatMap(aspect => inputsOf(aspect, digest)),
    output: `runs/${runId}`,
    method: plan.job.method ?? 'full',
    labels: plan.labels,
    ...(baseWeights === undefined ? {} : { baseWeights }),
    hyperparameters: plan.hyperparameters,
    seed: plan.seed,
    evaluation: { metrics: plan.metricEntries, every: plan.measureEvery },
    ...(deadline === undefined ? {} : { deadline }),
    ...(budget === undefined ? {} : { budget: Math.max(0, budget - spentBefore) }),
    trainingDigest: digest.sha256(JSON.stringify([spec.text, plan.dataDigest, baseWeights ?? ''])),
    ...(resume === undefined ? {} : { resume }),
  };
}

function resumeOf({ stateDigest, epochs }: TrainingRecord): JobBundle['resume'] {
  const last = epochs.at(-1);
  return stateDigest === undefined || last === undefined ? undefined : { epoch: last.epoch, stateDigest };
}

function inputsOf({ name, weight, training, validation }: AspectRows, digest: Digest): JobInput[] {
  return [
    { role: 'train', aspect: name, weight, digest: digestRows(training, digest), rows: training },
    { role: 'validation', aspect: name, weight, digest: digestRows(validation, digest), rows: validation },
  ];
}
