import type { TrainerAddress, TrainerSync } from '../../../schemas/generated/messages.ts';
import type { JobBundle } from '../platform.ts';
import type { JobStorage } from '../storage/storage.ts';
import { keysOf } from './job-desk.ts';

/** Where a machine gets its job and puts what it makes: addresses of its own objects, for as long as it may live. */
export interface MachineAddresses {
  /** The environment variable `AIWB_SYNC`. */
  readonly sync: TrainerSync;
  /** Where the trainer itself lies, as a TAR archive. */
  readonly trainer: TrainerAddress;
}

/** Seconds for which an address is good beyond a machine's life: what it puts last is large. */
const spare = 3600;
/** The longest that signatures last (S3's presigned addresses: seven days). */
const longest = 7 * 86_400;

export async function addressMachine(
  storage: JobStorage,
  bundle: JobBundle,
  lifetime: number,
  signal: AbortSignal,
): Promise<MachineAddresses> {
  const keys = keysOf(bundle);
  const seconds = Math.min(longest, Math.ceil(lifetime) + spare);
  const address = async (key: string, use: 'get' | 'put'): Promise<TrainerAddress> => {
    const { url, headers } = await storage.address(key, use, seconds, signal);
    return { url, headers: { ...headers } };
  };
  return {
    sync: {
      bundle: await address(keys.bundle, 'get'),
      state: await address(keys.state, 'get'),
      put: {
        events: await address(keys.events, 'put'),
        answers: await address(keys.answers, 'put'),
        state: await address(keys.state, 'put'),
        model: await address(keys.model, 'put'),
        log: await address(keys.log, 'put'),
      },
    },
    trainer: await address(keys.trainer, 'get'),
  };
}
