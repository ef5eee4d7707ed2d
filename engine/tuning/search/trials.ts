import type { TuningJob } from '../../../schemas/generated/files.ts';
import type { SearchTrial } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { parseDocument } from '../../documents/parse.ts';
import type { RunRecord, Store } from '../../ports/store.ts';
import type { RunSpec } from '../../ports/run-spec.ts';
import { seedOf } from '../job.ts';
import { expandSearch, type TrialParameters } from './expand.ts';

/** A job that searches, with all it tries. */
export interface Search {
  readonly job: TuningJob;
  readonly trials: readonly TrialParameters[];
}

/** The search that a run's text asks for; undefined for a run without one, or whose text has errors. */
export function searchOf({ kind, text }: Pick<RunSpec, 'kind' | 'text'>): Search | undefined {
  if (kind !== 'tune') return undefined;
  const job = parseDocument('tune', text).value;
  if (job?.search === undefined) return undefined;
  return { job, trials: expandSearch(job, seedOf(job)) };
}

/** A trial by its number, from 1. */
export function trialOf({ trials }: Search, number: number, search: string): SearchTrial {
  return { search, trial: number, trials: trials.length, parameters: { ...trials[number - 1] } };
}

/**
 * The specification as its first trial has it, to be planned and estimated before anything is recorded; the same where nothing is searched. Throws
 * `identity-missing` where the best trial is to be registered and nobody is known to register it.
 */
export function foreseeTrial(spec: RunSpec): RunSpec {
  const search = searchOf(spec);
  if (search === undefined || spec.trial !== undefined) return spec;
  const { register } = search.job;
  if (register !== undefined && spec.requestedBy === undefined) throw nobodyRegisters(spec, register.model);
  return { ...spec, trial: trialOf(search, 1, '') };
}

function nobodyRegisters({ path }: RunSpec, model: string): WorkbenchError {
  return new WorkbenchError(
    'identity-missing',
    `The search registers its best trial as ${model}, and git does not know who you are.`,
    {
      remedy: 'Set it with `git config user.email you@example.com`, or take `register` out of the job.',
      place: { path },
    },
  );
}

/** The runs of a search by the number of their trial, as far as they were recorded, archived ones too. */
export async function findTrials(first: RunRecord, store: Store): Promise<ReadonlyMap<number, RunRecord>> {
  const found = new Map<number, RunRecord>([[1, first]]);
  for (const archived of [false, true]) await collectTrials(first, store, archived, found);
  return found;
}

async function collectTrials(
  { summary, spec }: RunRecord,
  store: Store,
  archived: boolean,
  found: Map<number, RunRecord>,
): Promise<void> {
  const wanted = spec.trial?.trials ?? 1;
  const { name, file } = spec;
  let before: string | undefined;
  // Newest first: nothing older than the first trial belongs to it.
  while (found.size < wanted) {
    const page = await store.listRuns({
      ...{ kind: 'tune', name, file, archived },
      ...(before === undefined ? {} : { before }),
    });
    for (const { id } of page) {
      if (id === summary.id) return;
      const record = await store.getRun(id);
      const { trial } = record.spec;
      if (trial?.search === summary.id && !found.has(trial.trial)) found.set(trial.trial, record);
    }
    const last = page.at(-1);
    if (last === undefined || last.createdAt < summary.createdAt) return;
    before = last.id;
  }
}
