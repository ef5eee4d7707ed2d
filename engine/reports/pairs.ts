import type { PairedComparison, VariantResult } from '../../schemas/generated/messages.ts';
import type { SampleColumns, Store } from '../ports/store.ts';
import { comparePaired, type CompareOptions, type PairedResult } from '../statistics/compare.ts';
import { adjustHolm } from '../statistics/holm.ts';
import { verdictSentence, verdictOf } from '../statistics/verdict.ts';
import type { ColumnReader } from './columns.ts';
import { sizeFormat, type ComparedMetric } from './compared-metrics.ts';
import { variantName } from './format.ts';
import { compareCorpus, pairCorpus, sumCorpus, type CorpusPair } from './paired-corpus.ts';
import { indexRows, meanByRow, type RowIndex, type RowNumbers } from './paired-rows.ts';

/** A variant with its place in the report. */
export interface PlacedVariant {
  readonly index: number;
  readonly result: VariantResult;
}

export interface VariantPair {
  readonly variant: PlacedVariant;
  readonly baseline: PlacedVariant;
}

/** Compares pairs by every metric; what is large is let go of as soon as a pair is done. */
export interface PairComparer {
  /** Takes one pair's rows. Pairs with the same baseline should follow one another. */
  add(pair: VariantPair, variant: SampleColumns, baseline: SampleColumns): void;
  /** The verdicts, metric by metric in the order of the metrics. */
  finish(signal: AbortSignal): Promise<PairedComparison[]>;
}

interface Compared {
  readonly pair: VariantPair;
  /** By metric; those of corpus figures come at the end. */
  readonly results: (PairedResult | undefined)[];
  readonly corpus: CorpusPair | undefined;
}

/**
 * Compares each pair on the rows both answered. A metric that says right or wrong: McNemar's exact test. Other scores, and any metric
 * where rows were asked several times (repeats of a row are not independent): the differences of row means. Corpus
 * figures: approximate randomisation over rows, or the jackknife where only the figure itself is known. P values are adjusted by Holm's method across the pairs, metric by
 * metric, and the verdict follows the adjusted value.
 */
export function createPairComparer(
  metrics: readonly ComparedMetric[],
  options: CompareOptions,
  store: Store,
): PairComparer {
  const compared: Compared[] = [];
  const corpora = metrics.filter(({ values }) => values === undefined);
  let held: { readonly columns: SampleColumns; readonly index: RowIndex } | undefined;

  return {
    add(pair, variant, baseline) {
      if (held?.columns !== baseline) held = { columns: baseline, index: indexRows(baseline) };
      const { index } = held;
      const numbers = index.match(variant);
      const results = metrics.map(metric =>
        metric.values === undefined
          ? undefined
          : compareRows(
              metric,
              options,
              index.rows,
              [numbers, metric.values(variant)],
              [index.own, metric.values(baseline)],
            ),
      );
      const sideOf = ({ result }: PlacedVariant, columns: SampleColumns, rows: RowNumbers) => ({
        runId: result.runId,
        variant: result.variant,
        columns,
        numbers: rows,
      });
      const corpus =
        corpora.length === 0
          ? undefined
          : pairCorpus(
              sideOf(pair.variant, variant, numbers),
              sideOf(pair.baseline, baseline, index.own),
              index.rows,
              options.seed,
            );
      compared.push({ pair, results, corpus });
    },
    async finish(signal) {
      held = undefined;
      const pairs = compared.flatMap(({ corpus }) => (corpus === undefined ? [] : [corpus]));
      if (pairs.length > 0) await sumCorpus(pairs, corpora, store, signal);
      for (const { results, corpus } of compared) {
        for (const [index, metric] of metrics.entries()) {
          if (corpus !== undefined) results[index] ??= compareCorpus(corpus, metric, options);
        }
      }
      return metrics.flatMap((metric, index) => judgeMetric(metric, index, compared, options));
    },
  };
}

/** Compares pairs whose samples are read one after the other. */
export async function comparePairs(
  pairs: readonly VariantPair[],
  metrics: readonly ComparedMetric[],
  options: CompareOptions,
  store: Store,
  reader: ColumnReader,
  signal: AbortSignal,
): Promise<PairedComparison[]> {
  const comparer = createPairComparer(metrics, options, store);
  for (const pair of pairs) {
    const baseline = await reader.read(pair.baseline.result.runId, pair.baseline.result.variant);
    comparer.add(pair, await reader.read(pair.variant.result.runId, pair.variant.result.variant), baseline);
  }
  return comparer.finish(signal);
}

