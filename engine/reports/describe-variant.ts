import type { FailureClass, VariantResult, WorstRow } from '../../schemas/generated/messages.ts';
import type { Metric } from '../metrics/metric.ts';
import type { FailureCount, SampleColumns, Store } from '../ports/store.ts';
import { describeDistributions } from './distributions.ts';

const mostWorst = 10;
const shownCharacters = 300;

/** Adds to a variant's figures what a reader looks up next: how latency is spread, its worst rows, why answers are missing, what it cost. */
export async function describeVariant(
  result: VariantResult,
  columns: SampleColumns,
  failures: readonly FailureCount[],
  leading: Metric,
  store: Store,
): Promise<VariantResult> {
  const own = failures.filter(({ variant }) => variant === result.variant);
  const distributions = describeDistributions(columns);
  const worst = await readWorst(result.runId, columns, leading, store);
  return {
    ...result,
    ...(distributions.length === 0 ? {} : { distributions }),
    ...(worst.length === 0 ? {} : { worst }),
    ...(own.length === 0 ? {} : { failureClasses: countByClass(own) }),
    costs: costsOf(columns),
  };
}

function countByClass(failures: readonly FailureCount[]): Partial<Record<FailureClass, number>> {
  return Object.fromEntries(failures.map(({ class: failureClass, count }) => [failureClass, count]));
}

function costsOf({ cost, measuringCost, cached }: SampleColumns): NonNullable<VariantResult['costs']> {
  let answers: number | undefined;
  for (const dollars of cost) if (!Number.isNaN(dollars)) answers = (answers ?? 0) + dollars;
  return {
    ...(answers === undefined ? {} : { answers }),
    ...(measuringCost === undefined ? {} : { measuring: measuringCost }),
    cached,
  };
}

/** For a metric of right and wrong these are the first wrong answers: a right one is nobody's worst. */
async function readWorst(runId: string, columns: SampleColumns, leading: Metric, store: Store): Promise<WorstRow[]> {
  const scores = columns.scores.get(leading.id);
  if (scores === undefined) return [];
  const rows: WorstRow[] = [];
  for (const sample of findWorst(scores, leading)) {
    const { id, row, repeat, input, target, output } = await store.getSample({ runId, id: columns.id[sample]! });
    rows.push({
      id,
      row,
      repeat,
      score: scores[sample]!,
      input: cutText(input),
      target: cutText(target),
      output: cutText(output ?? ''),
    });
  }
  return rows;
}

/** Positions of the worst scores, worst first, equal ones in the order of completion. */
function findWorst(scores: Float64Array, { direction, right }: Metric): number[] {
  const sign = direction === 'lower' ? -1 : 1;
  const isCandidate = (score: number): boolean =>
    !Number.isNaN(score) && (right?.binary !== true || !right.isRight(score));
  const worst: number[] = [];
  for (let sample = 0; sample < scores.length; sample++) {
    const score = scores[sample]!;
    const last = worst.at(-1);
    const isFull = worst.length === mostWorst && last !== undefined;
    if (!isCandidate(score) || (isFull && sign * scores[last]! <= sign * score)) continue;
    let place = worst.length;
    while (place > 0 && sign * scores[worst[place - 1]!]! > sign * score) place--;
    worst.splice(place, 0, sample);
    worst.length = Math.min(worst.length, mostWorst);
  }
  return worst;
}

/** Enough of a text to recognise it, whole characters only. */
export function cutText(text: string): string {
  if (text.length <= shownCharacters) return text;
  const end = text.charCodeAt(shownCharacters - 2) >> 10 === 0x36 ? shownCharacters - 2 : shownCharacters - 1;
  return `${text.slice(0, end)}…`;
}
