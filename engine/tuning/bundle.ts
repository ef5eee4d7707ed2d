import type { Digest } from '../ports/digest.ts';
import type { TrainingRecord } from '../ports/training.ts';
import { tagOf, type AskedRow, type JobBundle, type JobInput } from './platform.ts';
import type { TuningPlan } from './plan.ts';
import { digestRows, type AspectRows } from './rows.ts';

/** What a platform needs to train a plan, from where earlier attempts left off. The test rows go without their expected answers. */
export function bundleJob(
  plan: TuningPlan,
  runId: string,
  earlier: TrainingRecord,
  spentBefore: number,
  digest: Digest,
): JobBundle {
  const { spec, job, base, patience, keepEvery, deadline, budget } = plan;
  const resume = resumeOf(earlier);
  return {
    runId,
    name: spec.name,
    task: plan.task,
    base,
    method: plan.method,
    inputs: plan.aspects.flatMap(aspect => inputsOfAspect(aspect, digest)),
    output: `runs/${tagOf(runId)}`,
    labels: plan.labels,
    hyperparameters: plan.hyperparameters,
    seed: plan.seed,
    evaluation: {
      metrics: plan.metricEntries,
      every: plan.measureEvery,
      select: plan.selection,
      ...(patience === undefined ? {} : { patience }),
      limit: job.evaluation?.limit ?? 200,
      maxTokens: job.evaluation?.maxTokens ?? 256,
    },
    ...(keepEvery === undefined ? {} : { keepEvery }),
    ...hardwareOf(plan),
    bootDeadline: plan.bootDeadline,
    ...(deadline === undefined ? {} : { deadline }),
    ...(budget === undefined ? {} : { budget: Math.max(0, budget - spentBefore) }),
    ...(spentBefore === 0 ? {} : { counted: spentBefore }),
    trainingDigest: digestTraining(plan, digest),
    ...(resume === undefined ? {} : { resume }),
  };
}

/** SHA-256 over what is trained on and how: a state of another training must not be gone on from. */
function digestTraining({ spec, base, dataDigest }: TuningPlan, digest: Digest): string {
  const start = base.kind === 'embedded' ? (base.weights ?? '') : JSON.stringify(base);
  const trial = spec.trial === undefined ? [] : [spec.trial.parameters];
  return digest.sha256(JSON.stringify([spec.text, dataDigest, start, ...trial]));
}

function resumeOf({ stateDigest, epochs }: TrainingRecord): JobBundle['resume'] {
  const last = epochs.at(-1);
  return stateDigest === undefined || last === undefined ? undefined : { epoch: last.epoch, stateDigest };
}

function hardwareOf({ job: { hardware } }: TuningPlan): Pick<JobBundle, 'hardware'> {
  if (hardware === undefined) return {};
  const { gpu = [], count, cluster } = hardware;
  return {
    hardware: {
      gpus: typeof gpu === 'string' ? [gpu] : gpu,
      ...(count === undefined ? {} : { count }),
      ...(cluster === undefined ? {} : { cluster }),
    },
  };
}

function inputsOfAspect({ name, weight, training, validation, test }: AspectRows, digest: Digest): JobInput[] {
  const shared = { aspect: name, weight };
  return [
    { role: 'train', ...shared, digest: digestRows(training, digest), rows: training },
    { role: 'validation', ...shared, digest: digestRows(validation, digest), rows: validation },
    { role: 'test', ...shared, digest: digestRows(test, digest), rows: test.map(asked) },
  ];
}

function asked({ text, messages, audio }: AskedRow): AskedRow {
  return {
    text,
    ...(messages === undefined ? {} : { messages }),
    ...(audio === undefined ? {} : { audio }),
  };
}
