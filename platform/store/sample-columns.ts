import type { FailureCount, SampleColumns } from '../../engine/ports/store.ts';
import type { FailureClass } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import { findRun } from './runs.ts';
import { readLanes } from './sample-rows.ts';
import { fieldOf } from './sample-selection.ts';
import { sampleRange } from './samples.ts';

/** Part of a variant's numbers on its way out, column after column: `columnNames`, `extraColumns`, then the scores asked for. */
export interface ColumnStretch {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly next?: number;
}

const columnNames = [
  'id',
  'row',
  'content',
  'occurrence',
  'repeat',
  'correct',
  'latency_ms',
  'first_token_ms',
  'cost',
] as const;
const extraColumns = [`(s.details ->> 'cached')`, `(s.details ->> 'measuringCost')`] as const;
const fixedWidth = columnNames.length + extraColumns.length;

/** Numbers of the answered samples after position `after`. Rows that were asked disturbed are left out. */
export function readColumnStretch(
  context: StoreContext,
  runId: string,
  variant: number,
  scores: readonly string[],
  after: number,
  limit: number,
): ColumnStretch {
  return context.driver.read(() => {
    const { run, lanes } = readLanes(context, Number(findRun(context, runId)['key']));
    const { from, until } = sampleRange(run);
    const fields = scores.map(name => fieldOf('s.scores', name));
    const columns = [...columnNames.map(name => `s.${name}`), ...extraColumns, ...fields.map(({ sql }) => sql)];
    const rows = context.driver.lists(
      `SELECT ${columns.join(', ')} FROM samples s INDEXED BY samples_of_lane
       WHERE s.lane = ? AND s.id > ? AND s.id < ? AND s.failure_class IS NULL
         AND (s.details IS NULL OR s.details ->> 'perturbed' IS NOT 1) ORDER BY s.id LIMIT ?`,
      ...[...fields.flatMap(field => field.values), lanes.get(variant) ?? -1, from + after, until, limit],
    );
    const numbers = packColumns(rows, columns.length, from);
    const last = rows.length === limit ? { next: Number(rows.at(-1)?.[0]) - from } : {};
    return { numbers, ...last };
  });
}

function packColumns(rows: readonly (readonly unknown[])[], width: number, from: number): Float64Array<ArrayBuffer> {
  const count = rows.length;
  const numbers = new Float64Array(count * width);
  for (let column = 0, at = 0; column < width; column++) {
    for (const row of rows) {
      const value = row[column];
      numbers[at++] = typeof value === 'number' ? value : NaN;
    }
  }
  for (let row = 0; row < count; row++) numbers[row]! -= from;
  return numbers;
}

/** Failed samples of a run by variant and class. */
export function countFailures(context: StoreContext, runId: string): FailureCount[] {
  return context.driver.read(() => {
    const { run, variants } = readLanes(context, Number(findRun(context, runId)['key']));
    const { from, until } = sampleRange(run);
    const rows = context.driver.all(
      `SELECT lane, failure_class AS class, count(*) AS count FROM samples INDEXED BY samples_failed
       WHERE id > ? AND id < ? AND failure_class IS NOT NULL GROUP BY lane, failure_class ORDER BY lane, count DESC, class`,
      ...[from, until],
    );
    return rows.map(row => ({
      variant: variants.get(Number(row['lane'])) ?? -1,
      class: row['class'] as FailureClass,
      count: Number(row['count']),
    }));
  });
}

/** Puts stretches together, one array a column. */
export function joinColumns(stretches: readonly ColumnStretch[], scores: readonly string[]): SampleColumns {
  const width = fixedWidth + scores.length;
  const count = stretches.reduce((sum, { numbers }) => sum + numbers.length, 0) / width;
  const columns = Array.from({ length: width }, () => new Float64Array(count));
  let start = 0;
  for (const { numbers } of stretches) {
    const rows = numbers.length / width;
    for (const [index, column] of columns.entries())
      column.set(numbers.subarray(index * rows, (index + 1) * rows), start);
    start += rows;
  }
  const [id, position, content, occurrence, repeat, right, latencyMs, firstTokenMs, cost, cached, measuring] =
    columns as ColumnTuple;
  return {
    count,
    id,
    row: position,
    content,
    occurrence,
    repeat,
    right,
    latencyMs,
    firstTokenMs,
    cost,
    cached: sumKnown(cached) ?? 0,
    measuringCost: sumKnown(measuring),
    scores: new Map(scores.map((name, index) => [name, columns[fixedWidth + index]!])),
  };
}

type Column = Float64Array;
type ColumnTuple = [Column, Column, Column, Column, Column, Column, Column, Column, Column, Column, Column];

/** Undefined where no value is known. */
function sumKnown(values: Float64Array): number | undefined {
  let sum: number | undefined;
  for (const value of values) if (!Number.isNaN(value)) sum = (sum ?? 0) + value;
  return sum;
}
