import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import { createMachinePlatform } from '../../machines/machine-platform.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { TuningPlatform } from '../../platform.ts';
import { createStorage } from '../../storage/create-storage.ts';
import { createAzureMlMachines } from './azure-ml-machines.ts';

/** Trains as command jobs of an Azure Machine Learning workspace. */
export function createAzureMlPlatform(name: string, settings: AzureMlPlatform, ports: PlatformPorts): TuningPlatform {
  return createMachinePlatform(
    {
      machines: createAzureMlMachines(name, settings, ports),
      storage: createStorage(settings.storage, ports),
      price: settings.price,
    },
    ports,
  );
}
