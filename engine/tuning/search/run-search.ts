import type { SearchReport, TuningReport, VersionReference } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../../base/errors.ts';
import type { RunRecord, Store } from '../../ports/store.ts';
import { registerCheckpoint } from '../../registry/register.ts';
import type { RunPorts } from '../../runs/ports.ts';
import { createRun } from '../../runs/start.ts';
import { reportTuning } from '../compare.ts';
import { isStopped } from './cancel.ts';
import { chooseTrial, measureTrial, type MeasuredTrial } from './choose.ts';
import { reportSearch } from './report.ts';
import { findTrials, searchOf, trialOf } from './trials.ts';

export interface SearchHooks {
  /** Runs a recorded trial to its end, or goes on with it. Its failure is in the record it returns. */
  execute(trial: RunRecord, signal: AbortSignal): Promise<RunRecord>;
  /** A trial is about to begin. */
  onTrial?(trial: RunRecord): void;
  onNote?(sentence: string): void;
}

/** What came of a search. */
export interface SearchOutcome {
  /** Id of the search: that of its first trial. */
  readonly search: string;
  /** How many trials it has. */
  readonly trials: number;
  /** Those that were begun, in their order. */
  readonly measured: readonly MeasuredTrial[];
  /** The best that succeeded, on the validation rows. */
  readonly best: TuningReport | undefined;
  readonly registered: VersionReference | undefined;
  /** All trials, those that were not begun included. */
  readonly report: SearchReport;
  /** It was stopped before its last trial. */
  readonly stopped: boolean;
}

/**
 * Runs the trials of a search one after another, from whichever of its runs is given, and registers the best where the job says so. Trials that
 * have succeeded are not run again, those that began go on. One that fails is told and the others go on; one that is cancelled stops the
 * search, which can be gone on with.
 */
export async function runSearch(
  of: RunRecord,
  store: Store,
  ports: RunPorts,
  hooks: SearchHooks,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  const id = of.spec.trial?.search ?? of.summary.id;
  const first = id === of.summary.id ? of : await store.getRun(id);
  const search = searchOf(first.spec);
  if (search === undefined) throw new Error(`Run ${id} is no search.`);
  const known = await findTrials(first, store);
  const records: RunRecord[] = [];
  let stopped = false;
  for (let number = 1; number <= search.trials.length; number += 1) {
    const earlier = known.get(number);
    if (stopped) {
      if (earlier !== undefined) records.push(earlier);
      continue;
    }
    if (earlier?.summary.state === 'succeeded') {
      records.push(earlier);
      continue;
    }
    if (await isStopped(id, store)) {
      stopped = true;
      if (earlier !== undefined) records.push(earlier);
      continue;
    }
    const trial =
      earlier === undefined || wasNeverBegun(earlier)
        ? await createRun({ ...first.spec, trial: trialOf(search, number, id) }, store, ports, signal)
        : earlier;
    // Whoever cancels the search cancels the trials that are recorded by then; one recorded since must look itself.
    if (trial !== earlier && (await isStopped(id, store))) await store.requestCancel(trial.summary.id);
    hooks.onTrial?.(trial);
    const ended = await runTrial(trial, store, hooks, signal);
    records.push(ended);
    stopped = signal.aborted || ended.summary.state === 'cancelled';
  }
  const measured: MeasuredTrial[] = [];
  for (const { summary } of records) measured.push(measureTrial(await reportTuning(summary.id, store)));
  const best = chooseTrial(measured)?.report;
  const registered =
    stopped || best === undefined
      ? undefined
      : await registerBest(best, search.job.register, first, store, ports, signal);
  // Of a search that was interrupted there is something to tell as well.
  const told = await reportSearch(id, store, { now: ports.clock.now(), over: true }, new AbortController().signal);
  return { search: id, trials: search.trials.length, measured, best, registered, report: told, stopped };
}

/** One that was cancelled before its turn had come. The first is the search itself, and stays. */
function wasNeverBegun({ summary, spec }: RunRecord): boolean {
  return summary.state === 'cancelled' && summary.resumable !== true && spec.trial?.trial !== 1;
}

/** A trial that another process runs, or has taken over, is left to it. One that was cancelled just before it began is cancelled. */
async function runTrial(trial: RunRecord, store: Store, hooks: SearchHooks, signal: AbortSignal): Promise<RunRecord> {
  try {
    const ended = await hooks.execute(trial, signal);
    const { state, failure, id } = ended.summary;
    if (state === 'failed') hooks.onNote?.(`Trial ${nameOf(trial)} (run ${id}) failed: ${failure?.message ?? state}`);
    return ended;
  } catch (error) {
    const { code, message } = toWorkbenchError(error);
    if (code === 'run-finished') return store.getRun(trial.summary.id);
    if (code !== 'run-active' && code !== 'run-lease-lost') throw error;
    hooks.onNote?.(`Trial ${nameOf(trial)} is left out: ${message}`);
    return store.getRun(trial.summary.id);
  }
}

function nameOf({ spec: { trial } }: RunRecord): string {
  return `${String(trial?.trial ?? 1)} of ${String(trial?.trials ?? 1)}`;
}

async function registerBest(
  best: TuningReport,
  register: NonNullable<ReturnType<typeof searchOf>>['job']['register'],
  { spec }: RunRecord,
  store: Store,
  { files, clock, digest }: RunPorts,
  signal: AbortSignal,
): Promise<VersionReference | undefined> {
  const { requestedBy: author, folder, path } = spec;
  if (register === undefined || author === undefined) return undefined;
  const { card, ...named } = register;
  const record = await store.getRun(best.run.id);
  const { model, version } = await registerCheckpoint(
    {
      report: best,
      spec: record.spec,
      author,
      folder,
      ...named,
      ...(card === undefined ? {} : { card: files.resolve(files.parent(path), card) }),
    },
    { store, files, clock, digest },
    signal,
  );
  return { model, version };
}
