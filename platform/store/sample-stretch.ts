import { WorkbenchError } from '../../engine/base/errors.ts';
import { numbersPerSample, textsPerSample, type SampleBatch } from './batch.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findRun } from './runs.ts';
import { readLanes, sampleColumns, variantOf } from './sample-rows.ts';
import { sampleRange } from './samples.ts';

/** A batch on its way out, with the position to go on from; absent at the end. */
export interface SampleStretch {
  readonly batch: SampleBatch;
  readonly next?: number;
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
    const { run, variants, lanes } = readLanes(context, Number(findRun(context, runId)['key']));
    const { from, until } = sampleRange(run);
    const lane = variant === undefined ? undefined : (lanes.get(variant) ?? -1);
    const rows = context.driver.all(
      `SELECT ${sampleColumns}, lower(hex(c.digest)) AS digest FROM samples s CROSS JOIN contents c ON c.key = s.content
       WHERE s.id > ? AND s.id < ? ${lane === undefined ? '' : 'AND s.lane = ?'} ORDER BY s.id LIMIT ?`,
      ...[from + after, until, ...(lane === undefined ? [] : [lane]), limit],
    );
    const last = rows.at(-1);
    const next = rows.length === limit && last !== undefined ? { next: Number(last['id']) - from } : {};
    return { batch: packRows(rows, variants), ...next };
  });
}

const textNames = [
  'digest',
  'input',
  'target',
  'slices',
  'output',
  'scores',
  'failure_class',
  'failure_message',
  'details',
] as const;
const numberNames = [
  'row',
  'occurrence',
  'repeat',
  'correct',
  'latency_ms',
  'first_token_ms',
  'input_tokens',
  'output_tokens',
  'cost',
  'attempts',
] as const;

function packRows(rows: readonly Row[], variants: ReadonlyMap<number, number>): SampleBatch {
  const texts: (string | null)[] = [];
  const numbers = new Float64Array(rows.length * numbersPerSample);
  for (const [index, row] of rows.entries()) {
    for (const name of textNames) texts.push(row[name] as string | null);
    numbers[index * numbersPerSample] = variantOf(row, variants);
    for (const [field, name] of numberNames.entries()) {
      numbers[index * numbersPerSample + 1 + field] = (row[name] as number | null) ?? NaN;
    }
  }
  if (texts.length !== rows.length * textsPerSample)
    throw new WorkbenchError('internal', 'A batch has the wrong width.');
  return { count: rows.length, texts, numbers };
}
