import type { Checkpoint } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunWriter, TrainingRecord } from '../ports/store.ts';
import { bundleJob } from './bundle.ts';
import { budgetExceeded, judgeDivergence } from './guards.ts';
import type { JobEvent, TuningPlatform } from './platform.ts';
import type { TuningPlan } from './plan.ts';
import type { TuningProgress } from './progress.ts';
import type { Used } from './report.ts';
import { keepCheckpoints, measurementsSinceBest } from './selection.ts';

export interface TrainingLoopDependencies {
  readonly plan: TuningPlan;
  readonly platform: TuningPlatform;
  readonly writer: RunWriter;
  readonly progress: TuningProgress;
  readonly digest: Digest;
  /** What this attempt has used so far. */
  readonly meter: () => Used;
  /** US dollars of earlier attempts. */
  readonly spentBefore: number;
  /** Called when an epoch is saved, with the checkpoints kept from then on. */
  readonly onCheckpoints: (checkpoints: readonly Checkpoint[]) => void;
  readonly onLog: ((line: string) => void) | undefined;
}

type EpochEvent = Extract<JobEvent, { type: 'epoch' }>;

/** Follows a job on its platform, saves every epoch and stops the job when a guard says so. */
export class TrainingLoop {
  readonly #with: TrainingLoopDependencies;
  #checkpoints: readonly Checkpoint[] = [];

  constructor(dependencies: TrainingLoopDependencies) {
    this.#with = dependencies;
  }

  /** Trains until the last epoch, or until the selected figure no longer improves. Throws what ended it before. */
  async run(earlier: TrainingRecord, signal: AbortSignal): Promise<void> {
    const { plan, platform, progress, writer, digest, spentBefore } = this.#with;
    this.#checkpoints = earlier.checkpoints;
    if (progress.done >= plan.hyperparameters.epochs || this.#isPatienceSpent()) return;
    const handle = await platform.submit(
      bundleJob(plan, writer.runId, earlier, spentBefore, digest),
      earlier.job,
      () => Promise.resolve(),
      signal,
    );
    try {
      for await (const event of platform.events(handle, signal)) {
        signal.throwIfAborted();
        await this.#take(event);
        if (this.#isPatienceSpent()) return;
      }
    } finally {
      await platform.cancel(handle);
    }
    const left = plan.hyperparameters.epochs - progress.done;
    if (left > 0) throw jobFailed(platform, `it ended ${String(left)} epochs early`);
  }

  async #take(event: JobEvent): Promise<void> {
    const { platform, progress, plan, spentBefore, onLog } = this.#with;
    switch (event.type) {
      case 'log':
        onLog?.(event.line);
        return;
      case 'cost': {
        const spent = spentBefore + event.dollars;
        progress.setCost(spent);
        if (plan.budget !== undefined && spent > plan.budget) throw budgetExceeded(plan.budget, spent);
        return;
      }
      case 'state':
        if (event.state === 'failed' || event.state === 'lost' || event.state === 'cancelled')
          throw jobFailed(platform, `the platform says "${event.raw}"`);
        return;
      case 'epoch':
        await this.#save(event);
    }
  }

  /** What a diverged epoch left behind is not saved: the run ends with the checkpoints before it. */
  async #save({ point, weights, stateDigest }: EpochEvent): Promise<void> {
    const { plan, progress, writer, meter, onCheckpoints } = this.#with;
    const before = progress.epochs.find(({ epoch }) => epoch === 0);
    const diverged = judgeDivergence(point, before, plan.labels.length, plan.hyperparameters.learningRate);
    if (diverged !== undefined && point.epoch > 0) throw diverged;
    progress.addEpoch(point);
    if (weights !== undefined) {
      const { epochs } = progress;
      this.#checkpoints = keepCheckpoints(
        this.#checkpoints,
        point.epoch,
        weights,
        epochs,
        plan.selection,
        plan.keepEvery,
      );
    }
    await writer.saveEpoch({ point, stateDigest, checkpoints: this.#checkpoints }, meter(), progress.snapshot());
    onCheckpoints(this.#checkpoints);
  }

  #isPatienceSpent(): boolean {
    const { plan, progress } = this.#with;
    return plan.patience !== undefined && measurementsSinceBest(progress.epochs, plan.selection) >= plan.patience;
  }
}

function jobFailed({ name }: TuningPlatform, why: string): WorkbenchError {
  return new WorkbenchError('run-failed', `Training on ${name} did not finish: ${why}.`, {
    remedy: 'Resume the run to go on from its last saved epoch.',
  });
}
