import { type BleuTokenizer, tokenizeForBleu } from './bleu-tokenizers.ts';
import { createNgramMatcher, type Symbols } from './ngram-matcher.ts';
import { stripEnd } from './python-text.ts';
import { signatureVersion } from './signature.ts';

export type BleuSmoothing = 'exp' | 'none' | 'floor' | 'add-k';

export interface BleuOptions {
  /** Default `13a`. */
  readonly tokenizer?: BleuTokenizer;
  /** Default `exp`. */
  readonly smoothing?: BleuSmoothing;
  /** What `floor` (default 0.1) and `add-k` (default 1) add. */
  readonly smoothingValue?: number;
  readonly lowercase?: boolean;
  /** Leave out the orders that the hypothesis is too short for: false for a corpus (default), true for a sentence. */
  readonly effectiveOrder?: boolean;
}

const maxOrder = 4;
const matcher = createNgramMatcher();

/** Numbers in one statistic: matches of orders 1 to 4, n-grams of orders 1 to 4, length of the hypothesis, length of the closest reference. */
export const bleuStatisticsLength = 2 * maxOrder + 2;

/**
 * The sufficient statistics of one hypothesis: those of a corpus, or of a resample, are their sum. Lengths are in tokens; among references equally close in
 * length the shorter counts. Source: sacrebleu 2.6.0 (Papineni and others 2002; Post 2018).
 * @throws RangeError without a reference.
 */
export function bleuStatistics(hypothesis: string, references: readonly string[], options: BleuOptions): Float64Array {
  if (references.length === 0) throw new RangeError('BLEU needs at least one reference.');
  const ids = new Map<string, number>();
  const symbols = internTokens(hypothesis, ids, options);
  const others = references.map(reference => internTokens(reference, ids, options));
  const statistics = new Float64Array(bleuStatisticsLength);
  matcher.match(symbols, others, maxOrder, statistics, 0);
  for (let order = 1; order <= maxOrder; order++) {
    statistics[maxOrder + order - 1] = Math.max(0, symbols.length - order + 1);
  }
  statistics[2 * maxOrder] = symbols.length;
  statistics[2 * maxOrder + 1] = closestLength(symbols.length, others);
  return statistics;
}

function internTokens(text: string, ids: Map<string, number>, options: BleuOptions): Symbols {
  const line = stripEnd(options.lowercase ? text.toLowerCase() : text);
  const tokens = tokenizeForBleu(line, options.tokenizer ?? '13a');
  const symbols = new Int32Array(tokens.length);
  for (let index = 0; index < tokens.length; index++) {
    let id = ids.get(tokens[index]!);
    if (id === undefined) ids.set(tokens[index]!, (id = ids.size));
    symbols[index] = id;
  }
  return { ids: symbols, length: symbols.length };
}

function closestLength(length: number, references: readonly Symbols[]): number {
  let closest = references[0]!.length;
  for (const { length: other } of references) {
    const gain = Math.abs(length - closest) - Math.abs(length - other);
    if (gain > 0 || (gain === 0 && other < closest)) closest = other;
  }
  return closest;
}

/**
 * BLEU in 0..100: brevity penalty × geometric mean of the n-gram precisions; 0 where nothing matches.
 * Source: sacrebleu 2.6.0, `BLEU.compute_bleu`; smoothing after Chen and Cherry 2014.
 */
export function bleuScore(statistics: Float64Array, options: BleuOptions): number {
  const smoothing = options.smoothing ?? 'exp';
  const value = smoothingValue(options);
  const length = statistics[2 * maxOrder]!;
  const referenceLength = statistics[2 * maxOrder + 1]!;
  if (statistics.subarray(0, maxOrder).every(count => count === 0)) return 0;

  const logs: number[] = [];
  let halving = 1;
  for (let order = 0; order < maxOrder; order++) {
    const added = smoothing === 'add-k' && order > 0 ? value : 0;
    const correct = statistics[order]! + added;
    const total = statistics[maxOrder + order]! + added;
    if (total === 0) break;
    if (correct > 0) logs.push(Math.log((100 * correct) / total));
    else if (smoothing === 'exp') logs.push(Math.log(100 / ((halving *= 2) * total)));
    else if (smoothing === 'floor') logs.push(Math.log((100 * value) / total));
    else return 0;
  }
  if (logs.length < maxOrder && !options.effectiveOrder) return 0;
  const brevity = length < referenceLength ? Math.exp(1 - referenceLength / length) : 1;
  return brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

function smoothingValue({ smoothing, smoothingValue }: BleuOptions): number {
  return smoothingValue ?? (smoothing === 'floor' ? 0.1 : 1);
}

/** What a reader needs to compare the figure, in sacrebleu's words. `referenceCount` is per hypothesis; `undefined` where it varies. */
export function bleuSignature(options: BleuOptions, referenceCount: number | undefined): string {
  const smoothing = options.smoothing ?? 'exp';
  const valued = smoothing === 'floor' || smoothing === 'add-k';
  return [
    `nrefs:${referenceCount ?? 'var'}`,
    `case:${options.lowercase ? 'lc' : 'mixed'}`,
    `eff:${options.effectiveOrder ? 'yes' : 'no'}`,
    `tok:${options.tokenizer ?? '13a'}`,
    `smooth:${valued ? `${smoothing}[${smoothingValue(options).toFixed(2)}]` : smoothing}`,
    signatureVersion,
  ].join('|');
}
