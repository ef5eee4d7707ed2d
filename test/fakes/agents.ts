import type { AgentDesk } from '../../engine/agents/desk.ts';
import { estimateRun } from '../../engine/runs/estimate.ts';
import { createRun, specifyRun } from '../../engine/runs/start.ts';
import type { StartRun } from '../../schemas/generated/messages.ts';
import type { BenchWorld } from './benchmarks.ts';
import { identity } from './evidence.ts';

/** A desk over a workspace whose runs are executed in this process. `settled` waits for those that were started. */
export interface TestDesk extends AgentDesk {
  readonly started: readonly StartRun[];
  settled(): Promise<void>;
}

export function openDesk(world: BenchWorld, changes: Partial<AgentDesk> = {}): TestDesk {
  const { folder, store, ports } = world;
  const started: StartRun[] = [];
  const running: Promise<unknown>[] = [];
  const specify = ({ source, origin, models, limit, budget }: StartRun, signal: AbortSignal) =>
    specifyRun(
      {
        path: source.path,
        folder,
        origin,
        ...(models === undefined ? {} : { models }),
        ...(limit === undefined ? {} : { limit }),
        ...(budget === undefined ? {} : { budget }),
      },
      ports.files,
      { whoAmI: () => Promise.resolve(identity('ada')) },
      signal,
    );
  return {
    folder,
    store,
    files: ports.files,
    clock: ports.clock,
    memory: { digest: ports.digest, of: () => Promise.resolve(undefined) },
    listModels: () => Promise.resolve({ models: [] }),
    estimate: async (request, signal) => estimateRun(await specify(request, signal), ports, signal),
    async start(request, signal) {
      started.push(request);
      const record = await createRun(await specify(request, signal), store, ports, signal);
      running.push(world.execute(record));
      return record.summary;
    },
    assess: () => Promise.reject(new Error('Nothing is assessed here.')),
    redact: text => text,
    started,
    settled: async () => {
      await Promise.allSettled(running);
    },
    ...changes,
  };
}
