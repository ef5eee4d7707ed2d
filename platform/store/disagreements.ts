import { WorkbenchError } from '../../engine/base/errors.ts';
import type {
  Disagreement,
  DisagreementPage,
  DisagreementQuery,
  VariantAnswer,
} from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import type { Memo } from './memo.ts';
import { findRun } from './runs.ts';
import { findLanes, sampleRange } from './samples.ts';

/** Rows some variants answer right and others wrong, flat: row, content, occurrence and wrong answers of each, in order. */
type Disputed = Float64Array;
const width = 4;

/** A variant with the position of its run among those asked for, and where the ids of its run start. */
interface AskedLane {
  readonly lane: number;
  readonly rank: number;
  readonly from: number;
}

/**
 * Joins variants of one or more runs over content and occurrence, first repeats only. A row's position is that in the first run that
 * has it. Answers are in the order of the variants as given, or else of the runs, then of their variants.
 */
export function queryDisagreements(context: StoreContext, memo: Memo, query: DisagreementQuery): DisagreementPage {
  return context.driver.read(() => {
    const lanes = findAsked(context, query);
    const question = [lanes.map(({ lane, rank }) => [lane, rank]), query.change, query.sort];
    const disputed = memo('disagreements', question, () =>
      orderBy(findDisputed(context, lanes, query.change), query.sort),
    );
    const byRow = query.sort === undefined || (query.sort.by === 'row' && query.sort.descending !== true);
    const start =
      query.offset !== undefined || !byRow
        ? Math.min(disputed.length, (query.offset ?? 0) * width)
        : firstAfter(disputed, query.after ?? -1);
    const limit = Math.max(1, query.limit);
    const end = byRow ? pageEnd(disputed, start, limit) : Math.min(disputed.length, start + limit * width);
    const rows: Disagreement[] = [];
    for (let at = start; at < end; at += width) rows.push(readDisagreement(context, disputed, at, lanes));
    const last = rows.at(-1);
    const next = byRow && end < disputed.length && last !== undefined ? { next: last.row } : {};
    return { rows, ...next, total: disputed.length / width, offset: start / width };
  });
}

function findAsked(context: StoreContext, query: DisagreementQuery): AskedLane[] {
  const runs = query.runIds.map((id, rank) => {
    const found = findRun(context, id);
    const run = Number(found['key']);
    return { id: String(found['id']), rank, from: sampleRange(run).from, lanes: findLanes(context, run) };
  });
  if (query.change !== undefined && query.variants?.length !== 2)
    throw new WorkbenchError('usage', 'Rows lost or gained need exactly two variants.', {
      remedy: 'Name the two variants, the earlier one first.',
    });
  if (query.variants === undefined)
    return runs.flatMap(({ rank, from, lanes }) => lanes.map(lane => ({ lane: Number(lane['key']), rank, from })));
  return query.variants.map(({ runId, variant }) => {
    const run = runs.find(({ id }) => id.startsWith(runId));
    const lane = run?.lanes.find(candidate => candidate['variant'] === variant);
    if (run !== undefined && lane !== undefined) return { lane: Number(lane['key']), rank: run.rank, from: run.from };
    throw new WorkbenchError('run-not-found', `Run ${runId} is not among those named or has no variant ${variant}.`);
  });
}

const rankStep = 2 ** 32;

function findDisputed(
  context: StoreContext,
  lanes: readonly AskedLane[],
  change: DisagreementQuery['change'],
): Disputed {
  const found: number[] = [];
  const asked = lanes.map(() => '(?, ?, ?)').join(', ');
  const [before, now] = change === 'gained' ? [0, 1] : [1, 0];
  const rows = context.driver.iterate(
    `WITH asked (lane, rank, position) AS (VALUES ${lanes.length === 0 ? '(-1, 0, 0)' : asked})
     SELECT min(asked.rank * ${rankStep} + s.row) % ${rankStep} AS row, s.content, s.occurrence,
       sum(NOT s.correct) AS wrong
     FROM asked CROSS JOIN samples s ON s.lane = asked.lane
     WHERE s.repeat = 0 AND s.correct IS NOT NULL
     GROUP BY s.content, s.occurrence HAVING min(s.correct) < max(s.correct)
       ${change === undefined ? '' : `AND max(s.correct) FILTER (WHERE position = 0) = ${before} AND max(s.correct) FILTER (WHERE position = 1) = ${now}`}
     ORDER BY 1, 2, 3`,
    ...lanes.flatMap(({ lane, rank }, position) => [lane, rank, position]),
  );
  for (const row of rows) {
    found.push(Number(row['row']), Number(row['content']), Number(row['occurrence']), Number(row['wrong']));
  }
  return Float64Array.from(found);
}

function orderBy(disputed: Disputed, sort: DisagreementQuery['sort']): Disputed {
  if (sort === undefined || (sort.by === 'row' && sort.descending !== true)) return disputed;
  const order = Uint32Array.from({ length: disputed.length / width }, (_, index) => index);
  const sign = sort.descending === true ? -1 : 1;
  const column = sort.by === 'wrong' ? 3 : 0;
  const valueOf = (index: number): number => disputed[index * width + column] as number;
  order.sort((a, b) => sign * (valueOf(a) - valueOf(b)) || a - b);
  const sorted = new Float64Array(disputed.length);
  order.forEach((from, to) => {
    sorted.set(disputed.subarray(from * width, from * width + width), to * width);
  });
  return sorted;
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
  lanes: readonly AskedLane[],
): Disagreement {
  const content = disputed[at + 1] as number;
  const occurrence = disputed[at + 2] as number;
  const text = context.driver.get('SELECT input, target FROM contents WHERE key = ?', content);
  return {
    row: disputed[at] as number,
    input: String(text?.['input']),
    target: String(text?.['target']),
    answers: lanes.map(lane => readAnswer(context, lane, content, occurrence)),
  };
}

function readAnswer(
  context: StoreContext,
  { lane, from }: AskedLane,
  content: number,
  occurrence: number,
): VariantAnswer | null {
  const row = context.driver.get(
    'SELECT id, output, correct FROM samples WHERE lane = ? AND content = ? AND occurrence = ? AND repeat = 0',
    ...[lane, content, occurrence],
  );
  if (row === undefined || row['correct'] === null) return null;
  return { output: String(row['output'] ?? ''), right: row['correct'] === 1, id: Number(row['id']) - from };
}
