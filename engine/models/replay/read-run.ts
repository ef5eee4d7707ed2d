import { WorkbenchError } from '../../base/errors.ts';
import type { Store } from '../../ports/store.ts';
import { RecordedAnswers, recordOf } from './recorded.ts';

/** The answers of one model of a stored run, with what identifies them. */
export interface RecordedRun {
  readonly answers: RecordedAnswers;
  readonly runId: string;
  readonly variant: number;
}

/**
 * Reads the answers a stored run got from a model, by the name the run gave it; absent means its only one. Failures are replayed as
 * failures. Throws `run-not-found`, or `model-unknown` where the run does not say which answers are meant.
 */
export async function readRecordedRun(
  store: Pick<Store, 'getRun' | 'readSamples'>,
  runId: string,
  model: string | undefined,
  signal: AbortSignal,
): Promise<RecordedRun> {
  const { summary, variants } = await store.getRun(runId);
  const named = model === undefined ? variants : variants.filter(variant => variant.model === model);
  const [only, ...others] = named;
  if (only === undefined || others.length > 0) {
    const names = [...new Set(variants.map(variant => variant.model))].join(', ');
    const what =
      model === undefined
        ? 'more than one model'
        : only === undefined
          ? `no model "${model}"`
          : `several prompts for "${model}"`;
    throw new WorkbenchError('model-unknown', `Run ${summary.id} has ${variants.length === 0 ? 'no answers' : what}.`, {
      remedy:
        named.length > 1 && model !== undefined
          ? 'Only a run with one prompt can be replayed.'
          : `Name one of its models in \`model\`: ${names === '' ? 'it has none' : names}.`,
    });
  }
  const answers = new RecordedAnswers();
  for await (const samples of store.readSamples(summary.id, signal, only.variant)) {
    for (const sample of samples) {
      const { rowDigest, input, repeat } = sample;
      if (sample.occurrence === 0) answers.add({ rowDigest, input }, repeat, recordOf(sample));
    }
  }
  return { answers, runId: summary.id, variant: only.variant };
}
