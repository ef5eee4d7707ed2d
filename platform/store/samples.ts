import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunProgress } from '../../schemas/generated/messages.ts';
import { numbersPerSample, textsPerSample, type SampleBatch } from './batch.ts';
import { createContentKeeper } from './contents.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { renewLease, type LeaseKey } from './leases.ts';
import { findRun } from './runs.ts';
import { samplesPerRun } from './schema.ts';

export type AppendSamples = (lease: LeaseKey, batch: SampleBatch, progress: RunProgress) => void;

interface RunPosition {
  readonly epoch: number;
  /** Lane key of each variant. */
  readonly lanes: ReadonlyMap<number, number>;
  nextId: number;
}

/** A failed answer asked again replaces the earlier one and keeps its id, which is the sample's permanent link. */
const insertSql = `
  INSERT INTO samples (id, lane, content, occurrence, repeat, row, correct, output, scores, latency_ms, first_token_ms,
    input_tokens, output_tokens, cost, attempts, failure_class, failure_message, details)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (lane, content, occurrence, repeat) DO UPDATE SET
    row = excluded.row, correct = excluded.correct, output = excluded.output, scores = excluded.scores,
    latency_ms = excluded.latency_ms, first_token_ms = excluded.first_token_ms, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, cost = excluded.cost, attempts = excluded.attempts,
    failure_class = excluded.failure_class, failure_message = excluded.failure_message,
    details = excluded.details`;

/** Stores batches of samples. Lease, contents, samples and progress go into one transaction. */
export function createAppender(context: StoreContext): AppendSamples {
  const contents = createContentKeeper(context.driver);
  const positions = new Map<string, RunPosition>();
  const insert = context.driver.prepare(insertSql);

  const insertBatch = (position: RunPosition, batch: SampleBatch): void => {
    const { texts, numbers } = batch;
    contents.begin();
    for (let index = 0; index < batch.count; index++) {
      const text = index * textsPerSample;
      const number = index * numbersPerSample;
      const content = contents.keyOf(
        texts[text] as string,
        texts[text + 1] as string,
        texts[text + 2] as string,
        texts[text + 3] as string,
      );
      insert.run(
        position.nextId++,
        laneOf(position, numbers[number] as number),
        content,
        numbers[number + 2] as number,
        numbers[number + 3] as number,
        numbers[number + 1] as number,
        numbers[number + 4] as number,
        texts[text + 4] as string | null,
        texts[text + 5] as string,
        numbers[number + 5] as number,
        numbers[number + 6] as number,
        numbers[number + 7] as number,
        numbers[number + 8] as number,
        numbers[number + 9] as number,
        numbers[number + 10] as number,
        texts[text + 6] as string | null,
        texts[text + 7] as string | null,
        texts[text + 8] as string | null,
      );
    }
    contents.end();
  };

  return (lease, batch, progress) => {
    try {
      context.write(() => {
        renewLease(context, lease, progress);
        if (batch.count > 0) insertBatch(positionOf(context, positions, lease), batch);
      });
    } catch (error) {
      contents.forget();
      positions.delete(lease.runId);
      throw error;
    }
  };
}

function positionOf(context: StoreContext, positions: Map<string, RunPosition>, lease: LeaseKey): RunPosition {
  const held = positions.get(lease.runId);
  if (held?.epoch === lease.epoch) return held;
  const run = Number(findRun(context, lease.runId)['key']);
  const { from, until } = sampleRange(run);
  const newest = context.driver.get('SELECT max(id) AS id FROM samples WHERE id >= ? AND id < ?', from, until)?.['id'];
  const lanes = findLanes(context, run).map(lane => [Number(lane['variant']), Number(lane['key'])] as const);
  const position = { epoch: lease.epoch, lanes: new Map(lanes), nextId: Number(newest ?? from) + 1 };
  positions.set(lease.runId, position);
  return position;
}

/** Ids of a run's samples: from (inclusive, itself unused) until (exclusive). */
export function sampleRange(run: number): { readonly from: number; readonly until: number } {
  return { from: run * samplesPerRun, until: (run + 1) * samplesPerRun };
}

export function findLanes(context: StoreContext, run: number): Row[] {
  return context.driver.all('SELECT key, variant FROM lanes WHERE run = ? ORDER BY variant', run);
}

function laneOf(position: RunPosition, variant: number): number {
  const lane = position.lanes.get(variant);
  if (lane !== undefined) return lane;
  throw new WorkbenchError('internal', `A sample names variant ${variant}, which is not part of the run's plan.`);
}
