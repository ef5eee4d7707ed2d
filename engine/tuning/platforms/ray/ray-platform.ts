import type { RayPlatform } from '../../../../schemas/generated/files.ts';
import type { CreatePlatform } from '../../platform-ports.ts';
import { createMachinePlatform } from '../../machines/machine-platform.ts';
import { createStorage } from '../../storage/create-storage.ts';
import { createRayMachines } from './ray-machines.ts';

/** Trains as jobs of a Ray cluster, by its Jobs API. */
export const createRayPlatform: CreatePlatform<RayPlatform> = (name, settings, ports) =>
  createMachinePlatform(
    {
      machines: createRayMachines(name, settings, ports),
      storage: createStorage(settings.storage, ports),
      price: settings.price,
      install: settings.install,
      python: settings.python,
    },
    ports,
  );
