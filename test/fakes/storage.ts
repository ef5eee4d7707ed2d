import type { StoragePorts } from '../../engine/tuning/storage/ports.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createHurriedClock } from './clock.ts';

/** Ports of a storage over the real disk and network, with secrets by the names of environment variables. Waits take no time. */
export function storagePorts(
  secrets: Readonly<Record<string, string>>,
  now: () => number = () => Date.now(),
): StoragePorts {
  return {
    files: createFiles(),
    quarantine: createQuarantine(),
    digest: createDigest(),
    clock: { ...createHurriedClock(createClock()), now },
    secrets: {
      async resolve(reference) {
        const value = secrets[reference.env ?? ''];
        if (value === undefined) throw new Error(`No secret ${String(reference.env)}.`);
        return value;
      },
    },
    createHttp: createHttpClient,
    networkFor: () => ({}),
    random: Math.random,
  };
}
