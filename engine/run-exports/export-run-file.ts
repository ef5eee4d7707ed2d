import type {
  ExportedRun,
  ExportedSample,
  Report,
  SampleRow,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { compareAny } from '../comparisons/compare-any.ts';

/** The version of the files' form that is written. */
const schemaVersion = 1;

/** Samples read from the store at once. */
const pageSize = 1000;

/** How many samples of each run travel along: `all`, or so many, wrong and failed ones first. */
export type SampleShare = number | 'all';

export interface RunFileDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Version of the workbench. */
  readonly workbench: string;
}

/**
 * One benchmark or tuning run, or the comparison of several of one kind, as a `*.run.json` file: JSON with each field on a line of its own and each sample on one,
 * the samples last. So it is read by any JSON tool, compared line by line, and shown without being held in memory.
 */
export async function* runFilePieces(
  runIds: readonly string[],
  share: SampleShare,
  { store, clock, workbench }: RunFileDependencies,
  signal: AbortSignal,
): AsyncIterable<string> {
  const { kind, content } = await compareAny(runIds, store, clock, signal);
  if (kind === 'prompt') {
    throw new WorkbenchError('usage', 'The trial of a prompt has no run file.', {
      remedy: 'Export it as html, which opens in any browser.',
    });
  }
  const runs = kind === 'tune' ? [] : (content as Report).runs.map(({ id }) => id);
  const counts = await Promise.all(runs.map(id => countOf(id, store, signal)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const held = counts.reduce((sum, count) => sum + Math.min(count, share === 'all' ? count : share), 0);
  const header: ExportedRun = {
    format: 'aiwb-run',
    schemaVersion,
    workbench,
    exportedAt: clock.now(),
    samples: { held, total },
    ...(kind === 'tune' ? { tuning: content as TuningComparison } : { report: content as Report }),
  };
  const lines = Object.entries(header).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  yield `{\n${lines.join(',\n')},\n"rows":[`;
  let separator = '\n';
  for (const [run, id] of runs.entries()) {
    for await (const rows of samplesOf(id, share, store, signal)) {
      const texts = rows.map(sample => JSON.stringify({ run, sample } satisfies ExportedSample));
      if (texts.length === 0) continue;
      yield separator + texts.join(',\n');
      separator = ',\n';
    }
  }
  yield '\n]\n}\n';
}

async function countOf(runId: string, store: Store, signal: AbortSignal): Promise<number> {
  return (await store.querySamples({ runId, limit: 1 }, signal)).total;
}

/** In the order of completion where all are wanted; else wrong ones, failed ones, and then the others. */
async function* samplesOf(
  runId: string,
  share: SampleShare,
  store: Store,
  signal: AbortSignal,
): AsyncIterable<readonly SampleRow[]> {
  if (share === 'all') {
    yield* pagesOf(runId, 'all', store, signal);
    return;
  }
  let room = share;
  for (const filter of ['wrong', 'failed', 'all'] as const) {
    if (room === 0) return;
    for await (const page of pagesOf(runId, filter, store, signal)) {
      const rows = (filter === 'all' ? page.filter(row => !isWrong(row)) : page).slice(0, room);
      room -= rows.length;
      yield rows;
      if (room === 0) return;
    }
  }
}

function isWrong({ state, right }: SampleRow): boolean {
  return state === 'failed' || right === false;
}

async function* pagesOf(
  runId: string,
  filter: 'all' | 'wrong' | 'failed',
  store: Store,
  signal: AbortSignal,
): AsyncIterable<readonly SampleRow[]> {
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page = await store.querySamples({ runId, filter, after, limit: pageSize }, signal);
    signal.throwIfAborted();
    yield page.rows;
    after = page.next;
  }
}
