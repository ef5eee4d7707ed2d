import type { TuningRow } from './row.ts';

/** Training rows of one dataset, and the share of them that is held out. */
export interface HeldOutOf {
  readonly share: number;
  readonly training: readonly TuningRow[];
}

/**
 * The groups that are measured instead of learnt: those whose digest, read as a number in 0 … 1, lies below the share. It depends on the
 * group (or the row's own content) alone, so rows that belong together go together, also across aspects (there the largest share of
 * theirs counts), and the same ones are held out again however a dataset grows. Groups that share a text go together too.
 */
export function chooseHeldOut(datasets: readonly HeldOutOf[]): ReadonlySet<string> {
  const heldOut = new Set<string>();
  for (const { share, training } of datasets) {
    for (const { group } of training) if (positionOf(group) < share) heldOut.add(group);
  }
  const contents = new Set<string>();
  let before = -1;
  while (heldOut.size > before) {
    before = heldOut.size;
    for (const { training } of datasets) {
      for (const { group, content } of training) if (heldOut.has(group)) contents.add(content);
    }
    for (const { training } of datasets) {
      for (const { group, content } of training) if (contents.has(content)) heldOut.add(group);
    }
  }
  return heldOut;
}

/** The first 52 bits of a digest as a number in 0 … 1. */
function positionOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}
