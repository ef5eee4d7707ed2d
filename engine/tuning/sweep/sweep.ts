import type { OrphanedJob, OrphanReference, Orphans, RunSummary } from '../../../schemas/generated/messages.ts';
import { isEnded } from '../../../schemas/run-states.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import type { JobInventory, TaggedJob } from '../platform.ts';

/** A declared platform that costs money, and what is there. */
export interface SweptPlatform {
  readonly name: string;
  readonly type: string;
  readonly inventory: JobInventory;
}

export interface SweepPorts {
  readonly store: Pick<Store, 'getRun'>;
  readonly clock: Clock;
}

/** Milliseconds for which a platform may still show what was ended. */
const showsFor = 120_000;
const pause = 5000;

/** Lists what carries our tag on the platforms and has not ended, with what the store knows of its run. Never throws for a platform that cannot be asked. */
export async function findOrphans(
  platforms: readonly SweptPlatform[],
  { store }: SweepPorts,
  signal: AbortSignal,
): Promise<Orphans> {
  const jobs: OrphanedJob[] = [];
  const failures: Orphans['failures'] = [];
  for (const platform of platforms) {
    try {
      const listed = await platform.inventory.list(signal);
      signal.throwIfAborted();
      for (const job of listed) if (!job.ended) jobs.push(await judge(platform, job, store));
    } catch (error) {
      signal.throwIfAborted();
      failures.push(failureOf(platform.name, error));
    }
  }
  return { jobs, platforms: platforms.map(({ name }) => name), failures };
}

/**
 * Ends these jobs for good, and waits until their platforms show them no more. Each is judged again just before: a run may have been resumed
 * in the meantime, and what is in use is never ended. Foreign ones are, so they must have been named by a person.
 */
export async function terminateOrphans(
  platforms: readonly SweptPlatform[],
  wanted: readonly OrphanReference[],
  ports: SweepPorts,
  signal: AbortSignal,
): Promise<Orphans> {
  const jobs: OrphanedJob[] = [];
  const failures: Orphans['failures'] = [];
  for (const platform of platforms) {
    const ids = wanted.filter(one => one.platform === platform.name).map(({ id }) => id);
    if (ids.length === 0) continue;
    try {
      const listed = await platform.inventory.list(signal);
      for (const id of ids) {
        signal.throwIfAborted();
        const job = listed.find(one => one.id === id && !one.ended);
        if (job === undefined) continue;
        const judged = await judge(platform, job, ports.store);
        if (judged.verdict !== 'in-use') await terminate(platform, id, ports.clock, signal);
        jobs.push(judged.verdict === 'in-use' ? judged : { ...judged, terminated: true });
      }
    } catch (error) {
      signal.throwIfAborted();
      failures.push(failureOf(platform.name, error));
    }
  }
  return { jobs, platforms: platforms.map(({ name }) => name), failures };
}

async function terminate({ name, inventory }: SweptPlatform, id: string, clock: Clock, signal: AbortSignal) {
  await inventory.terminate(id, signal);
  const since = clock.monotonic();
  for (;;) {
    const job = (await inventory.list(signal)).find(one => one.id === id);
    if (job === undefined || job.ended) return;
    if (clock.monotonic() - since > showsFor) {
      throw new WorkbenchError(
        'machine-not-ended',
        `${id} of ${name} was ended and is still there: it may cost money.`,
        {
          remedy: 'Look again in a few minutes, and at the platform’s own console.',
        },
      );
    }
    await clock.sleep(pause, signal);
  }
}

/** `aiwb-RUN`, and `aiwb-RUN-2` for a cluster's later jobs of a run. */
const tagForm = /^aiwb-(\d{8}-\d{6}-[0-9a-z]{5})(?:-\d+)?$/;

async function judge(platform: SweptPlatform, job: TaggedJob, store: SweepPorts['store']): Promise<OrphanedJob> {
  const { id, tag, raw, createdAt, hourlyPrice } = job;
  const runId = tagForm.exec(tag)?.[1];
  const summary = runId === undefined ? undefined : await findRun(runId, store);
  return {
    platform: platform.name,
    type: platform.type,
    id,
    tag,
    raw,
    ...(summary === undefined ? {} : { runId: summary.id }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(hourlyPrice === undefined ? {} : { hourlyPrice }),
    ...verdictOf(summary, job.isSaved === true),
  };
}

function verdictOf(summary: RunSummary | undefined, isSaved: boolean): Pick<OrphanedJob, 'verdict' | 'why'> {
  if (summary === undefined)
    return {
      verdict: 'foreign',
      why: 'No run of this store made it: it may be somebody else’s, or another workspace’s.',
    };
  const { id, state } = summary;
  if (!isEnded(state)) return { verdict: 'in-use', why: `Run ${id} is under way (${state}).` };
  if (isSaved && state !== 'succeeded')
    return { verdict: 'saved', why: `Run ${id} has ended (${state}), and goes on from this when it is resumed.` };
  if (state === 'lost')
    return {
      verdict: 'orphan',
      why: `The process of run ${id} is gone. Resuming the run goes on with it; nothing else ends it.`,
    };
  return { verdict: 'orphan', why: `Run ${id} has ended (${state}).` };
}

async function findRun(runId: string, store: SweepPorts['store']): Promise<RunSummary | undefined> {
  try {
    return (await store.getRun(runId)).summary;
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'run-not-found') return undefined;
    throw error;
  }
}

function failureOf(platform: string, error: unknown): Orphans['failures'][number] {
  const { message, remedy } = toWorkbenchError(error);
  return { platform, message, ...(remedy === undefined ? {} : { remedy }) };
}
