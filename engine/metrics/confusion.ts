import type { ConfusionMatrix } from '../../schemas/generated/messages.ts';
import { hashLabel, normaliseLabel } from './labels.ts';

/** Above this many labels no matrix is shown; the figures are still computed. */
const mostShownLabels = 200;
const mostRememberedSpellings = 4096;
const longestRememberedSpelling = 256;

/** One non-empty cell: rows with this target and this answer. `answer` is −1 for answers that are no label. */
export interface ConfusionCell {
  readonly target: number;
  readonly answer: number;
  readonly count: number;
}

/** Counts rows by target and answer. The labels are the targets seen; an answer that equals none of them is "other". */
interface ConfusionCounts {
  readonly labels: number;
  readonly n: number;
  add(target: string, answer: string): void;
  cells(): ConfusionCell[];
  matrix(): ConfusionMatrix | undefined;
}

/**
 * Keeps one number for each distinct label or answer and never their texts (but for the names of up to 200 labels and a bounded memory of spellings).
 * Answers that are no label yet are counted by hash and join their label when a later row's target names it, so that the order of rows does not matter.
 */
export function countConfusion(): ConfusionCounts {
  const names: string[] = [];
  const labelOf = new Map<number, number>();
  const labelOfSpelling = new Map<string, number>();
  const counts = new Map<number, Map<number, number>>();
  const strangers = new Map<number, Map<number, number>>();
  let labels = 0;
  let n = 0;

  function findTarget(target: string): number {
    const known = labelOfSpelling.get(target);
    if (known !== undefined) return known;
    const hash = hashLabel(normaliseLabel(target));
    let label = labelOf.get(hash);
    if (label === undefined) {
      label = labels++;
      labelOf.set(hash, label);
      if (label < mostShownLabels) names.push(target.trim());
      else names.length = 0;
      adoptStrangers(hash, label);
    }
    remember(target, label);
    return label;
  }

  function adoptStrangers(hash: number, label: number): void {
    const byTarget = strangers.get(hash);
    if (!byTarget) return;
    strangers.delete(hash);
    for (const [target, count] of byTarget) increase(counts, target, label, count);
  }

  function remember(spelling: string, label: number): void {
    if (labelOfSpelling.size >= mostRememberedSpellings || spelling.length > longestRememberedSpelling) return;
    labelOfSpelling.set(spelling, label);
  }

  function addAnswer(target: number, answer: string): void {
    let label = labelOfSpelling.get(answer);
    if (label === undefined) {
      const hash = hashLabel(normaliseLabel(answer));
      label = labelOf.get(hash);
      if (label === undefined) {
        increase(strangers, hash, target, 1);
        return;
      }
      remember(answer, label);
    }
    increase(counts, target, label, 1);
  }

  return {
    get labels() {
      return labels;
    },
    get n() {
      return n;
    },
    add(target, answer) {
      n++;
      addAnswer(findTarget(target), answer);
    },
    cells() {
      const cells: ConfusionCell[] = [];
      for (const [target, row] of counts) for (const [answer, count] of row) cells.push({ target, answer, count });
      for (const [target, count] of sumByTarget(strangers)) cells.push({ target, answer: -1, count });
      return cells.sort((a, b) => a.target - b.target || a.answer - b.answer);
    },
    matrix() {
      if (labels > mostShownLabels) return undefined;
      const shown = names.map(() => names.map(() => 0));
      const other = names.map(() => 0);
      for (const [target, row] of counts) for (const [answer, count] of row) shown[target]![answer] = count;
      for (const [target, count] of sumByTarget(strangers)) other[target] = count;
      return { labels: [...names], counts: shown, other };
    },
  };
}

function increase(counts: Map<number, Map<number, number>>, outer: number, inner: number, by: number): void {
  let row = counts.get(outer);
  if (!row) counts.set(outer, (row = new Map<number, number>()));
  row.set(inner, (row.get(inner) ?? 0) + by);
}

function sumByTarget(strangers: ReadonlyMap<number, ReadonlyMap<number, number>>): Map<number, number> {
  const sums = new Map<number, number>();
  for (const byTarget of strangers.values()) {
    for (const [target, count] of byTarget) sums.set(target, (sums.get(target) ?? 0) + count);
  }
  return sums;
}
