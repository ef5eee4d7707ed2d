import type { Platform, Workbench } from '../../schemas/generated/files.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { RunPorts } from '../runs/ports.ts';
import type { TuningPlatform } from './platform.ts';

/** Everything outside the engine that a platform may need, whatever its type. */
export interface PlatformPorts extends RunPorts {
  /** Where weights, training states and checkpoints are kept. */
  readonly blobs: Blobs;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Absolute path of the store's folder for jobs. It need not exist; each job has a folder of its own in it, named by its tag. */
  readonly scratch: string;
  /** `workbench.yaml`, whose connections a service is reached by. */
  readonly config: Workbench;
}

/** Makes a platform's client from its settings in `workbench.yaml`. Asks nobody. */
export type CreatePlatform<Settings extends Platform = Platform> = (
  name: string,
  settings: Settings,
  ports: PlatformPorts,
) => TuningPlatform;
