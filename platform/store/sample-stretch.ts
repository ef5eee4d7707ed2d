import { numbersPerSample, textsPerSample, type SampleBatch } from './batch.ts';
import type { StoreContext } from './context.ts';
import { findRun } from './runs.ts';
import { readLanes } from './sample-rows.ts';
import { sampleRange } from './samples.ts';

/** A batch on its way out, with the position to go on from; absent at the end. */
export interface SampleStretch {
  readonly batch: SampleBatch;
  readonly next?: number;
}

/** In the order of a batch's texts, then of its numbers; the variant comes from the lane. */
const columnsOf = (
  digest: string,
  input: string,
): string => `${digest}, ${input}, c.target, c.slices, s.output, s.scores, s.failure_class, s.failure_message, s.details,
  s.lane, s.row, s.occurrence, s.repeat, s.correct, s.latency_ms, s.first_token_ms, s.input_tokens, s.output_tokens, s.cost,
  s.attempts, s.id`;

const allColumns = columnsOf('lower(hex(c.digest))', 'c.input');
/** Without the texts that are long and that no metric looks at: two thirds of the time. */
const observedColumns = columnsOf("''", "''");

/** The next batch after position `after` (0 at the start), for reading a whole run with flat memory. */
export function readStretch(
  context: StoreContext,
  runId: string,
  after: number,
  limit: number,
  variant: number | undefined,
  observedOnly: boolean,
): SampleStretch {
  return context.driver.read(() => {
    const { run, variants, lanes } = readLanes(context, Number(findRun(context, runId)['key']));
    const { from, until } = sampleRange(run);
    const lane = variant === undefined ? undefined : (lanes.get(variant) ?? -1);
    const rows = context.driver.lists(
      `SELECT ${observedOnly ? observedColumns : allColumns} FROM samples s CROSS JOIN contents c ON c.key = s.content
       WHERE s.id > ? AND s.id < ? ${lane === undefined ? '' : 'AND s.lane = ?'} ORDER BY s.id LIMIT ?`,
      ...[from + after, until, ...(lane === undefined ? [] : [lane]), limit],
    );
    const last = rows.at(-1);
    const next = rows.length === limit && last !== undefined ? { next: Number(last.at(-1)) - from } : {};
    return { batch: packRows(rows, variants), ...next };
  });
}

function packRows(rows: readonly (readonly unknown[])[], variants: ReadonlyMap<number, number>): SampleBatch {
  const texts = new Array<string | null>(rows.length * textsPerSample);
  const numbers = new Float64Array(rows.length * numbersPerSample);
  let text = 0;
  let number = 0;
  for (const row of rows) {
    for (let column = 0; column < textsPerSample; column++) texts[text++] = row[column] as string | null;
    numbers[number++] = variants.get(row[textsPerSample] as number) ?? -1;
    for (let column = 1; column < numbersPerSample; column++) {
      numbers[number++] = (row[textsPerSample + column] as number | null) ?? NaN;
    }
  }
  return { count: rows.length, texts, numbers };
}
