import type { TrainingRecord } from '../ports/store.ts';
import type { Digest } from '../ports/digest.ts';
import { tagOf, type JobBundle, type JobInput } from './platform.ts';
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
    inputs: plan.aspects.flatMap(aspect => learningInputs(aspect, digest)),
    output: `runs/${tagOf(runId)}`,
    task: 'text-classification',
    base: { kind: 'embedded', ...(baseWeights === undefined ? {} : { weights: baseWeights }) },
    method: { name: 'full' },
    labels: plan.labels,
    hyperparameters: plan.hyperparameters,
    seed: plan.seed,
    evaluation: {
      metrics: plan.metricEntries,
      every: { epochs: plan.measureEvery },
      select: plan.selection,
      limit: 200,
      maxTokens: 256,
    },
    bootDeadline: 1200,
    ...(deadline === undefined ? {} : { deadline }),
    ...(budget === undefined ? {} : { budget: Math.max(0, budget - spentBefore) }),
    ...(spentBefore === 0 ? {} : { counted: spentBefore }),
    trainingDigest: digest.sha256(JSON.stringify([spec.text, plan.dataDigest, baseWeights ?? ''])),
    ...(resume === undefined ? {} : { resume }),
  };
}

function resumeOf({ stateDigest, epochs }: TrainingRecord): JobBundle['resume'] {
  const last = epochs.at(-1);
  return stateDigest === undefined || last === undefined ? undefined : { epoch: last.epoch, stateDigest };
}

function learningInputs({ name, weight, training, validation }: AspectRows, digest: Digest): JobInput[] {
  return [
    { role: 'train', aspect: name, weight, digest: digestRows(training, digest), rows: training },
    { role: 'validation', aspect: name, weight, digest: digestRows(validation, digest), rows: validation },
  ];
}
