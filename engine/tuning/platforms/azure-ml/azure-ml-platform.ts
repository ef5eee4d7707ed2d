import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import type { CreatePlatform } from '../../platform-ports.ts';
import { createMachinePlatform } from '../../machines/machine-platform.ts';
import { createStorage } from '../../storage/create-storage.ts';
import { createAzureMlMachines } from './azure-ml-machines.ts';

/** Trains as command jobs of an Azure Machine Learning workspace. */
export const createAzureMlPlatform: CreatePlatform<AzureMlPlatform> = (name, settings, ports) =>
  createMachinePlatform(
    {
      machines: createAzureMlMachines(name, settings, ports),
      storage: createStorage(settings.storage, ports),
      price: settings.price,
    },
    ports,
  );
