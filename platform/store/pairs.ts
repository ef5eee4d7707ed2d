import type { PairCounts, PairDifferenceQuery, PairQuery } from '../../engine/ports/store.ts';
import type { StoreContext } from './context.ts';
import { findRun } from './runs.ts';
import { findLanes } from './samples.ts';

/** Counts, over rows decided for both sides, who was right. First repeats only: repeats of one row are not independent. */
export function countPairs(context: StoreContext, query: PairQuery): PairCounts {
  return context.driver.read(() => {
    const { a, b } = findPair(context, query);
    const row = context.driver.get(
      `SELECT coalesce(sum(a.correct AND b.correct), 0) AS bothRight,
         coalesce(sum(a.correct AND NOT b.correct), 0) AS onlyA,
         coalesce(sum(b.correct AND NOT a.correct), 0) AS onlyB,
         coalesce(sum(NOT a.correct AND NOT b.correct), 0) AS bothWrong
       FROM samples a INDEXED BY samples_key CROSS JOIN samples b INDEXED BY samples_key
         ON b.lane = ? AND b.content = a.content AND b.occurrence = a.occurrence AND b.repeat = 0
       WHERE a.lane = ? AND a.repeat = 0 AND a.correct IS NOT NULL AND b.correct IS NOT NULL`,
      ...[b, a],
    );
    const count = (name: string): number => Number(row?.[name] ?? 0);
    return {
      bothRight: count('bothRight'),
      onlyA: count('onlyA'),
      onlyB: count('onlyB'),
      bothWrong: count('bothWrong'),
    };
  });
}

const measures: Readonly<Record<string, string>> = {
  latencyMs: 'latency_ms',
  firstTokenMs: 'first_token_ms',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  cost: 'cost',
};

/** A's mean over repeats minus B's, for every row both answered, in order of A's rows. */
export function listPairDifferences(context: StoreContext, query: PairDifferenceQuery): Float64Array<ArrayBuffer> {
  return context.driver.read(() => {
    const { a, b } = findPair(context, query);
    const column = Object.hasOwn(measures, query.metric) ? measures[query.metric] : undefined;
    const value = column ?? 'scores ->> ?';
    const metric = column === undefined ? [query.metric] : [];
    const side = `SELECT content, occurrence, min(row) AS row, avg(${value}) AS mean FROM samples INDEXED BY samples_key
      WHERE lane = ? AND failure_class IS NULL GROUP BY content, occurrence`;
    const rows = context.driver.iterate(
      `WITH a AS MATERIALIZED (${side}), b AS MATERIALIZED (${side})
       SELECT a.mean - b.mean AS difference FROM a JOIN b USING (content, occurrence)
       WHERE a.mean IS NOT NULL AND b.mean IS NOT NULL ORDER BY a.row, a.content`,
      ...[...metric, a, ...metric, b],
    );
    const differences: number[] = [];
    for (const row of rows) differences.push(Number(row['difference']));
    return Float64Array.from(differences);
  });
}

/** Lane keys of the two sides; -1, which matches nothing, for a variant the run has not. */
function findPair(context: StoreContext, query: PairQuery): { readonly a: number; readonly b: number } {
  return {
    a: findLane(context, query.runA, query.variantA),
    b: findLane(context, query.runB, query.variantB),
  };
}

function findLane(context: StoreContext, runId: string, variant: number): number {
  const lanes = findLanes(context, Number(findRun(context, runId)['key']));
  return Number(lanes.find(lane => lane['variant'] === variant)?.['key'] ?? -1);
}
