import type { Metric as MetricEntry } from '../../../schemas/generated/files.ts';
import type { TrainerJob } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { createMetric } from '../../metrics/catalogue.ts';
import type { JobBundle } from '../platform.ts';

type Figure = TrainerJob['evaluation']['select']['figure'];

const byName: Readonly<Record<string, Figure>> = {
  accuracy: 'accuracy',
  wer: 'wer',
  cer: 'cer',
  bleu: 'bleu',
  chrf: 'chrf',
  'exact-match': 'exact-match',
};

/**
 * How the trainer computes what a job selects by. Throws `metric-unsuitable` for a metric that only the workbench computes: the trainer
 * decides alone, and must not ask.
 */
export function figureOf({ select, metrics }: JobBundle['evaluation']): Figure {
  if (select.metric === 'loss') return 'loss';
  const entry = metrics.find(candidate => createMetric(candidate, metrics).id === select.metric);
  const figure = entry === undefined ? undefined : figureOfEntry(entry);
  if (figure !== undefined) return figure;
  throw new WorkbenchError('metric-unsuitable', `The trainer cannot choose the best checkpoint by ${select.label}.`, {
    remedy:
      'Set `evaluation.select.metric` to loss, accuracy, f1 (macro), exact-match, wer, cer, bleu or chrf; all others are measured at the end all the same.',
  });
}

function figureOfEntry(entry: MetricEntry): Figure | undefined {
  if (typeof entry === 'string') return entry === 'f1' ? 'macro-f1' : byName[entry];
  const [named] = Object.entries(entry) as [string, { readonly average?: string }][];
  const [name, parameters] = named ?? ['', {}];
  if (name === 'f1') return (parameters.average ?? 'macro') === 'macro' ? 'macro-f1' : undefined;
  return byName[name];
}
