import type { PairedComparison, VariantResult } from '../../schemas/generated/messages.ts';
import type { Store } from '../ports/store.ts';
import { comparePaired, type PairedResult } from '../statistics/compare.ts';
import { adjustHolm } from '../statistics/holm.ts';
import { verdictSentence, verdictOf } from '../statistics/verdict.ts';
import { variantName } from './format.ts';

/** A variant with its place in the report. */
export interface PairableVariant {
  readonly index: number;
  readonly result: VariantResult;
  readonly repeats: number;
}

export interface VariantPair {
  readonly variant: PairableVariant;
  readonly baseline: PairableVariant;
}

export interface PairOptions {
  readonly leading: string;
  readonly confidence: number;
  readonly seed: number;
}

/**
 * Compares each pair on the rows both answered: McNemar's exact test on right and wrong, or a paired bootstrap over row means
 * where rows were asked several times (repeats of a row are not independent). P values are adjusted by Holm's method across
 * the pairs, and the verdict follows the adjusted value.
 */
export async function comparePairs(
  pairs: readonly VariantPair[],
  options: PairOptions,
  store: Store,
): Promise<PairedComparison[]> {
  const results: PairedResult[] = [];
  for (const { variant, baseline } of pairs) {
    results.push(await comparePair(variant, baseline, options, store));
  }
  const adjusted = adjustHolm(results.map(({ pValue }) => pValue));
  return pairs.map(({ variant, baseline }, position) => {
    const result = results[position];
    const pValue = adjusted[position];
    if (result === undefined || pValue === undefined) throw new Error('Every pair has a result.');
    const figure = variant.result.metrics.find(({ metric }) => metric === options.leading);
    const verdict = result.n === 0 ? 'not-computed' : verdictOf(result, pValue, options.confidence);
    return {
      variant: variant.index,
      baseline: baseline.index,
      metric: options.leading,
      label: figure?.label ?? options.leading,
      unit: 'ratio',
      n: result.n,
      difference: result.difference,
      low: result.low,
      high: result.high,
      pValue,
      test: pairs.length > 1 ? `${result.test}, Holm-adjusted` : result.test,
      verdict,
      sentence: verdictSentence(verdict, result, ...namePair(variant.result, baseline.result)),
    };
  });
}

/** The same model in two runs is told apart by its run. */
function namePair(variant: VariantResult, baseline: VariantResult): [variant: string, baseline: string] {
  const names = [variant, baseline].map(result =>
    variant.runId === baseline.runId ? variantName(result) : `${variantName(result)} (run ${result.runId})`,
  );
  return [names[0] ?? '', names[1] ?? ''];
}

async function comparePair(
  variant: PairableVariant,
  baseline: PairableVariant,
  options: PairOptions,
  store: Store,
): Promise<PairedResult> {
  const query = {
    runA: variant.result.runId,
    variantA: variant.result.variant,
    runB: baseline.result.runId,
    variantB: baseline.result.variant,
  };
  const { confidence, seed } = options;
  if (variant.repeats > 1 || baseline.repeats > 1) {
    const differences = await store.pairDifferences({ ...query, metric: options.leading });
    return comparePaired({ differences }, { confidence, seed });
  }
  const { bothRight, onlyA, onlyB, bothWrong } = await store.pairCounts(query);
  return comparePaired(
    { counts: { bothRight, onlyVariant: onlyA, onlyBaseline: onlyB, bothWrong } },
    { confidence, seed },
  );
}
