import type { RunPodPlatform } from '../../../../schemas/generated/files.ts';
import { createMachinePlatform } from '../../machines/machine-platform.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { TuningPlatform } from '../../platform.ts';
import { createStorage } from '../../storage/create-storage.ts';
import { createRunPodMachines } from './machines.ts';

export function createRunPodPlatform(name: string, settings: RunPodPlatform, ports: PlatformPorts): TuningPlatform {
  const machines = createRunPodMachines(name, settings, ports);
  return createMachinePlatform(
    { machines, storage: createStorage(settings.storage, ports), price: settings.price },
    ports,
  );
}
