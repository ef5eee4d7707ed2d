/** ` (did you mean "x"?)` for the candidate closest to what was written, or nothing when none is close. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const closest = closestName(written, candidates);
  return closest === undefined ? '' : ` (did you mean "${closest}"?)`;
}

/** The candidate within a third of its length in edits (at least 1), ignoring case; the first of equally close ones. */
export function closestName(written: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance && distance <= Math.max(1, Math.floor(candidate.length / 3))) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance with swapped neighbours as one edit; the names compared are short. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 24 || a.length > 200 || b.length > 200) return Number.POSITIVE_INFINITY;
  let beforePrevious: readonly number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (beforePrevious[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(substitution, swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
