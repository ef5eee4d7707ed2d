const halfLogTwoPi = 0.91893853320467274178;

/**
 * Stirling's error: ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π, for x > 0. From its asymptotic series, which the recurrence
 * in x reaches for small x.
 */
function stirlingError(x: number): number {
  if (x < 16) return stirlingError(x + 1) + (x + 0.5) * Math.log1p(1 / x) - 1;
  const square = x * x;
  const inner = 1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square;
  return (1 / 12 - (1 / 360 - inner / square) / square) / x;
}

/** ln x!, for x ≥ 0. */
export function logFactorial(x: number): number {
  return x === 0 ? 0 : (x + 0.5) * Math.log(x) - x + halfLogTwoPi + stirlingError(x);
}

/** Half the deviance x ln(x / mean) + mean − x, without cancellation where x is near its mean. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) < 0.1 * (x + mean)) {
    const ratio = (x - mean) / (x + mean);
    let sum = (x - mean) * ratio;
    let term = 2 * x * ratio;
    for (let odd = 3; odd < 1000; odd += 2) {
      term *= ratio * ratio;
      const next = sum + term / odd;
      if (next === sum) return sum;
      sum = next;
    }
  }
  return x * Math.log(x / mean) + mean - x;
}

/**
 * Probability of k successes in n trials, also for real k and n: Γ(n+1) / (Γ(k+1) Γ(n−k+1)) · p^k · q^(n−k).
 * Loader (2000), "Fast and accurate computation of binomial probabilities". `q` is 1 − p, given to keep its digits.
 */
export function binomialMass(k: number, n: number, p: number, q: number): number {
  if (p === 0) return k === 0 ? 1 : 0;
  if (q === 0) return k === n ? 1 : 0;
  if (k === 0) return Math.exp(n * logOf(q, p));
  if (k === n) return Math.exp(n * logOf(p, q));
  if (k < 0 || k > n) return 0;
  const exponent =
    stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
  return Math.exp(exponent - halfLogTwoPi) * Math.sqrt(n / (k * (n - k)));
}

/** Probability of at most k successes in n trials. `k` and `n` are whole. */
export function binomialCumulative(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return k < n * p ? sumDown(k, n, p) : 1 - sumDown(n - k - 1, n, 1 - p);
}

/** Smallest k with at least `probability` below or at it. */
export function binomialQuantile(probability: number, n: number, p: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCumulative(middle, n, p) >= probability) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Sums the masses at k, k − 1, …, each from the last; they shrink, as k is below the mean. */
function sumDown(k: number, n: number, p: number): number {
  const q = 1 - p;
  let mass = binomialMass(k, n, p, q);
  let sum = mass;
  for (let at = k; at > 0 && mass > sum * 1e-18; at--) {
    mass *= (at * q) / ((n - at + 1) * p);
    sum += mass;
  }
  return sum;
}

/** ln x, where y = 1 − x may carry the digits. */
function logOf(x: number, y: number): number {
  return y < 0.5 ? Math.log1p(-y) : Math.log(x);
}
