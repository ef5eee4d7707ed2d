import { WorkbenchError } from '../../engine/base/errors.ts';
import type {
  FailureClass,
  SampleDetails,
  SamplePage,
  SampleQuery,
  SampleRow,
} from '../../schemas/generated/messages.ts';
import { numbersPerSample, textsPerSample, type SampleBatch } from './batch.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import type { Memo } from './memo.ts';
import { findRun } from './runs.ts';
import { findLanes, sampleRange } from './samples.ts';

/** A batch on its way out, with the position to go on from; absent at the end. */
export interface SampleStretch {
  readonly batch: SampleBatch;
  readonly next?: number;
}

const largestPage = 10_000;

const sampleColumns = `s.id, s.lane, s.row, s.repeat, s.occurrence, s.correct, s.output, s.scores, s.latency_ms, s.first_token_ms,
  s.input_tokens, s.output_tokens, s.cost, s.attempts, s.failure_class, s.failure_message, s.details, c.input, c.target, c.slices`;

/** One page of a run's samples in the order they were stored. `total` counts all that match, not only the page. */
export function querySamples(context: StoreContext, memo: Memo, query: SampleQuery): SamplePage {
  return context.driver.read(() => {
    const run = Number(findRun(context, query.runId)['key']);
    const { from, until } = sampleRange(run);
    const lanes = new Map(findLanes(context, run).map(lane => [Number(lane['key']), Number(lane['variant'])]));
    const lane = query.variant === undefined ? undefined : laneOf(lanes, query.variant);
    if (query.variant !== undefined && lane === undefined) return { rows: [], total: 0 };
    const selection = select(query, lane);
    const limit = Math.min(Math.max(1, query.limit), largestPage);
    const found = context.driver.all(
      `SELECT ${sampleColumns} FROM samples s ${selection.index} CROSS JOIN contents c ON c.key = s.content
       WHERE s.id > ? AND s.id < ? ${selection.where} ORDER BY s.id LIMIT ?`,
      ...[from + (query.after ?? 0), until, ...selection.values, limit + 1],
    );
    const rows = found.slice(0, limit).map(row => toSampleRow(row, from, lanes));
    const last = rows.at(-1);
    const total = memo('samples', [run, query.filter, query.variant, query.slice, query.text], () => {
      return countSamples(context, query, selection, from, until, [...(lane === undefined ? lanes.keys() : [lane])]);
    });
    return { rows, ...(found.length > limit && last !== undefined ? { next: last.id } : {}), total };
  });
}

/** The next batch after position `after` (0 at the start), for reading a whole run with flat memory. */
export function readStretch(
  context: StoreContext,
  runId: string,
  after: number,
  limit: number,
  variant: number | undefined,
): SampleStretch {
  return context.driver.read(() => {
    const run = Number(findRun(context, runId)['key']);
    const { from, until } = sampleRange(run);
    const lanes = new Map(findLanes(context, run).map(lane => [Number(lane['key']), Number(lane['variant'])]));
    const lane = variant === undefined ? undefined : (laneOf(lanes, variant) ?? -1);
    const rows = context.driver.all(
      `SELECT ${sampleColumns}, lower(hex(c.digest)) AS digest FROM samples s CROSS JOIN contents c ON c.key = s.content
       WHERE s.id > ? AND s.id < ? ${lane === undefined ? '' : 'AND s.lane = ?'} ORDER BY s.id LIMIT ?`,
      ...[from + after, until, ...(lane === undefined ? [] : [lane]), limit],
    );
    const last = rows.at(-1);
    const next = rows.length === limit && last !== undefined ? { next: Number(last['id']) - from } : {};
    return { batch: packRows(rows, lanes), ...next };
  });
}

interface Selection {
  readonly index: string;
  readonly where: string;
  readonly values: readonly (string | number)[];
  /** Whether a condition looks at the row's contents. */
  readonly joins: boolean;
}

