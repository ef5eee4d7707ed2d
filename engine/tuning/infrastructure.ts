import type { EpochPoint, Infrastructure, PlatformJob } from '../../schemas/generated/messages.ts';
import type { TrainingRecord } from '../ports/training.ts';
import type { JobUsage } from '../ports/job-usage.ts';
import type { TuningPlan } from './plan.ts';

/** What the run's own process has used. */
export type Used = NonNullable<TrainingRecord['used']>;

export interface InfrastructureInput {
  readonly plan: TuningPlan;
  /** Of the run's own process, over all attempts. */
  readonly used: Used;
  /** What the trainer has counted, where it is another program. */
  readonly usage: JobUsage | undefined;
  readonly job: PlatformJob | undefined;
  readonly cost: number | undefined;
  /** This machine. */
  readonly hardware: string;
  readonly epochs: readonly EpochPoint[];
  readonly now: number;
}

/** What a run has used: as its trainer counts it, else as its own process does. */
export function infrastructureOf(input: InfrastructureInput): Infrastructure {
  const { plan, used, usage, job, cost } = input;
  const wallSeconds = usage?.wallSeconds ?? used.wallSeconds;
  const hardware = hardwareOf(input);
  const rowsPerSecond = rateOf(input, wallSeconds);
  return {
    platform: plan.platform.name,
    ...(hardware === undefined ? {} : { hardware }),
    wallSeconds,
    cpuSeconds: usage?.cpuSeconds ?? used.cpuSeconds,
    peakMemoryBytes: usage?.peakMemoryBytes ?? used.peakMemoryBytes,
    ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }),
    ...(cost === undefined ? {} : { cost }),
    ...(usage?.gpu === undefined ? {} : { gpu: usage.gpu }),
    ...(usage?.gpuSeconds === undefined ? {} : { gpuSeconds: usage.gpuSeconds }),
    ...(usage?.peakGpuMemoryBytes === undefined ? {} : { peakGpuMemoryBytes: usage.peakGpuMemoryBytes }),
    ...(usage?.tokens === undefined ? {} : { tokens: usage.tokens }),
    ...machineOf(job, input.now),
  };
}

/** This machine's own hardware is told of what trains on it alone. */
function hardwareOf({ plan, usage, job, hardware }: InfrastructureInput): string | undefined {
  if (usage?.hardware !== undefined) return usage.hardware;
  if (job?.hardware !== undefined) return job.hardware;
  return plan.platform.settings.type === 'local' ? hardware : undefined;
}

function rateOf({ plan, epochs, usage }: InfrastructureInput, wallSeconds: number): number | undefined {
  // Of a service nobody knows how long it trained.
  if (wallSeconds <= 0 || (plan.base.kind !== 'embedded' && usage === undefined)) return undefined;
  const trained = epochs.reduce((most, { epoch }) => Math.max(most, epoch), 0);
  const rows = plan.aspects.reduce((sum, { training }) => sum + training.length, 0);
  return (rows * trained) / wallSeconds;
}

/** Of the machine that was rented last. */
function machineOf(job: PlatformJob | undefined, now: number): Pick<Infrastructure, 'machineSeconds' | 'hourlyPrice'> {
  if (job === undefined || job.type === 'local' || job.type === 'openai') return {};
  const { createdAt, endedAt = now, hourlyPrice } = job;
  return {
    ...(createdAt === undefined ? {} : { machineSeconds: Math.max(0, endedAt - createdAt) / 1000 }),
    ...(hourlyPrice === undefined ? {} : { hourlyPrice }),
  };
}
