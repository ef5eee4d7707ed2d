import { normalQuantile } from './quantiles.ts';

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