function compareRows(
  { isRight }: ComparedMetric,
  options: CompareOptions,
  rows: number,
  variant: readonly [RowNumbers, Float64Array],
  baseline: readonly [RowNumbers, Float64Array],
): PairedResult {
  const a = meanByRow(...variant, rows);
  const b = meanByRow(...baseline, rows);
  if (isRight !== undefined && a.once && b.once)
    return comparePaired({ counts: countRight(a.means, b.means, isRight) }, options);
  const differences = a.means.map((mean, row) => mean - b.means[row]!).filter(difference => !Number.isNaN(difference));
  return comparePaired({ differences }, options);
}

function countRight(variant: Float64Array, baseline: Float64Array, isRight: (value: number) => boolean) {
  const counts = { bothRight: 0, onlyVariant: 0, onlyBaseline: 0, bothWrong: 0 };
  for (let row = 0; row < variant.length; row++) {
    if (Number.isNaN(variant[row]!) || Number.isNaN(baseline[row]!)) continue;
    const first = isRight(variant[row]!);
    const second = isRight(baseline[row]!);
    if (first) counts[second ? 'bothRight' : 'onlyVariant']++;
    else counts[second ? 'onlyBaseline' : 'bothWrong']++;
  }
  return counts;
}

/**
 * A metric that neither side of any pair has, such as a price that is not known, is left out, and so are latencies and costs that are equal
 * throughout, such as those of models that cost nothing; the leading metric never is.
 */
function judgeMetric(
  metric: ComparedMetric,
  index: number,
  compared: readonly Compared[],
  { confidence }: CompareOptions,
): PairedComparison[] {
  const results = compared.map(({ results: all }) => all[index]);
  if (index > 0 && results.every(result => result === undefined || result.n === 0)) return [];
  if (metric.kind !== 'quality' && results.every(result => result?.low === 0 && result.high === 0)) return [];
  const adjusted = adjustHolm(results.map(result => result?.pValue ?? 1));
  return compared.flatMap(({ pair }, position) => {
    const result = results[position];
    const pValue = adjusted[position];
    if (result === undefined || pValue === undefined) return [];
    const verdict = result.n === 0 ? 'not-computed' : verdictOf(result, pValue, confidence, metric.direction);
    const names = namePair(pair.variant.result, pair.baseline.result);
    const sentence = verdictSentence(verdict, result, ...names, sizeFormat(metric.unit));
    return [
      {
        variant: pair.variant.index,
        baseline: pair.baseline.index,
        metric: metric.id,
        label: metric.label,
        kind: metric.kind,
        unit: metric.unit,
        direction: metric.direction,
        n: result.n,
        ...(result.difference === undefined ? {} : { difference: result.difference }),
        ...(result.low === undefined || result.high === undefined ? {} : { low: result.low, high: result.high }),
        pValue,
        test: compared.length > 1 ? `${result.test}, Holm-adjusted` : result.test,
        method: result.method,
        ...(result.rowsNeeded === undefined ? {} : { rowsNeeded: Math.min(result.rowsNeeded, mostRowsNeeded) }),
        verdict,
        sentence: index === 0 ? sentence : nameMetric(metric, verdict, names, sentence),
      },
    ];
  });
}

/** Beside the leading metric's sentences others must say what they are about. */
function nameMetric(
  { label }: ComparedMetric,
  verdict: PairedComparison['verdict'],
  [variant, baseline]: readonly [string, string],
  sentence: string,
): string {
  return verdict === 'not-distinguishable'
    ? `${label} of ${variant} and ${baseline}: ${sentence}`
    : `${label}: ${sentence}`;
}

/** Beyond this a number of rows only says that nothing will settle it. */
const mostRowsNeeded = Number.MAX_SAFE_INTEGER;

/** The same model in two runs is told apart by its run. */
function namePair(variant: VariantResult, baseline: VariantResult): [variant: string, baseline: string] {
  const names = [variant, baseline].map(result =>
    variant.runId === baseline.runId ? variantName(result) : `${variantName(result)} (run ${result.runId})`,
  );
  return [names[0] ?? '', names[1] ?? ''];
}
