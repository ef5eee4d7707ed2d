import { estimateMean, type Estimate } from './estimate.ts';

/** One problem's attempts. */
export interface Attempts {
  readonly attempts: number;
  readonly passed: number;
}

/**
 * Chance that at least one of k attempts passes, estimated without bias from n ≥ k attempts of which c passed: 1 − C(n − c, k) ÷ C(n, k),
 * as the product of Chen et al. (2021), "Evaluating large language models trained on code". Undefined for fewer than k attempts.
 */
export function passAtK({ attempts, passed }: Attempts, k: number): number | undefined {
  if (attempts < k) return undefined;
  if (attempts - passed < k) return 1;
  let allFail = 1;
  for (let at = attempts - passed + 1; at <= attempts; at++) allFail *= 1 - k / at;
  return 1 - allFail;
}

/** Mean of pass@k over the problems with at least k attempts, with an interval over problems; `n` counts them. */
export function estimatePassAtK(problems: readonly Attempts[], k: number, confidence: number): Estimate {
  const values = problems.flatMap(problem => passAtK(problem, k) ?? []);
  return estimateMean(Float64Array.from(values), confidence, { least: 0, most: 1 });
}