function select(query: SampleQuery, lane: number | undefined): Selection {
  const where: string[] = [];
  const values: (string | number)[] = [];
  let index = '';
  if (lane !== undefined) {
    where.push('AND s.lane = ?');
    values.push(lane);
    index = 'INDEXED BY samples_of_lane';
  }
  if (query.filter === 'wrong') {
    where.push('AND s.correct = 0');
    index = 'INDEXED BY samples_wrong';
  }
  if (query.filter === 'failed') {
    where.push('AND s.failure_class IS NOT NULL');
    index = 'INDEXED BY samples_failed';
  }
  const { slice } = query;
  if (slice !== undefined) {
    where.push('AND EXISTS (SELECT 1 FROM json_each(c.slices) e WHERE e.key = ? AND e.value = ?)');
    values.push(slice.column, slice.value);
  }
  const text = query.text !== undefined && query.text !== '';
  if (text) {
    where.push(String.raw`AND (c.input LIKE ? ESCAPE '\' OR c.target LIKE ? ESCAPE '\' OR s.output LIKE ? ESCAPE '\')`);
    const pattern = `%${String(query.text).replace(/[\\%_]/g, String.raw`\$&`)}%`;
    values.push(pattern, pattern, pattern);
  }
  return { index, where: where.join(' '), values, joins: text || slice !== undefined };
}

function countSamples(
  context: StoreContext,
  query: SampleQuery,
  selection: Selection,
  from: number,
  until: number,
  lanes: readonly number[],
): number {
  const { driver } = context;
  if (!selection.joins && (query.filter ?? 'all') === 'all') {
    const counts = lanes.map(lane => driver.get('SELECT count(*) AS n FROM samples WHERE lane = ?', lane)?.['n']);
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }
  const join = selection.joins ? 'CROSS JOIN contents c ON c.key = s.content' : '';
  const sql = `SELECT count(*) AS n FROM samples s ${selection.index} ${join} WHERE s.id > ? AND s.id < ? ${selection.where}`;
  return Number(driver.get(sql, from, until, ...selection.values)?.['n']);
}

function laneOf(lanes: ReadonlyMap<number, number>, variant: number): number | undefined {
  for (const [lane, candidate] of lanes) if (candidate === variant) return lane;
  return undefined;
}

function toSampleRow(row: Row, from: number, lanes: ReadonlyMap<number, number>): SampleRow {
  const failure = row['failure_class'];
  return {
    id: Number(row['id']) - from,
    variant: variantOf(row, lanes),
    row: Number(row['row']),
    repeat: Number(row['repeat']),
    state: failure === null ? 'answered' : 'failed',
    input: String(row['input']),
    target: String(row['target']),
    ...(row['output'] === null ? {} : { output: String(row['output']) }),
    scores: JSON.parse(String(row['scores'])) as Record<string, number>,
    slices: JSON.parse(String(row['slices'])) as Record<string, string>,
    ...number('latencyMs', row['latency_ms']),
    ...number('firstTokenMs', row['first_token_ms']),
    ...number('inputTokens', row['input_tokens']),
    ...number('outputTokens', row['output_tokens']),
    ...number('cost', row['cost']),
    attempts: Number(row['attempts']),
    ...(failure === null
      ? {}
      : { failure: { class: failure as FailureClass, message: String(row['failure_message']) } }),
    ...(row['details'] === null ? {} : { details: JSON.parse(String(row['details'])) as SampleDetails }),
  };
}

function packRows(rows: readonly Row[], lanes: ReadonlyMap<number, number>): SampleBatch {
  const texts: (string | null)[] = [];
  const numbers = new Float64Array(rows.length * numbersPerSample);
  const textNames = ['digest', 'input', 'target', 'slices', 'output', 'scores', 'failure_class', 'failure_message'];
  textNames.push('details');
  const numberNames = ['row', 'occurrence', 'repeat', 'correct', 'latency_ms', 'first_token_ms'];
  numberNames.push('input_tokens', 'output_tokens', 'cost', 'attempts');
  for (const [index, row] of rows.entries()) {
    for (const name of textNames) texts.push(row[name] as string | null);
    numbers[index * numbersPerSample] = variantOf(row, lanes);
    for (const [field, name] of numberNames.entries()) {
      numbers[index * numbersPerSample + 1 + field] = (row[name] as number | null) ?? NaN;
    }
  }
  if (texts.length !== rows.length * textsPerSample)
    throw new WorkbenchError('internal', 'A batch has the wrong width.');
  return { count: rows.length, texts, numbers };
}

function variantOf(row: Row, lanes: ReadonlyMap<number, number>): number {
  return lanes.get(Number(row['lane'])) ?? -1;
}

function number<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  return value === null ? {} : ({ [name]: value } as Record<Name, number>);
}
