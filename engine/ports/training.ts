import type { RunState, Checkpoint, EpochPoint, LossPoint, PlatformJob } from '../../schemas/generated/messages.ts';
import type { JobUsage } from './job-usage.ts';

/** An epoch that ended: its point of the curves and what was saved of it. */
export interface EpochRecord {
  readonly point: EpochPoint;
  /** Blob with everything training needs to go on after this epoch; absent where the platform keeps that. Replaces the one of earlier epochs. */
  readonly stateDigest?: string;
  /** The checkpoints kept from now on; ones that are no longer in the list are dropped. */
  readonly checkpoints: readonly Checkpoint[];
}

/** How a platform's job ended well. */
export interface TrainingOutcome {
  readonly stoppedEarly: boolean;
  readonly notes: readonly string[];
  /** Blob with the job's `JobAnswers` as JSON; absent where the workbench asks the models itself. */
  readonly answersDigest?: string;
}

/** What a job has told between its measurements. */
export interface TrainingNews {
  /** The whole curve. */
  readonly losses?: readonly LossPoint[];
  readonly usage?: JobUsage;
}

/** A job that was asked of a platform, and how its run stands. */
export interface ListedPlatformJob {
  readonly runId: string;
  readonly state: RunState;
  readonly job: PlatformJob;
}

/** What is stored of a tuning run's training. */
export interface TrainingRecord {
  readonly epochs: readonly EpochPoint[];
  readonly checkpoints: readonly Checkpoint[];
  readonly stateDigest?: string;
  /** What was asked of the platform, as it is known. */
  readonly job?: PlatformJob;
  /** The training loss between measurements, thinned. */
  readonly losses?: readonly LossPoint[];
  /** What the trainer has counted, over all attempts. */
  readonly usage?: JobUsage;
  /** Present once the job has ended well: its checkpoints are whole, and nothing is asked of the platform any more. */
  readonly outcome?: TrainingOutcome;
  /** Seconds and bytes of the attempts before a resume. */
  readonly used?: { readonly wallSeconds: number; readonly cpuSeconds: number; readonly peakMemoryBytes: number };
}
