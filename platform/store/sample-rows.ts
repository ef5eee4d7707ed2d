import { WorkbenchError } from '../../engine/base/errors.ts';
import type { FailureClass, SampleDetails, SampleReference, SampleRow } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { findRun } from './runs.ts';
import { findLanes, sampleRange } from './samples.ts';

export const sampleColumns = `s.id, s.lane, s.row, s.repeat, s.occurrence, s.correct, s.output, s.scores, s.latency_ms, s.first_token_ms,
  s.input_tokens, s.output_tokens, s.cost, s.attempts, s.failure_class, s.failure_message, s.details, c.input, c.target, c.slices`;

/** A run's key with its variants by lane and its lanes by variant. */
export interface RunLanes {
  readonly run: number;
  readonly variants: ReadonlyMap<number, number>;
  readonly lanes: ReadonlyMap<number, number>;
}

export function readLanes(context: StoreContext, run: number): RunLanes {
  const pairs = findLanes(context, run).map(row => [Number(row['key']), Number(row['variant'])] as const);
  return { run, variants: new Map(pairs), lanes: new Map(pairs.map(([lane, variant]) => [variant, lane])) };
}

/** One sample by its permanent id. Throws `run-not-found`, also where the run has no such sample. */
export function getSample(context: StoreContext, { runId, id }: SampleReference): SampleRow {
  return context.driver.read(() => {
    const found = findRun(context, runId);
    const lanes = readLanes(context, Number(found['key']));
    const sample = findSample(context, lanes, id);
    if (sample !== undefined) return sample;
    throw new WorkbenchError('run-not-found', `Run ${String(found['id'])} has no sample ${String(id)}.`, {
      remedy: 'Its samples are numbered from 1 in the order of completion; `aiwb runs show RUN --limit 20` lists some.',
    });
  });
}

export function findSample(context: StoreContext, lanes: RunLanes, id: number): SampleRow | undefined {
  const { from, until } = sampleRange(lanes.run);
  if (!(id > 0 && from + id < until)) return undefined;
  const sql = `SELECT ${sampleColumns} FROM samples s CROSS JOIN contents c ON c.key = s.content WHERE s.id = ?`;
  const row = context.driver.get(sql, from + id);
  return row === undefined ? undefined : toSampleRow(row, from, lanes.variants);
}

/** A row of `sampleColumns` as messages have it. `from` is where the run's ids start. */
export function toSampleRow(row: Row, from: number, variants: ReadonlyMap<number, number>): SampleRow {
  const failure = row['failure_class'];
  return {
    id: Number(row['id']) - from,
    variant: variantOf(row, variants),
    row: Number(row['row']),
    repeat: Number(row['repeat']),
    state: failure === null ? 'answered' : 'failed',
    input: String(row['input']),
    target: String(row['target']),
    ...(row['output'] === null ? {} : { output: String(row['output']) }),
    ...(row['correct'] === null ? {} : { right: row['correct'] === 1 }),
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

export function variantOf(row: Row, variants: ReadonlyMap<number, number>): number {
  return variants.get(Number(row['lane'])) ?? -1;
}

function number<Name extends string>(name: Name, value: unknown): Partial<Record<Name, number>> {
  return value === null ? {} : ({ [name]: value } as Record<Name, number>);
}
