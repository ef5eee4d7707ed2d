import type { Aspect, Metric as MetricEntry, TuningDataset, TuningJob } from '../../schemas/generated/files.ts';
import type { TuningReport } from '../../schemas/generated/messages.ts';

export type AspectName = keyof TuningJob['aspects'];

export type TuningTask = NonNullable<TuningReport['task']>;

/**
 * What a job's base is, as far as its name tells: the embedded model, one that our trainer trains (of the hub or a folder), one that a service
 * tunes, or earlier weights of which only the store or a registry knows more.
 */
export type NamedBase = 'embedded' | 'hub' | 'folder' | 'service' | 'stored';

export function namedBaseOf({ base }: Pick<TuningJob, 'base'>): NamedBase {
  if (base.startsWith('embedded:')) return 'embedded';
  if (base.startsWith('hub:')) return 'hub';
  if (base.startsWith('folder:')) return 'folder';
  return base.startsWith('service:') ? 'service' : 'stored';
}

/** A job's aspects in the order of the file. */
export function aspectsOf(job: Pick<TuningJob, 'aspects'>): readonly (readonly [AspectName, Aspect])[] {
  return Object.entries(job.aspects) as [AspectName, Aspect][];
}

/** An aspect's datasets in the order of the file. */
export function datasetsOf({ dataset, datasets }: Aspect): readonly TuningDataset[] {
  return datasets ?? (dataset === undefined ? [] : [dataset]);
}

/**
 * What a job trains its model to do, as the file says it or its base and datasets make it. Undefined where earlier weights are trained on and
 * nothing else tells: they may be those of an embedded model.
 */
export function namedTaskOf(job: Pick<TuningJob, 'task' | 'base' | 'aspects' | 'method'>): TuningTask | undefined {
  if (job.task !== undefined) return job.task;
  const base = namedBaseOf(job);
  if (base === 'embedded') return 'text-classification';
  const datasets = aspectsOf(job).flatMap(([, aspect]) => datasetsOf(aspect));
  if (datasets.some(({ audio }) => audio !== undefined)) return 'automatic-speech-recognition';
  const generates = datasets.some(({ messages, system }) => messages !== undefined || system !== undefined);
  return base !== 'stored' || generates || (job.method !== undefined && job.method !== 'full')
    ? 'text-generation'
    : undefined;
}

/** What a job is measured by where it does not say. */
export const usualTuningMetrics: Readonly<Record<TuningTask, readonly MetricEntry[]>> = {
  'text-classification': ['accuracy'],
  'text-generation': ['exact-match'],
  'automatic-speech-recognition': ['wer'],
};
