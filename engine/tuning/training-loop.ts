import type {
  Checkpoint,
  EpochPoint,
  PlatformJob,
  PreflightFinding,
  RunState,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunWriter } from '../ports/store.ts';
import type { TrainingOutcome, TrainingRecord } from '../ports/training.ts';
import { bundleJob } from './bundle.ts';
import { budgetExceeded, judgeDivergence, judgePreflight } from './guards.ts';
import { LossCurve } from './loss-curve.ts';
import { checkAnswers, checkCheckpoints, nameCheckpoints, writeAnswers } from './outcome.ts';
import type { JobBundle, JobEvent, JobHandle, JobResult, TuningPlatform } from './platform.ts';
import type { JobUsage } from '../ports/job-usage.ts';
import type { TuningPlan } from './plan.ts';
import type { TuningProgress } from './progress.ts';
import type { Used } from './infrastructure.ts';
import { aspectWords } from './rows.ts';
import { keepCheckpoints, measurementsSinceBest } from './selection.ts';

export interface TrainingLoopDependencies {
  readonly plan: TuningPlan;
  readonly platform: TuningPlatform;
  readonly writer: RunWriter;
  readonly progress: TuningProgress;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly blobs: Blobs;
  /** What this attempt has used so far. */
  readonly meter: () => Used;
  /** US dollars of earlier attempts. */
  readonly spentBefore: number;
  /** What is to be told before the job is started. */
  readonly preflight: (bundle: JobBundle, signal: AbortSignal) => Promise<readonly PreflightFinding[]>;
  /** Called when something is known that the report tells: also of a job that fails afterwards. */
  readonly onNews: (news: TrainedNews) => void;
  readonly onLog: ((line: string) => void) | undefined;
  /** What a person should know of at once, a sentence. */
  readonly onNote: ((sentence: string) => void) | undefined;
}

/** What a training has come to. */
export type TrainedNews = Partial<
  Pick<TrainingRecord, 'checkpoints' | 'outcome' | 'usage' | 'job' | 'losses'> & {
    readonly preflight: readonly PreflightFinding[];
    readonly note: string;
  }
>;

type EpochEvent = Extract<JobEvent, { type: 'epoch' }>;

/** Milliseconds between two times that losses and usage are stored while no measurement comes. */
const storeEvery = 2000;

/** Follows a job on its platform, saves what it tells and stops the job when a guard says so. */
export class TrainingLoop {
  readonly #with: TrainingLoopDependencies;
  readonly #losses: LossCurve;
  #checkpoints: readonly Checkpoint[];
  #usage: JobUsage | undefined;
  #outcome: TrainingOutcome | undefined;
  #unsaved = false;
  #savedAt = -Infinity;
  #hasSucceeded = false;

  constructor(dependencies: TrainingLoopDependencies, earlier: TrainingRecord) {
    this.#with = dependencies;
    this.#checkpoints = earlier.checkpoints;
    this.#losses = new LossCurve(earlier.losses);
    this.#usage = earlier.usage;
    this.#outcome = earlier.outcome;
  }

