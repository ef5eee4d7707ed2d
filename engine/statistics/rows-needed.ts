import { normalQuantile } from './quantiles.ts';
import type { SignedRanks } from './wilcoxon.ts';

/** Chance that a real difference of the observed size would then be found. */
const power = 0.8;

/**
 * About how many paired rows would show the observed difference of two shares as significant, with 80 % power: Connor (1987),
 * "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43. `discordance` is the share of rows
 * that one answered right and the other wrong. Undefined where there is no difference to find.
 */
export function rowsNeededForShares(discordance: number, difference: number, confidence: number): number | undefined {
  if (difference === 0) return undefined;
  const found = normalQuantile((1 + confidence) / 2) * Math.sqrt(discordance);
  const missed = normalQuantile(power) * Math.sqrt(Math.max(0, discordance - difference * difference));
  return Math.ceil(((found + missed) / difference) ** 2);
}

/** The same for the mean of paired differences with this standard deviation, by the normal approximation. */
export function rowsNeededForMean(deviation: number, mean: number, confidence: number): number | undefined {
  if (mean === 0) return undefined;
  const distance = normalQuantile((1 + confidence) / 2) + normalQuantile(power);
  return Math.ceil(((distance * deviation) / mean) ** 2);
}

/**
 * About how many rows would show the observed shift as significant with 80 % power: Noether (1987), "Sample size determination for some
 * common nonparametric tests", JASA 82, from the share of pairs of differences whose sum is positive. `rows` counts zeros too.
 * Undefined where the ranks lean to neither side.
 */
export function rowsNeededForRanks(ranks: SignedRanks, rows: number, confidence: number): number | undefined {
  const { n, positives, positiveSum } = ranks;
  if (n < 2) return undefined;
  const lean = (positiveSum - positives) / ((n * (n - 1)) / 2) - 0.5;
  if (lean === 0) return undefined;
  const distance = normalQuantile((1 + confidence) / 2) + normalQuantile(power);
  return Math.ceil((distance ** 2 / (3 * lean ** 2)) * (rows / n));
}
