import type {
  Failure,
  RunState,
  RunSummary,
  SearchedTrial,
  SearchReport,
  TuningReport,
  VersionReference,
} from '../../../schemas/generated/messages.ts';
import { isEnded } from '../../../schemas/run-states.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { RunRecord, Store } from '../../ports/store.ts';
import { reportTuning } from '../compare.ts';
import { chooseTrial, measureTrial, type MeasuredTrial } from './choose.ts';
import { findTrials, searchOf, type Search } from './trials.ts';

/** Milliseconds that a search may take between two trials, and to register its best, before nobody is at it any more. */
const betweenTrials = 60_000;

export interface SearchMoment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The process at it says that it is over. */
  readonly over?: boolean;
}

/**
 * A search as one thing, from whichever of its runs: what its trials' records say. It is under way until the last trial has ended and the
 * best is registered where the job says so. Throws `run-not-found`, and `usage` for a run that is no trial.
 */
export async function reportSearch(
  runId: string,
  store: Store,
  moment: SearchMoment,
  signal: AbortSignal,
): Promise<SearchReport> {
  const asked = await store.getRun(runId);
  const id = asked.spec.trial?.search ?? asked.summary.id;
  const first = id === asked.summary.id ? asked : await store.getRun(id);
  const search = searchOf(first.spec);
  if (search === undefined || first.spec.trial === undefined) throw noSearch(asked.summary.id);
  const records = await findTrials(first, store);
  const measured = new Map<number, MeasuredTrial>();
  for (const [number, { summary }] of records) {
    signal.throwIfAborted();
    measured.set(number, measureTrial(await reportTuning(summary.id, store)));
  }
  const best = chooseTrial([...measured.values()])?.report;
  const registered = best === undefined ? undefined : await findRegistered(best, search, store, signal);
  const awaits = search.job.register !== undefined && best !== undefined && registered === undefined;
  const summaries = [...records.values()].map(({ summary }) => summary);
  const state = stateOf(summaries, search.trials.length, first.cancelRequested === true, awaits, moment);
  const trials = search.trials.map((parameters, index) =>
    describeTrial(index + 1, { ...parameters }, measured.get(index + 1), moment.now),
  );
  const any = measured.get(1) ?? [...measured.values()][0];
  if (any === undefined) throw noSearch(id);
  return {
    run: asOneRun(first.summary, summaries, trials, state),
    selection: any.report.selection,
    ...(best === undefined ? {} : { best: best.run.id }),
    ...(registered === undefined ? {} : { registered }),
    trials,
  };
}

/** Whether a run is the one that a search is known by. */
export function isSearch({ summary, spec }: Pick<RunRecord, 'summary' | 'spec'>): boolean {
  return spec.trial?.search === summary.id;
}

function stateOf(
  runs: readonly RunSummary[],
  trials: number,
  cancelRequested: boolean,
  awaitsRegistration: boolean,
  { now, over = false }: SearchMoment,
): RunState {
  const active = runs.map(({ state }) => state).filter(state => !isEnded(state));
  if (active.length > 0) {
    if (cancelRequested || active.includes('cancelling')) return 'cancelling';
    return runs.length === 1 ? (active[0] ?? 'running') : 'running';
  }
  const complete = runs.length === trials;
  if (runs.some(({ state }) => state === 'cancelled') || (cancelRequested && !complete)) return 'cancelled';
  if (runs.some(({ state }) => state === 'lost')) return 'lost';
  const lastEnd = Math.max(...runs.map(({ endedAt = 0 }) => endedAt));
  const isFresh = !over && now - lastEnd < betweenTrials;
  if (!complete) return isFresh ? 'running' : over ? 'cancelled' : 'lost';
  if (awaitsRegistration && isFresh) return 'running';
  return runs.some(({ state }) => state === 'succeeded') ? 'succeeded' : 'failed';
}

