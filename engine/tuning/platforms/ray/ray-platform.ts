import type { RayPlatform } from '../../../../schemas/generated/files.ts';
import { createMachinePlatform } from '../../machines/machine-platform.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { TuningPlatform } from '../../platform.ts';
import { createStorage } from '../../storage/create-storage.ts';
import { createRayMachines } from './ray-machines.ts';

/** Trains as jobs of a Ray cluster, by its Jobs API. */
export function createRayPlatform(name: string, settings: RayPlatform, ports: PlatformPorts): TuningPlatform {
  return createMachinePlatform(
    {
      machines: createRayMachines(name, settings, ports),
      storage: createStorage(settings.storage, ports),
      price: settings.price,
      install: settings.install,
      python: settings.python,
    },
    ports,
  );
}
