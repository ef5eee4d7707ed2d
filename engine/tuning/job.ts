import type { Interval as FileInterval, Metric as MetricEntry, TuningJob } from '../../schemas/generated/files.ts';
import { omit } from '../base/omit.ts';
import { localPlatform } from '../diagnostics/tune-checks.ts';
import { aspectsOf, namedBaseOf, namedTaskOf, usualTuningMetrics, type TuningTask } from '../documents/tune-kind.ts';
import { createMetric } from '../metrics/catalogue.ts';
import type { BaseModel } from '../models/transformers/base.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';
import type { Hyperparameters, Interval, TuningMethod } from './platform.ts';
import type { Selection } from './selection.ts';

export type BaseKind = BaseModel['kind'];

/**
 * What kind of model a job starts from. What a checkpoint or registered version is, only its `reference` tells; without one (a plan made
 * before the run was created) the job's other settings have to do.
 */
export function kindOfBase(job: TuningJob, reference?: Pick<TrainedModelReference, 'format'>): BaseKind {
  const named = namedBaseOf(job);
  if (named !== 'stored') return named;
  if (reference === undefined)
    return (namedTaskOf(job) ?? 'text-classification') === 'text-classification' ? 'embedded' : 'stored';
  switch (reference.format) {
    case undefined:
    case 'linear':
      return 'embedded';
    case 'service':
      return 'service';
    case 'transformers':
    case 'peft':
      return 'stored';
  }
}

/** What the model is trained to do: as the job says, else by its base and datasets; of earlier weights what they were trained for. */
export function taskOf(job: TuningJob, base: BaseKind, reference?: Pick<TrainedModelReference, 'task'>): TuningTask {
  if (job.task !== undefined) return job.task;
  if (base === 'embedded') return 'text-classification';
  return reference?.task ?? namedTaskOf(job) ?? 'text-generation';
}

/** How the weights are trained. A service trains its own way, which counts as `full`. */
export function methodOf({ method }: TuningJob, base: BaseKind): TuningMethod {
  if (base === 'embedded' || base === 'service' || method === 'full') return { name: 'full' };
  const {
    rank = 16,
    alpha = 2 * rank,
    dropout = 0.05,
    targetModules,
    merge = false,
  } = typeof method === 'object' ? method.lora : {};
  return {
    name: 'lora',
    rank,
    alpha,
    dropout,
    ...(targetModules === undefined ? {} : { targetModules }),
    merge,
  };
}

/** What a service is told nothing of: it chooses these itself. */
const usualRates = { lora: 0.0002, full: 0.00005 };

/** A validated job's hyperparameters with the defaults its schema names for its kind of base. */
export function hyperparametersOf(job: TuningJob, base: BaseKind, task: TuningTask): Hyperparameters {
  const given = job.hyperparameters ?? {};
  if (base === 'embedded') {
    const { epochs = 25, learningRate = 0.5, l2 = 0 } = given;
    return { epochs, learningRate, l2 };
  }
  const { epochs = 3, learningRate = usualRates[methodOf(job, base).name], ...rest } = omit(given, 'l2');
  if (base === 'service') return { epochs, learningRate, l2: 0, ...rest };
  const {
    batchSize = 8,
    gradientAccumulation = 1,
    weightDecay = 0,
    warmupRatio = 0.03,
    scheduler = 'linear',
    maxLength = 1024,
    precision = 'auto',
    gradientCheckpointing = false,
    lossOn,
    maxSteps,
  } = rest;
  return {
    epochs,
    learningRate,
    l2: 0,
    ...(maxSteps === undefined ? {} : { maxSteps }),
    batchSize,
    gradientAccumulation,
    weightDecay,
    warmupRatio,
    scheduler,
    maxLength,
    precision,
    gradientCheckpointing,
    ...(task === 'text-generation' ? { lossOn: lossOn ?? 'answer' } : {}),
  };
}

/** The settings a run reports: those that its kind of training knows. */
export function shownHyperparameters(
  hyperparameters: Hyperparameters,
  method: TuningMethod,
  base: BaseKind,
): Record<string, number | string | boolean> {
  const { l2, learningRate, ...rest } = hyperparameters;
  return {
    ...rest,
    ...(base === 'service' ? {} : { learningRate }),
    ...(base === 'embedded' ? { l2 } : {}),
    ...(method.name === 'full'
      ? {}
      : {
          rank: method.rank,
          alpha: method.alpha,
          dropout: method.dropout,
          ...(method.targetModules === undefined ? {} : { targetModules: method.targetModules.join(', ') }),
          ...(method.merge ? { merge: true } : {}),
        }),
  };
}

/** How a report names the method: a service says nothing of its own. */
export function methodName(method: TuningMethod, base: BaseKind): string {
  return base === 'service' ? 'service' : method.name;
}

/** What a job is measured by: as it says, else what is usual for its task. */
export function metricEntriesOf({ evaluation }: TuningJob, task: TuningTask): readonly MetricEntry[] {
  return evaluation?.metrics ?? usualTuningMetrics[task];
}

/** Name of the platform: the one given at the start, else the job's. */
export function platformNameOf(job: TuningJob, given: string | undefined): string {
  return given ?? job.platform ?? localPlatform;
}

export function seedOf({ seed }: TuningJob): number {
  return seed ?? 7;
}

/** `5` and `50 steps` as the file has them. */
export function intervalOf(every: FileInterval | undefined): Interval | undefined {
  if (every === undefined) return undefined;
  return typeof every === 'number' ? { epochs: every } : { steps: Number.parseInt(every, 10) };
}

/** What chooses the best checkpoint: as the job says, else its first metric on its first aspect. */
export function selectionOf(job: TuningJob, task: TuningTask): Selection {
  const select = job.evaluation?.select;
  const metrics = metricEntriesOf(job, task).map(entry => createMetric(entry));
  const aspect = select?.aspect ?? aspectsOf(job)[0]?.[0] ?? 'core-performance';
  const found = metrics.find(({ id }) => id === (select?.metric ?? metrics[0]?.id));
  // The checks of the file allow the metrics of the job and the loss.
  if (found === undefined) return { aspect, metric: 'loss', label: 'Loss', direction: 'lower' };
  return { aspect, metric: found.id, label: found.label, direction: found.direction === 'lower' ? 'lower' : 'higher' };
}
