import type {
  Disagreement,
  DisagreementPage,
  DisagreementQuery,
  VariantAnswer,
} from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import type { Memo } from './memo.ts';
import { findRun } from './runs.ts';
import { findLanes } from './samples.ts';

/** Rows some variants answer right and others wrong, flat: row, content, occurrence for each, in order of row. */
type Disputed = Float64Array;
const width = 3;

/**
 * Joins the variants of one or more runs over content and occurrence, first repeats only. A row's position is that in
 * the first run that has it. Answers are in the order of the runs as given, then of their variants.
 */
export function queryDisagreements(context: StoreContext, memo: Memo, query: DisagreementQuery): DisagreementPage {
  return context.driver.read(() => {
    const runs = query.runIds.map(id => Number(findRun(context, id)['key']));
    const lanes = runs.flatMap((run, rank) =>
      findLanes(context, run).map(lane => ({ lane: Number(lane['key']), rank })),
    );
    const disputed = memo('disagreements', runs, () => findDisputed(context, lanes));
    const start = firstAfter(disputed, query.after ?? -1);
    const end = pageEnd(disputed, start, Math.max(1, query.limit));
    const rows: Disagreement[] = [];
    for (let at = start; at < end; at += width) rows.push(readDisagreement(context, disputed, at, lanes));
    const last = rows.at(-1);
    const next = end < disputed.length && last !== undefined ? { next: last.row } : {};
    return { rows, ...next, total: disputed.length / width };
  });
}

interface RankedLane {
  readonly lane: number;
  /** Position of its run among those asked for. */
  readonly rank: number;
}

const rankStep = 2 ** 32;

function findDisputed(context: StoreContext, lanes: readonly RankedLane[]): Disputed {
  const found: number[] = [];
  const ranks = lanes.map(() => '(?, ?)').join(', ');
  const rows = context.driver.iterate(
    `WITH asked (lane, rank) AS (VALUES ${lanes.length === 0 ? '(-1, 0)' : ranks})
     SELECT min(asked.rank * ${rankStep} + s.row) % ${rankStep} AS row, s.content, s.occurrence
     FROM asked CROSS JOIN samples s ON s.lane = asked.lane
     WHERE s.repeat = 0 AND s.correct IS NOT NULL
     GROUP BY s.content, s.occurrence HAVING min(s.correct) < max(s.correct)
     ORDER BY 1, 2, 3`,
    ...lanes.flatMap(({ lane, rank }) => [lane, rank]),
  );
  for (const row of rows) found.push(Number(row['row']), Number(row['content']), Number(row['occurrence']));
  return Float64Array.from(found);
}

function firstAfter(disputed: Disputed, row: number): number {
  let low = 0;
  let high = disputed.length / width;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((disputed[middle * width] as number) > row) high = middle;
    else low = middle + 1;
  }
  return low * width;
}

/** Rows of equal position (from unlike datasets) stay on one page, so that the position is enough to go on from. */
function pageEnd(disputed: Disputed, start: number, limit: number): number {
  let end = Math.min(start + limit * width, disputed.length);
  while (end > start && end < disputed.length && disputed[end] === disputed[end - width]) end += width;
  return end;
}

function readDisagreement(
  context: StoreContext,
  disputed: Disputed,
  at: number,
  lanes: readonly RankedLane[],
): Disagreement {
  const content = disputed[at + 1] as number;
  const occurrence = disputed[at + 2] as number;
  const text = context.driver.get('SELECT input, target FROM contents WHERE key = ?', content);
  return {
    row: disputed[at] as number,
    input: String(text?.['input']),
    target: String(text?.['target']),
    answers: lanes.map(({ lane }) => readAnswer(context, lane, content, occurrence)),
  };
}

function readAnswer(context: StoreContext, lane: number, content: number, occurrence: number): VariantAnswer | null {
  const row = context.driver.get(
    'SELECT output, correct FROM samples WHERE lane = ? AND content = ? AND occurrence = ? AND repeat = 0',
    ...[lane, content, occurrence],
  );
  if (row === undefined || row['correct'] === null) return null;
  return { output: String(row['output'] ?? ''), right: row['correct'] === 1 };
}
