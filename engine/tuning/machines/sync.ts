import type { TrainerAddress, TrainerPlace, TrainerSlot, TrainerSync } from '../../../schemas/generated/messages.ts';
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

/** Parts of an archive. Each takes some 70 bytes of the environment for each slot and verb, and Linux gives a variable 128 KiB. */
const parts = 64;
/** S3 takes 5 GiB at once, Azure 5,000 MiB. 64 parts have 256 GiB. */
const usualPartBytes: TrainerSync['partBytes'] = { usual: 256 * 2 ** 20, most: 4 * 2 ** 30 };

export async function addressMachine(
  storage: JobStorage,
  bundle: JobBundle,
  lifetime: number,
  signal: AbortSignal,
  partBytes: TrainerSync['partBytes'] = usualPartBytes,
): Promise<MachineAddresses> {
  const keys = keysOf(bundle);
  const seconds = Math.min(longest, Math.ceil(lifetime) + spare);
  const address = async (key: string, use: 'get' | 'put'): Promise<TrainerAddress> => {
    const { url, headers } = await storage.address(key, use, seconds, signal);
    return { url, headers: { ...headers } };
  };
  const slot = async (key: string, use: 'get' | 'put'): Promise<TrainerSlot> => {
    const { url, headers, count, signatures } = await storage.addressParts(key, use, parts, seconds, signal);
    return {
      url,
      headers: { ...headers },
      count,
      ...(signatures === undefined ? {} : { signatures: [...signatures] }),
    };
  };
  const place = async (index: string, slots: readonly string[], use: 'get' | 'put'): Promise<TrainerPlace> => ({
    index: await address(index, use),
    slots: await Promise.all(slots.map(key => slot(key, use))),
  });
  return {
    sync: {
      bundle: await address(keys.bundle, 'get'),
      state: await place(keys.state, keys.stateSlots, 'get'),
      put: {
        events: await address(keys.events, 'put'),
        answers: await address(keys.answers, 'put'),
        state: await place(keys.state, keys.stateSlots, 'put'),
        model: await place(keys.model, keys.modelSlots, 'put'),
        log: await address(keys.log, 'put'),
      },
      partBytes,
    },
    trainer: await address(keys.trainer, 'get'),
  };
}
