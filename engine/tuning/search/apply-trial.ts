import type { LoraSettings, TuningJob } from '../../../schemas/generated/files.ts';
import type { SearchTrial } from '../../../schemas/generated/messages.ts';
import { omit } from '../../base/omit.ts';

/**
 * The job as one trial of its search trains it: the trial's values take the place of the file's, `rank` goes to the adapter. It searches no
 * further and registers nothing: the search registers the best of its trials.
 */
export function applyTrial(job: TuningJob, { parameters }: Pick<SearchTrial, 'parameters'>): TuningJob {
  const { rank, ...values } = parameters;
  return {
    ...omit(job, 'search', 'register'),
    hyperparameters: { ...job.hyperparameters, ...values },
    ...(rank === undefined ? {} : { method: { lora: { ...adapterOf(job), rank } } }),
  };
}

function adapterOf({ method }: TuningJob): LoraSettings {
  return typeof method === 'object' ? method.lora : {};
}
