import { stringify } from 'yaml';
import type { DatasetFacts, MetricValue, Report, VariantResult } from '../../schemas/generated/messages.ts';
import { variantName } from './format.ts';

/** The Hub's own ids of metrics, where they differ from ours. */
const typeOfMetric: Readonly<Record<string, string>> = {
  'exact-match': 'exact_match',
  'token-f1': 'squad',
  'mean-absolute-error': 'mae',
};

/**
 * The report as the `model-index` block of Hugging Face model cards, one entry a variant: quality figures only, as the Hub shows them,
 * each with its interval's bounds, the run that measured it and whether a registered version is known to have answered as arguments. Figures that could not be computed are left out.
 */
export function renderModelIndex(report: Report): string {
  const models = report.variants.map(variant => ({
    name: variantName(variant),
    results: [
      {
        task: { type: taskOf(variant) },
        dataset: datasetOf(report.dataset, report.title),
        metrics: variant.metrics
          .filter(({ kind, value }) => kind === 'quality' && value !== null)
          .map(figure => hubMetric({ ...figure, run: variant.runId, identity: variant.identity?.state })),
      },
    ],
  }));
  return stringify({ 'model-index': models }, { lineWidth: 0 });
}

/** A figure as the Hub names it. Arguments that are not known are left out. */
export function hubMetric(
  figure: Pick<MetricValue, 'metric' | 'label' | 'low' | 'high' | 'confidence'> & {
    readonly value: number | null;
    readonly n?: number;
    readonly method?: string;
    readonly run?: string;
    readonly identity?: string | undefined;
  },
) {
  const { metric, label, value, n, low, high, confidence, method, run, identity } = figure;
  const bounds = low === undefined || high === undefined ? {} : { low, high, confidence, method };
  const args = Object.fromEntries(
    Object.entries({ n, ...bounds, run, identity }).filter(([, each]) => each !== undefined),
  );
  return { type: typeOfMetric[metric] ?? metric, value, name: label, args };
}

function taskOf({ confusion, metrics }: VariantResult): string {
  if (confusion !== undefined) return 'text-classification';
  return metrics.some(({ metric }) => metric === 'wer') ? 'automatic-speech-recognition' : 'text-generation';
}

function datasetOf(dataset: DatasetFacts | undefined, title: string) {
  if (dataset === undefined) return { name: title, type: 'unknown' };
  const name = dataset.path.slice(dataset.path.lastIndexOf('/') + 1);
  return { name, type: dataset.path, split: 'test', revision: dataset.digest };
}
