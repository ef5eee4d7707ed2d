import type { TuningPlatform } from '../platform.ts';
import type { PlatformPorts } from '../platform-ports.ts';
import type { JobStorage } from '../storage/storage.ts';
import type { Machines } from './machine.ts';

export interface MachinePlatformSettings {
  readonly machines: Machines;
  readonly storage: JobStorage;
  /** US dollars an hour of one machine, where the platform does not tell it. */
  readonly price?: number | undefined;
  /** Install the trainer's requirements on the machine where they are missing. Default true. */
  readonly install?: boolean | undefined;
  /** The machine's own Python. Default `python3`. */
  readonly python?: string | undefined;
}

/** A platform that rents one machine a job (a pod, a virtual machine, a cluster's job) and sees to it that none is left behind. */
export type CreateMachinePlatform = (settings: MachinePlatformSettings, ports: PlatformPorts) => TuningPlatform;
