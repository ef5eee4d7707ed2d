/** What a search returned for one query and what it should have. */
export interface Ranking {
  /** Grade of each returned item, best rank first; 0 for an item that is not relevant. */
  readonly grades: readonly number[];
  /** Grades of all relevant items, above 0 and at most 1,000, in any order. */
  readonly relevant: readonly number[];
}

/** What a grade is worth to nDCG: itself (Järvelin and Kekäläinen 2002, trec_eval, scikit-learn) or 2^grade − 1 (Burges et al. 2005). */
export type Gain = 'linear' | 'exponential';

/**
 * Grades a list of ids by the relevant ids and their grades. An id returned twice counts where it stands first; its repeats keep
 * their ranks and are worth nothing. Grades of 0 and below mean not relevant, above 1,000 they count as 1,000.
 */
export function gradeRanking(returned: readonly string[], relevant: ReadonlyMap<string, number>): Ranking {
  const seen = new Set<string>();
  const grades = returned.map(id => {
    if (seen.has(id)) return 0;
    seen.add(id);
    return limitGrade(relevant.get(id) ?? 0);
  });
  return { grades, relevant: [...relevant.values()].map(limitGrade).filter(grade => grade > 0) };
}

function limitGrade(grade: number): number {
  return Math.min(1000, Math.max(0, grade));
}

// Definitions are trec_eval's (recall, P, success, recip_rank, ndcg_cut, map_cut), for the first k ranks; k is at least 1.
// A query without relevant items has no figure, where trec_eval counts 0.

/** Share of the relevant items that are among the first k. */
export function recallAt(ranking: Ranking, k: number): number | undefined {
  return ifRelevant(ranking, () => countFound(ranking, k) / ranking.relevant.length);
}

/** Relevant items among the first k, divided by k also where fewer were returned. */
export function precisionAt(ranking: Ranking, k: number): number | undefined {
  return ifRelevant(ranking, () => countFound(ranking, k) / k);
}

/** 1 where any of the first k is relevant, else 0. */
export function hitAt(ranking: Ranking, k: number): number | undefined {
  return ifRelevant(ranking, () => (countFound(ranking, k) > 0 ? 1 : 0));
}

/** 1 ÷ rank of the first relevant item, 0 where it is not among the first k (Voorhees 1999). Without `k`, all ranks count. */
export function reciprocalRank(ranking: Ranking, k = Infinity): number | undefined {
  return ifRelevant(ranking, () => {
    const first = ranking.grades.findIndex(grade => grade > 0);
    return first < 0 || first >= k ? 0 : 1 / (first + 1);
  });
}

/** Mean over all relevant items of the precision at each one's rank, 0 for those not among the first k. */
export function averagePrecisionAt(ranking: Ranking, k: number): number | undefined {
  return ifRelevant(ranking, () => {
    let found = 0;
    let sum = 0;
    for (let rank = 0; rank < Math.min(k, ranking.grades.length); rank++) {
      if (ranking.grades[rank]! > 0) sum += ++found / (rank + 1);
    }
    return sum / ranking.relevant.length;
  });
}

/** Gains of the first k ranks, each divided by log₂(rank + 1), over those of the best possible order. 0 … 1; binary where grades are 0 and 1. */
export function ndcgAt(ranking: Ranking, k: number, gain: Gain = 'linear'): number | undefined {
  return ifRelevant(ranking, () => {
    const ideal = ranking.relevant.toSorted((a, b) => b - a);
    return discount(ranking.grades, k, gain) / discount(ideal, k, gain);
  });
}

function discount(grades: readonly number[], k: number, gain: Gain): number {
  let sum = 0;
  for (let rank = 0; rank < Math.min(k, grades.length); rank++) {
    const grade = grades[rank]!;
    sum += (gain === 'linear' ? grade : 2 ** grade - 1) / Math.log2(rank + 2);
  }
  return sum;
}

function countFound({ grades }: Ranking, k: number): number {
  let found = 0;
  for (let rank = 0; rank < Math.min(k, grades.length); rank++) if (grades[rank]! > 0) found++;
  return found;
}

function ifRelevant({ relevant }: Ranking, compute: () => number): number | undefined {
  return relevant.length === 0 ? undefined : compute();
}
