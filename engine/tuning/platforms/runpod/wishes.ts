import type { RunPodPlatform } from '../../../../schemas/generated/files.ts';
import type { JobBundle } from '../../platform.ts';

/** What the platform is asked for, with the job's wishes in place of what workbench.yaml declares. */
export interface RunPodWishes {
  readonly gpus: readonly string[];
  readonly count: number;
  readonly cloud: 'secure' | 'community';
  readonly dataCenters: readonly string[];
}

export function wishesOf(settings: RunPodPlatform, { hardware }: Pick<JobBundle, 'hardware'>): RunPodWishes {
  const { gpu, count = 1, cloud = 'secure', dataCenters = [] } = settings;
  const declared = typeof gpu === 'string' ? [gpu] : gpu;
  const wished = hardware?.gpus ?? [];
  return { gpus: wished.length > 0 ? wished : declared, count: hardware?.count ?? count, cloud, dataCenters };
}
