import type { Metric as MetricEntry, TuningJob } from '../../schemas/generated/files.ts';
import { aspectsOf, defaultTuningMetrics, localPlatform } from '../documents/tune-checks.ts';
import { createMetric } from '../metrics/catalogue.ts';
import type { Hyperparameters } from './platform.ts';
import type { Selection } from './selection.ts';

/** A validated job's hyperparameters with the defaults its schema names. */
export function hyperparametersOf({
  hyperparameters,
}: TuningJob): Pick<Hyperparameters, 'epochs' | 'learningRate' | 'l2'> {
  const { epochs = 25, learningRate = 0.5, l2 = 0 } = hyperparameters ?? {};
  return { epochs, learningRate, l2 };
}

export function metricEntriesOf({ evaluation }: TuningJob): readonly MetricEntry[] {
  return evaluation?.metrics ?? defaultTuningMetrics ?? [];
}

/** Name of the platform: the one given at the start, else the job's. */
export function platformNameOf(job: TuningJob, given: string | undefined): string {
  return given ?? job.platform ?? localPlatform;
}

export function seedOf({ seed }: TuningJob): number {
  return seed ?? 7;
}

/** What chooses the best checkpoint: as the job says, else its first metric on its first aspect. */
export function selectionOf(job: TuningJob): Selection {
  const select = job.evaluation?.select;
  const metrics = metricEntriesOf(job).map(entry => createMetric(entry));
  const aspect = select?.aspect ?? aspectsOf(job)[0]?.[0] ?? 'core-performance';
  const found = metrics.find(({ id }) => id === (select?.metric ?? metrics[0]?.id));
  // The checks of the file allow the metrics of the job and the loss.
  if (found === undefined) return { aspect, metric: 'loss', label: 'Loss', direction: 'lower' };
  return { aspect, metric: found.id, label: found.label, direction: found.direction === 'lower' ? 'lower' : 'higher' };
}
