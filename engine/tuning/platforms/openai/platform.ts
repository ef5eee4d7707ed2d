import { toWorkbenchError, WorkbenchError } from '../../../base/errors.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { TuningPlatform } from '../../platform.ts';
import { hasEnded, type OpenedService, type ServiceSession } from './context.ts';
import { removeFiles } from './files.ts';
import { createInventory } from './inventory.ts';
import { openService, type OpenAiPlatform } from './open.ts';
import { preflightService, toFinding } from './preflight.ts';
import { filesOf, submitJob } from './submit.ts';
import { watchJob, type Followed } from './watch.ts';

/** A service that speaks OpenAI's fine-tuning API: it trains by itself, on rows that are uploaded, and keeps the model. */
export function createOpenAiPlatform(name: string, settings: OpenAiPlatform, ports: PlatformPorts): TuningPlatform {
  const followed = new Map<string, Followed>();
  const open = (signal: AbortSignal): Promise<ServiceSession> => openService(name, settings, ports, signal);

  async function within<Value>(signal: AbortSignal, use: (opened: OpenedService) => Promise<Value>): Promise<Value> {
    const opened = await open(signal);
    try {
      return await use(opened);
    } finally {
      await opened.close();
    }
  }

  return {
    name,
    async preflight(bundle, signal) {
      try {
        return await within(signal, opened => preflightService(bundle, opened, signal));
      } catch (error) {
        signal.throwIfAborted();
        const failure = toWorkbenchError(error);
        if (failure.code === 'internal') throw error;
        return [toFinding('credentials', failure)];
      }
    },
    async submit(bundle, earlier, record, signal) {
      const { job, spent } = await within(signal, opened => submitJob(bundle, earlier, record, opened, signal));
      followed.set(job.id, { bundle, counted: (bundle.counted ?? 0) - spent });
      return { platform: name, job: job.id };
    },
    async *events({ job }, signal) {
      const own = followed.get(job);
      if (own === undefined) throw new Error(`${job} was not submitted here.`);
      const opened = await open(signal);
      try {
        yield* watchJob(job, own, opened, signal);
      } finally {
        await opened.close();
      }
    },
    async cancel({ job }) {
      const { signal } = new AbortController();
      await within(signal, opened => endJob(job, opened, signal));
    },
    inventory: createInventory(open),
  };
}

/** Milliseconds for which a job is waited for to end once it was cancelled. */
const longestEnd = 60_000;

/** Throws `platform-unreachable` where it may still be under way. */
async function endJob(id: string, opened: OpenedService, signal: AbortSignal): Promise<void> {
  const { service, clock, connection } = opened;
  let job = await service.lookAtJob(id, signal);
  const until = clock.monotonic() + longestEnd;
  for (let wait = 500; job !== undefined && !hasEnded(job.status); wait = Math.min(2 * wait, 5000)) {
    if (clock.monotonic() > until)
      throw new WorkbenchError(
        'platform-unreachable',
        `${connection} has not ended ${id} yet: it says "${job.status}".`,
        {
          remedy: 'See with `aiwb tune sweep` whether it does; it may still be charged.',
        },
      );
    await service.cancelJob(id, signal);
    await clock.sleep(wait, signal);
    job = await service.lookAtJob(id, signal);
  }
  if (job !== undefined) await removeFiles(filesOf(job), opened, signal);
}