  /** Trains until the job has ended well. Throws what ended it before. */
  async run(earlier: TrainingRecord, signal: AbortSignal): Promise<void> {
    const { plan, platform, progress, writer, digest, spentBefore } = this.#with;
    if (this.#isOver()) return;
    const bundle = bundleJob(plan, writer.runId, earlier, spentBefore, digest);
    if (earlier.job === undefined || earlier.job.state === 'ended') await this.#preflight(bundle, signal);
    const handle = await platform.submit(bundle, earlier.job, job => this.#record(job), signal);
    try {
      for await (const event of platform.events(handle, signal)) {
        signal.throwIfAborted();
        await this.#take(event);
        if (this.#isPatienceSpent()) break;
      }
      signal.throwIfAborted();
      await this.#flush();
    } catch (error) {
      // Another process has taken the run over: the job is that process's now.
      if (!isLeaseLost(error) && !isLeaseLost(signal.reason)) await this.#end(handle);
      throw error;
    }
    if (!this.#hasSucceeded) await this.#end(handle);
    if (this.#isOver()) return;
    const left = plan.hyperparameters.epochs - progress.done;
    throw jobFailed(
      platform,
      plan.base.kind === 'embedded' ? `it ended ${String(left)} epochs early` : 'it ended without a result',
    );
  }

  /** The embedded model says by its epochs that it is done; all others by their result. */
  #isOver(): boolean {
    const { plan, progress } = this.#with;
    if (this.#outcome !== undefined) return true;
    if (plan.base.kind !== 'embedded') return false;
    return progress.done >= plan.hyperparameters.epochs || this.#isPatienceSpent();
  }

  async #preflight(bundle: JobBundle, signal: AbortSignal): Promise<void> {
    const { plan, platform, progress, preflight, onNews } = this.#with;
    if (plan.base.kind === 'embedded') return;
    progress.setPhase(`Asking ${platform.name} what it has`);
    const findings = await preflight(bundle, signal);
    signal.throwIfAborted();
    onNews({ preflight: findings });
    const failure = judgePreflight(platform.name, findings);
    if (failure !== undefined) throw failure;
  }

  async #record(job: PlatformJob): Promise<void> {
    await this.#with.writer.saveJob(job);
    this.#with.onNews({ job });
  }

  /** Ends the job and everything that costs money. That it cannot be ended must not hide why it was to end, so that is a note. */
  async #end(handle: JobHandle): Promise<void> {
    const { platform, onNews, onNote } = this.#with;
    try {
      await platform.cancel(handle);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const note = `The job ${handle.job} on ${platform.name} could not be ended and may still cost money: ${why} Look with \`aiwb tune sweep\`.`;
      onNews({ note });
      onNote?.(note);
    }
  }

  async #take(event: JobEvent): Promise<void> {
    const { progress, onLog } = this.#with;
    switch (event.type) {
      case 'log':
        onLog?.(event.line);
        return;
      case 'cost':
        this.#spend(event.dollars);
        return;
      case 'state':
        this.#takeState(event);
        return;
      case 'loss':
        progress.reach(event.point.epoch);
        if (this.#losses.add(event.point)) await this.#flushSometimes();
        return;
      case 'usage':
        this.#usage = event.usage;
        this.#with.onNews({ usage: event.usage });
        await this.#flushSometimes();
        return;
      case 'epoch':
        await this.#save(event);
        return;
      case 'result':
        await this.#finish(event.result);
    }
  }

  #spend(dollars: number): void {
    const { progress, plan, spentBefore } = this.#with;
    const spent = spentBefore + dollars;
    progress.setCost(spent);
    // A result that is there already was paid for: it is not thrown away.
    if (plan.budget !== undefined && spent > plan.budget && this.#outcome === undefined)
      throw budgetExceeded(plan.budget, spent);
  }

  #takeState({ state, raw, phase }: Extract<JobEvent, { type: 'state' }>): void {
    const { platform, progress } = this.#with;
    if (state === 'failed' || state === 'lost' || state === 'cancelled')
      throw jobFailed(platform, `the platform says "${raw}"`);
    if (state === 'succeeded') this.#hasSucceeded = true;
    progress.setPhase(phase ?? this.#usualPhase(state));
  }

  #usualPhase(state: RunState): string {
    const { plan, platform } = this.#with;
    if (state === 'queued' || state === 'provisioning') return `Waiting for ${platform.name}`;
    if (state === 'cancelling') return `${platform.name} is ending the job`;
    return trainingPhase(plan);
  }

  /** What a diverged epoch left behind is not saved: the run ends with the checkpoints before it. */
  async #save({ point, weights, stateDigest }: EpochEvent): Promise<void> {
    const { plan, progress, writer, meter, onNews } = this.#with;
    const { labels, hyperparameters, base } = plan;
    const before = progress.epochs.find(({ epoch }) => epoch === 0);
    const rate = base.kind === 'service' ? undefined : hyperparameters.learningRate;
    const diverged = judgeDivergence(point, before, labels.length, rate);
    if (diverged !== undefined && point.epoch > 0) throw diverged;
    if (isKnown(point, progress.epochs)) return;
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
    await writer.saveEpoch(
      { point, ...(stateDigest === undefined ? {} : { stateDigest }), checkpoints: this.#checkpoints },
      meter(),
      progress.snapshot(),
    );
    onNews({ checkpoints: this.#checkpoints });
    await this.#flush();
  }

  /** From here on nothing is asked of the platform any more, whatever happens to this process. */
  async #finish({ checkpoints: told, answers, stoppedEarly, notes }: JobResult): Promise<void> {
    const { plan, platform, writer, progress, blobs, digest, onNews } = this.#with;
    checkCheckpoints(told, platform.name);
    const checkpoints = await nameCheckpoints(told, blobs, digest);
    if (answers !== undefined) checkAnswers(answers, plan.aspects, platform.name);
    await this.#flush();
    const outcome: TrainingOutcome = {
      stoppedEarly,
      notes,
      ...(answers === undefined ? {} : { answersDigest: await writeAnswers(answers, blobs) }),
    };
    await writer.saveOutcome(outcome, checkpoints, progress.snapshot());
    this.#outcome = outcome;
    this.#checkpoints = checkpoints;
    onNews({ checkpoints, outcome });
  }

  async #flushSometimes(): Promise<void> {
    this.#unsaved = true;
    if (this.#with.clock.monotonic() - this.#savedAt >= storeEvery) await this.#flush();
  }

  async #flush(): Promise<void> {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    this.#savedAt = this.#with.clock.monotonic();
    const losses = this.#losses.points;
    this.#with.onNews({ losses });
    await this.#with.writer.saveTraining({ losses, ...(this.#usage === undefined ? {} : { usage: this.#usage }) });
  }

  /** Only where this process decides: a trainer elsewhere stops by itself, and answers the test rows then. */
  #isPatienceSpent(): boolean {
    const { plan, progress } = this.#with;
    if (plan.base.kind !== 'embedded' || plan.patience === undefined) return false;
    return measurementsSinceBest(progress.epochs, plan.selection) >= plan.patience;
  }
}

export function trainingPhase({ aspects }: Pick<TuningPlan, 'aspects'>): string {
  return `Training: ${aspects.map(({ name }) => aspectWords(name)).join(', ')}`;
}

/** A job that is attached to again tells everything from its beginning. */
function isKnown(point: EpochPoint, points: readonly EpochPoint[]): boolean {
  const known = points.find(({ epoch }) => epoch === point.epoch);
  return known !== undefined && JSON.stringify(known) === JSON.stringify(point);
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof WorkbenchError && error.code === 'run-lease-lost';
}

function jobFailed({ name }: TuningPlatform, why: string): WorkbenchError {
  return new WorkbenchError('run-failed', `Training on ${name} did not finish: ${why}.`, {
    remedy: 'Resume the run to go on from its last saved epoch.',
  });
}
