import { logFactorial } from './binomial.ts';
import { percentile, type ClosedInterval } from './intervals.ts';
import type { Random } from './random.ts';

/** Percentile interval (Efron 1979) of resampled statistics; orders `estimates` in place. */
export function percentileBootstrap(estimates: Float64Array, confidence: number): ClosedInterval {
  estimates.sort();
  const tail = (1 - confidence) / 2;
  return { low: percentile(estimates, tail), high: percentile(estimates, 1 - tail) };
}

/** Percentile bootstrap of the mean: `resamples` means of as many values drawn with replacement. */
export function bootstrapMean(
  values: Float64Array,
  confidence: number,
  resamples: number,
  random: Random,
): ClosedInterval {
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let draw = 0; draw < values.length; draw++) sum += values[random.below(values.length)]!;
    means[resample] = sum / values.length;
  }
  return percentileBootstrap(means, confidence);
}

/**
 * Two-sided p-value that paired differences have no direction: how often random signs give a sum as far from zero
 * (Fisher 1935), counting the observed one in both numerator and denominator.
 */
export function signFlipTest(differences: Float64Array, flips: number, random: Random): number {
  let observed = 0;
  let size = 0;
  for (const difference of differences) {
    observed += difference;
    size += Math.abs(difference);
  }
  const bar = Math.abs(observed) - size * 1e-12;
  let atLeast = 1;
  for (let flip = 0; flip < flips; flip++) {
    let sum = 0;
    let bits = 0;
    for (let index = 0; index < differences.length; index++) {
      if ((index & 31) === 0) bits = random.uint32();
      sum += bits & 1 ? differences[index]! : -differences[index]!;
      bits >>>= 1;
    }
    if (Math.abs(sum) >= bar) atLeast++;
  }
  return atLeast / (flips + 1);
}

/**
 * Draws the counts of one multinomial resample of `total` rows into `into`: cell i with probability counts[i] / total.
 * Rows are drawn one by one where they are few, and cell by cell as binomials otherwise; both are exact.
 */
export function createMultinomial(counts: Float64Array, random: Random): (into: Float64Array) => void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= counts.length * 24) {
    const cellOf = new Int32Array(total);
    let row = 0;
    counts.forEach((count, cell) => cellOf.fill(cell, row, (row += count)));
    return into => {
      into.fill(0);
      for (let draw = 0; draw < total; draw++) into[cellOf[random.below(total)]!]! += 1;
    };
  }
  return into => {
    let left = total;
    let remaining = total;
    for (let cell = 0; cell < counts.length; cell++) {
      const drawn = left === 0 ? 0 : drawBinomial(left, counts[cell]! / remaining, random);
      into[cell] = drawn;
      left -= drawn;
      remaining -= counts[cell]!;
    }
  };
}

/** One draw of the number of successes in n trials. */
export function drawBinomial(n: number, p: number, random: Random): number {
  if (p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, random);
  return n * p < 10 ? drawByInversion(n, p, random) : drawByRejection(n, p, random);
}

/** Walks down the cumulative distribution. */
function drawByInversion(n: number, p: number, random: Random): number {
  const odds = p / (1 - p);
  const first = Math.exp(n * Math.log1p(-p));
  for (;;) {
    let left = random.unit();
    let mass = first;
    for (let k = 0; k <= n && k < 110; k++) {
      if (left < mass) return k;
      left -= mass;
      mass *= ((n - k) * odds) / (k + 1);
    }
  }
}

/** Hörmann (1993), "The generation of binomial random variates", algorithm BTRS. */
function drawByRejection(n: number, p: number, random: Random): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const accept = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((n + 1) * p);
  const top = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = random.unit() - 0.5;
    let v = random.unit();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= accept) return k;
    if (k < 0 || k > n) continue;
    v = Math.log((v * alpha) / (a / (us * us) + b));
    if (v <= top - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds) return k;
  }
}
