import type { DenvrPlatform } from '../../../../schemas/generated/files.ts';
import { createMachinePlatform } from '../../machines/machine-platform.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { TuningPlatform } from '../../platform.ts';
import { createStorage } from '../../storage/create-storage.ts';
import { createDenvrMachines } from './machines.ts';

export function createDenvrPlatform(name: string, settings: DenvrPlatform, ports: PlatformPorts): TuningPlatform {
  const machines = createDenvrMachines(name, settings, ports);
  return createMachinePlatform({ machines, storage: createStorage(settings.storage, ports), price: settings.price }, ports);
}
