import type { MetricValue } from '../../../schemas/generated/messages.ts';
import { cohenKappa } from '../../statistics/agreement.ts';
import type { Estimate } from '../../statistics/estimate.ts';
import { krippendorffAlpha } from '../../statistics/krippendorff.ts';
import { createNumberList } from '../../statistics/numbers.ts';
import type { AggregateOptions, Aggregator, Observation } from '../metric.ts';

export interface AgreementFigure {
  readonly metric: string;
  readonly label: string;
  /** Keys of the judges' scores. */
  readonly keys: readonly string[];
  /** Position of a score among the verdicts, from 0. */
  readonly category: (score: number) => number;
  readonly categories: number;
  /** Whether verdicts far apart disagree more than neighbours. */
  readonly ordered: boolean;
}

/**
 * How far judges agree beyond chance: Cohen's kappa of two (weighted by squared distance where verdicts have an order), Krippendorff's alpha
 * of more (interval or nominal). Answers that lack a judge's word are left out.
 */
export function collectAgreement(figure: AgreementFigure): Aggregator {
  const { keys } = figure;
  const words = createNumberList();
  return {
    add({ scores }: Observation) {
      const row = keys.map(key => scores?.[key]);
      if (row.some(score => score === undefined)) return;
      for (const score of row) words.push(figure.category(score ?? 0));
    },
    values: options => [describe(figure, words.view(), options)],
  };
}

function describe(figure: AgreementFigure, words: Float64Array, options: AggregateOptions): MetricValue {
  const { n, point, low, high, method } = estimate(figure, words, options);
  const name = figure.keys.length === 2 ? 'Cohen’s κ' : 'Krippendorff’s α';
  const base = {
    metric: figure.metric,
    label: `${figure.label}, agreement (${name})`,
    kind: 'quality',
    unit: 'score',
    direction: 'neutral',
    n,
  } satisfies Partial<MetricValue>;
  if (point === undefined) {
    return { ...base, value: null, note: 'The judges never differed in what they said, so chance explains all of it.' };
  }
  const interval = { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
  return { ...base, value: point, ...interval, confidence: options.confidence, method };
}

function estimate(
  { keys, categories, ordered }: AgreementFigure,
  words: Float64Array,
  options: AggregateOptions,
): Estimate {
  const raters = keys.length;
  if (raters !== 2) return krippendorffAlpha({ values: words, raters }, ordered ? 'interval' : 'nominal', options);
  const rows = words.length / 2;
  const first = Int32Array.from({ length: rows }, (_, row) => words[2 * row] ?? -1);
  const second = Int32Array.from({ length: rows }, (_, row) => words[2 * row + 1] ?? -1);
  return cohenKappa(first, second, categories, ordered ? 'quadratic' : 'none', options);
}
