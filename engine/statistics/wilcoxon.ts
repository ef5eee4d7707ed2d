import { normalTail } from './quantiles.ts';

/** Ranks of the differences' sizes, zeros left out. */
export interface SignedRanks {
  /** Differences that are not zero. */
  readonly n: number;
  /** How many of them are positive. */
  readonly positives: number;
  /** Sum of the positive differences' ranks, equal sizes sharing their mean rank. */
  readonly positiveSum: number;
  /** Σ (t³ − t) over groups of t equal sizes; 0 where no two are equal. */
  readonly ties: number;
}

/** Above this many differences the normal approximation takes over. */
const mostForExact = 25;

export function rankSigned(differences: Float64Array): SignedRanks {
  const above = differences.filter(difference => difference > 0).sort();
  const below = differences
    .filter(difference => difference < 0)
    .map(difference => -difference)
    .sort();
  let positiveSum = 0;
  let ties = 0;
  let up = 0;
  let down = 0;
  while (up < above.length || down < below.length) {
    const size = Math.min(above[up] ?? Infinity, below[down] ?? Infinity);
    const before = up + down;
    const firstUp = up;
    while (up < above.length && above[up] === size) up++;
    while (down < below.length && below[down] === size) down++;
    const equal = up + down - before;
    positiveSum += (up - firstUp) * (before + (equal + 1) / 2);
    ties += equal ** 3 - equal;
  }
  return { n: above.length + below.length, positives: above.length, positiveSum, ties };
}

/**
 * Two-sided p-value that paired differences lie evenly about zero: Wilcoxon (1945), "Individual comparisons by ranking methods", with
 * zeros dropped as he does. Exact for up to 25 differences without ties; else by the normal approximation with corrections for ties and
 * continuity (Hollander, Wolfe and Chicken 2014, section 3.1). scipy.stats.wilcoxon with `zero_method='wilcox'`, `correction=True`.
 */
export function wilcoxonTest(ranks: SignedRanks): { readonly pValue: number; readonly test: string } {
  if (ranks.n <= mostForExact && ranks.ties === 0)
    return { pValue: testExactly(ranks), test: 'Wilcoxon signed-rank, exact' };
  return { pValue: testNormally(ranks), test: 'Wilcoxon signed-rank, normal approximation' };
}

/** Counts the sign patterns that give each rank sum, adding one rank at a time. */
function testExactly({ n, positiveSum }: SignedRanks): number {
  const largest = (n * (n + 1)) / 2;
  const patterns = new Float64Array(largest + 1);
  patterns[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = largest; sum >= rank; sum--) patterns[sum]! += patterns[sum - rank]!;
  }
  const smaller = Math.min(positiveSum, largest - positiveSum);
  let extreme = 0;
  for (let sum = 0; sum <= smaller; sum++) extreme += patterns[sum]!;
  return Math.min(1, (2 * extreme) / 2 ** n);
}

function testNormally({ n, positiveSum, ties }: SignedRanks): number {
  const distance = positiveSum - (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  return Math.min(1, 2 * normalTail(Math.abs(distance - Math.sign(distance) / 2) / deviation));
}
