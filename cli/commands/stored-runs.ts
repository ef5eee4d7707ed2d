import process from 'node:process';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createHost, withStore, type Host } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import type { GlobalOptions } from '../options.ts';

/** Opens the store beside the working folder for one command. */
export async function useStore(
  options: GlobalOptions,
  use: (store: Store, host: Host, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  try {
    return await withStore(host, process.cwd(), options.store, interrupts.signal, store =>
      use(store, host, interrupts.signal),
    );
  } finally {
    interrupts.dispose();
  }
}

/** A run's full id; `latest` is the newest one. */
export async function findRun(store: Store, id: string): Promise<string> {
  if (id !== 'latest') return (await store.getRun(id)).summary.id;
  const [newest] = await store.listRuns({ limit: 1 });
  if (newest !== undefined) return newest.id;
  throw new WorkbenchError('run-not-found', 'There is no run yet.', { remedy: 'Start one: `aiwb run my.bench.yaml`.' });
}
