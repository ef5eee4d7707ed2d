import { GrowingNumbers } from './growing-numbers.ts';

/**
 * Which of the rows, ordered by their positions, are in: those below `below`, and the first `at` (in file order) of those that lie at it
 * exactly, which are rows with equal content.
 */
export interface Cut {
  readonly below: number;
  readonly at: number;
}

/** Positions by stratum, for cuts that are exact: eight bytes a row. */
export class Strata {
  readonly #positions = new Map<string, GrowingNumbers>();
  total = 0;

  add(stratum: string, position: number): void {
    let own = this.#positions.get(stratum);
    if (own === undefined) {
      own = new GrowingNumbers();
      this.#positions.set(stratum, own);
    }
    own.add(position);
    this.total += 1;
  }

  get count(): number {
    return this.#positions.size;
  }

  /** Cuts that let `wanted` rows in, from each stratum in proportion to its rows, by largest remainders. */
  cutsFor(wanted: number): ReadonlyMap<string, Cut> {
    const strata = [...this.#positions].sort(([a], [b]) => (a < b ? -1 : 1));
    const kept = Math.min(wanted, this.total);
    const quotas = strata.map(([name, own]) => {
      const exact = (kept * own.length) / Math.max(1, this.total);
      return { name, own, rows: Math.floor(exact), rest: exact - Math.floor(exact) };
    });
    let left = kept - quotas.reduce((sum, { rows }) => sum + rows, 0);
    for (const quota of quotas.toSorted((a, b) => b.rest - a.rest)) {
      if (left <= 0) break;
      quota.rows += 1;
      left -= 1;
    }
    return new Map(quotas.map(({ name, own, rows }) => [name, cutAt(own.sorted(), rows)]));
  }
}

function cutAt(sorted: Float64Array, rows: number): Cut {
  const below = sorted[rows];
  if (below === undefined) return { below: Number.POSITIVE_INFINITY, at: 0 };
  let first = rows;
  while (first > 0 && sorted[first - 1] === below) first -= 1;
  return { below, at: rows - first };
}

/** Applies cuts to rows in file order. */
export function createGate(cuts: ReadonlyMap<string, Cut>): (stratum: string, position: number) => boolean {
  const used = new Map<string, number>();
  return (stratum, position) => {
    const cut = cuts.get(stratum);
    if (cut === undefined || position > cut.below) return false;
    if (position < cut.below) return true;
    const taken = used.get(stratum) ?? 0;
    used.set(stratum, taken + 1);
    return taken < cut.at;
  };
}