function asOneRun(
  first: RunSummary,
  runs: readonly RunSummary[],
  trials: readonly SearchedTrial[],
  state: RunState,
): RunSummary {
  const { id, name, kind, file, cell, origin, createdAt, archived } = first;
  const starts = runs.flatMap(({ startedAt }) => startedAt ?? []);
  const ends = runs.flatMap(({ endedAt }) => endedAt ?? []);
  const costs = trials.flatMap(({ cost }) => cost ?? []);
  const host = runs.at(-1)?.host;
  const failed = runs.filter(run => run.state === 'failed').length;
  const failure = state === 'failed' ? runs.find(run => run.failure !== undefined)?.failure : undefined;
  return {
    ...{ id, name, kind, file, state, origin, createdAt, archived },
    ...(cell === undefined ? {} : { cell }),
    ...(starts.length === 0 ? {} : { startedAt: Math.min(...starts) }),
    ...(isEnded(state) && ends.length > 0 ? { endedAt: Math.max(...ends) } : {}),
    ...(host === undefined ? {} : { host }),
    resumable: isEnded(state) && (state !== 'succeeded' || failed > 0) && !isNeverBegun(first),
    progress: {
      total: trials.length,
      done: runs.filter(run => isEnded(run.state)).length,
      failed,
      reused: 0,
      ...(costs.length === 0 ? {} : { cost: costs.reduce((sum, cost) => sum + cost, 0) }),
      errors: {},
      variants: [],
    },
    headlines: [],
    ...(failure === undefined ? {} : { failure: allFailed(failure, trials.length) }),
  };
}

/** Cancelled before it began: there is nothing to go on with. */
function isNeverBegun({ state, resumable }: RunSummary): boolean {
  return state === 'cancelled' && resumable !== true;
}

function allFailed(first: Failure, trials: number): Failure {
  return { ...first, message: `None of the ${String(trials)} trials succeeded. The first to fail: ${first.message}` };
}

function describeTrial(
  trial: number,
  parameters: SearchedTrial['parameters'],
  measured: MeasuredTrial | undefined,
  now: number,
): SearchedTrial {
  if (measured === undefined) return { trial, parameters };
  const { report, figure } = measured;
  const { run, epochs, losses = [], infrastructure } = report;
  const { progress, startedAt, failure } = run;
  const step = losses.at(-1)?.step ?? epochs.at(-1)?.step;
  const loss = losses.at(-1)?.loss ?? epochs.at(-1)?.trainingLoss;
  const until = run.endedAt ?? (isEnded(run.state) ? undefined : now);
  const seconds =
    infrastructure?.wallSeconds ??
    (startedAt === undefined || until === undefined ? undefined : Math.max(0, until - startedAt) / 1000);
  const cost = infrastructure?.cost ?? progress.cost;
  return {
    trial,
    parameters,
    runId: run.id,
    state: run.state,
    ...(isEnded(run.state) || progress.phase === undefined ? {} : { phase: progress.phase }),
    ...(progress.total === 0 ? {} : { epochs: progress.done, ofEpochs: progress.total }),
    ...(step === undefined ? {} : { step }),
    ...(loss === undefined || !Number.isFinite(loss) ? {} : { loss }),
    ...(figure === undefined || !Number.isFinite(figure) ? {} : { figure }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(cost === undefined ? {} : { cost }),
    ...(failure === undefined ? {} : { failure: failure.message }),
  };
}

/** The version that the search made of its best trial. */
async function findRegistered(
  { run }: TuningReport,
  { job: { register } }: Search,
  { registry }: Store,
  signal: AbortSignal,
): Promise<VersionReference | undefined> {
  if (register === undefined) return undefined;
  try {
    const versions = await registry.listVersions(register.model, signal);
    const found = versions.find(({ lineage }) => lineage.runId === run.id);
    return found === undefined ? undefined : { model: found.model, version: found.version };
  } catch (error) {
    if (toWorkbenchError(error).code === 'registry-not-found') return undefined;
    throw error;
  }
}

function noSearch(id: string): WorkbenchError {
  return new WorkbenchError('usage', `Run ${id} is no trial of a search.`, {
    remedy: 'Name a run of a tuning job with `search`; `aiwb runs list` shows them.',
  });
}
