import type { RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import type { Store } from '../ports/store.ts';

/** A tuning job: by its name, or by its file relative to the workspace. */
export type JobNamed = { readonly name: string } | { readonly file: string };

/** What a tuning job has come to. */
export interface JobResult {
  /** The run whose checkpoints the job stands for; absent where nothing has succeeded. */
  readonly run?: RunSummary;
  /** The search that `run` is the best trial of. */
  readonly search?: string;
  /** The newest run, whatever became of it; absent where the job never ran. */
  readonly newest?: RunSummary;
  /** The newest search that is under way and has trials that succeeded. */
  readonly underWay?: SearchReport;
}

/**
 * Finds what a tuning job has come to. Tuning stands on runs, so runs are given what they ask of it.
 * @param now milliseconds since the epoch
 */
export type FindJobResult = (job: JobNamed, store: Store, now: number, signal: AbortSignal) => Promise<JobResult>;
