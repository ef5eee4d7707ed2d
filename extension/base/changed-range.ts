/** The one stretch in which two texts differ: offsets into the first, and what stands there in the second. */
export function changedRange(before: string, after: string): { start: number; end: number; inserted: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { start, end: before.length - same, inserted: after.slice(start, after.length - same) };
}
