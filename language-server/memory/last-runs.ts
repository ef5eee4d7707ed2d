import type { Report, RunSummary } from '../../schemas/generated/messages.ts';
import { describeDate } from '../../engine/base/dates.ts';
import type { RunRecord } from '../../engine/ports/store.ts';
import type { History } from './history.ts';

/** A run that succeeded, with its figures. */
export interface MeasuredRun {
  readonly summary: RunSummary;
  readonly record: RunRecord;
  readonly report: Report;
}

/** Runs without a report, such as ones of a tuning job, are passed over; more than this many are not looked at. */
const mostLookedAt = 10;

/** The newest run of the benchmark of this name in this file (a notebook holds several), and the one before it. */
export async function lastRunsOf(
  history: History,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly MeasuredRun[]> {
  const runs = await history.runsOf(uri, signal);
  return measured(
    history,
    uri,
    runs.filter(run => run.name === name),
    2,
    signal,
  );
}

/** The newest run of the benchmark of this name, whatever its file; `accept` decides which count. */
export async function lastRunNamed(
  history: History,
  uri: string,
  name: string,
  accept: (run: MeasuredRun) => boolean,
  signal: AbortSignal,
): Promise<MeasuredRun | undefined> {
  const runs = await measured(history, uri, await history.runsNamed(uri, name, signal), mostLookedAt, signal);
  return runs.find(accept);
}

/** The newest run of any benchmark in which a model was asked. */
export async function lastRunAsking(
  history: History,
  uri: string,
  model: string,
  signal: AbortSignal,
): Promise<MeasuredRun | undefined> {
  const runs = (await history.runs(uri, signal)).filter(
    ({ headlines, progress }) =>
      headlines.some(headline => headline.model === model) ||
      progress.variants.some(variant => variant.model === model),
  );
  const [newest] = await measured(history, uri, runs, 1, signal);
  return newest;
}

async function measured(
  history: History,
  uri: string,
  runs: readonly RunSummary[],
  wanted: number,
  signal: AbortSignal,
): Promise<readonly MeasuredRun[]> {
  const found: MeasuredRun[] = [];
  for (const summary of runs.slice(0, mostLookedAt)) {
    const record = await history.run(uri, summary.id, signal);
    if (record?.report !== undefined) found.push({ summary, record, report: record.report });
    if (found.length >= wanted) break;
  }
  return found;
}

/** When a run ended, as people say it. */
export function wordAge({ endedAt, createdAt }: RunSummary, now: number): string {
  return wordAgeOf(endedAt ?? createdAt, now);
}

/** How long ago a moment is, in milliseconds since the epoch, as people say it. */
export function wordAgeOf(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 0) return `on ${describeDate(at)}`;
  if (minutes < 1) return 'just now';
  if (minutes < 60) return ago(minutes, 'minute');
  if (minutes < 48 * 60) return ago(Math.floor(minutes / 60), 'hour');
  const days = Math.floor(minutes / (24 * 60));
  return days < 30 ? ago(days, 'day') : `on ${describeDate(at)}`;
}

function ago(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
}
