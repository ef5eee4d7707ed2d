import type { Environment, PreflightFinding, RunSummary, TuningReport } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import type { TrainingRecord } from '../ports/training.ts';
import { registerCheckpoint } from '../registry/register.ts';
import { endingOf, failureOf, runAttempt, type Attempt, type ExecuteOptions } from '../runs/attempt.ts';
import type { RunPorts } from '../runs/ports.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { isTrained } from '../registry/trained-name.ts';
import type { AskModel } from './ask-models.ts';
import type { ChosenPlatform } from './choose-platform.ts';
import { createPlatform } from './create-platform.ts';
import { forecastTraining } from './forecast.ts';
import { deadlineExceeded } from './guards.ts';
import type { Used } from './infrastructure.ts';
import { measureTraining, type Measured } from './measuring.ts';
import type { PlatformPorts } from './platform-ports.ts';
import { scratchOf } from '../runs/scratch.ts';
import type { JobBundle, TuningPlatform } from './platform.ts';
import type { BaseModel } from '../models/transformers/base.ts';
import { planTuning, type TuningPlan } from './plan.ts';
import { runPreflight } from './preflight/run-preflight.ts';
import { TuningProgress } from './progress.ts';
import { findRegressions, type JudgedAspect } from './regressions.ts';
import { buildTuningReport, tuningHeadlines, type MeasuredAspect } from './report.ts';
import { TrainingLoop, trainingPhase, type TrainedNews } from './training-loop.ts';

export interface TuningOptions extends ExecuteOptions {
  /** Takes what the platform logs. */
  readonly onLog?: (line: string) => void;
  /** Clients of the platforms; default: those of the engine. */
  readonly createPlatform?: (chosen: ChosenPlatform, ports: PlatformPorts, base?: BaseModel['kind']) => TuningPlatform;
  /** Asks models that a service keeps; default: through their connection. */
  readonly askModel?: AskModel;
}

/**
 * Runs (or resumes) a created tuning run to its end and returns its record: reads the data, trains, measures the best checkpoint on the test
 * rows, registers it where the job says so. Ends the run in the store whatever happens, except when another process has taken it over
 * (`run-lease-lost`). A run that failed or was cancelled keeps its checkpoints and goes on from its last saved epoch.
 */
export function executeTuning(
  runId: string,
  store: Store,
  ports: RunPorts,
  options: TuningOptions,
  signal: AbortSignal,
): Promise<RunRecord> {
  const progress = new TuningProgress();
  return runAttempt(
    runId,
    store,
    ports.clock,
    () => progress.snapshot(),
    options,
    (attempt, combined) => new TuningExecution(attempt, store, ports, progress, options).run(combined),
    signal,
  );
}

const nothingTrained: TrainingRecord = { epochs: [], checkpoints: [] };

class TuningExecution {
  readonly #attempt: Attempt;
  readonly #store: Store;
  readonly #ports: RunPorts;
  readonly #progress: TuningProgress;
  readonly #options: TuningOptions;
  readonly #meter: () => Used;
  readonly #notes: string[] = [];
  #plan: TuningPlan | undefined;
  #earlier = nothingTrained;
  /** As it is known now, of earlier attempts and of this one. */
  #trained: Omit<TrainingRecord, 'epochs'> = nothingTrained;
  #preflight: readonly PreflightFinding[] = [];

  constructor(attempt: Attempt, store: Store, ports: RunPorts, progress: TuningProgress, options: TuningOptions) {
    this.#attempt = attempt;
    this.#store = store;
    this.#ports = ports;
    this.#progress = progress;
    this.#options = options;
    this.#meter = startMeter(ports);
  }

  async run(signal: AbortSignal): Promise<void> {
    let report: TuningReport | undefined;
    let stopDeadline = (): void => undefined;
    const failure = await failureOf(async () => {
      const { runId } = this.#attempt.writer;
      const record = await this.#store.getRun(runId);
      const plan = await planTuning(record.spec, this.#ports, this.#store.blobs, signal);
      this.#earlier = await this.#store.readTraining(runId);
      checkUnchanged(record, plan, this.#earlier);
      requireWeights(plan);
      this.#plan = plan;
      this.#trained = this.#earlier;
      stopDeadline = this.#startDeadline(plan);
      await this.#attempt.writer.begin({ variants: [], environment: environmentOf(plan, this.#ports) });
      this.#progress.start(plan.hyperparameters.epochs, this.#earlier.epochs, record.summary.progress.cost);
      await this.#train(plan, signal);
      const { aspects, notes } = await this.#measure(plan, signal);
      this.#notes.push(...notes);
      report = await this.#report(plan, aspects, 'succeeded');
      report = await this.#register(plan, report, signal);
      this.#progress.setPhase(undefined);
    }, signal).finally(() => {
      stopDeadline();
    });
    await this.#finish(failure, report);
  }

  #startDeadline({ deadline }: TuningPlan): () => void {
    if (deadline === undefined) return () => undefined;
    const left = Math.max(0, deadline - this.#meter().wallSeconds);
    return this.#ports.clock.after(left * 1000, () => {
      this.#attempt.stop.abort(deadlineExceeded(deadline, this.#progress.done, this.#progress.total));
    });
  }

  async #train(plan: TuningPlan, signal: AbortSignal): Promise<void> {
    this.#progress.setPhase(trainingPhase(plan));
    const { blobs, path } = this.#store;
    const { folder, config } = plan.workspace;
    const ports = { ...this.#ports, blobs, folder, config, scratch: scratchOf(path, this.#ports.files) };
    const platform = (this.#options.createPlatform ?? createPlatform)(plan.platform, ports, plan.base.kind);
    const dependencies = {
      plan,
      platform,
      writer: this.#attempt.writer,
      progress: this.#progress,
      clock: this.#ports.clock,
      digest: this.#ports.digest,
      blobs,
      meter: this.#meter,
      spentBefore: this.#progress.cost ?? 0,
      preflight: async (bundle: JobBundle, stop: AbortSignal) => {
        const forecast = await forecastTraining(plan, bundle, this.#store);
        return runPreflight({ plan, bundle, platform, forecast, blobs }, this.#ports, stop);
      },
      onNews: (news: TrainedNews) => {
        this.#learn(news);
      },
      onLog: this.#options.onLog,
      onNote: this.#options.onNote,
    };
    await new TrainingLoop(dependencies, this.#earlier).run(this.#earlier, signal);
  }

  #learn({ preflight, note, ...trained }: TrainedNews): void {
    this.#trained = { ...this.#trained, ...trained };
    if (preflight !== undefined) this.#preflight = preflight;
    if (note !== undefined) this.#notes.push(note);
  }

  async #measure(plan: TuningPlan, signal: AbortSignal): Promise<Measured> {
    this.#progress.setPhase('Measuring on the test rows');
    const { checkpoints, outcome } = this.#trained;
    const spent = this.#progress.cost ?? 0;
    const context = {
      plan,
      ports: this.#ports,
      runs: this.#store,
      lent: this.#attempt.writer.lent,
      blobs: this.#store.blobs,
      checkpoints,
      outcome,
      askModel: this.#options.askModel,
      spent,
      onCost: (dollars: number) => {
        this.#progress.setCost(spent + dollars);
      },
    };
    return measureTraining(context, signal);
  }

  async #register(plan: TuningPlan, report: TuningReport, signal: AbortSignal): Promise<TuningReport> {
    const { register } = plan.job;
    const { requestedBy: author, folder, path } = plan.spec;
    if (register === undefined || author === undefined) return report;
    this.#progress.setPhase(`Registering ${register.model}`);
    const { files, clock, digest } = this.#ports;
    const { card, ...named } = register;
    const { model, version } = await registerCheckpoint(
      {
        report,
        spec: plan.spec,
        author,
        folder,
        ...named,
        ...(card === undefined ? {} : { card: files.resolve(files.parent(path), card) }),
      },
      { store: this.#store, files, clock, digest },
      signal,
    );
    return { ...report, registered: { model, version } };
  }

  async #finish(failure: WorkbenchError | undefined, report: TuningReport | undefined): Promise<void> {
    const ending = endingOf(failure);
    const { writer } = this.#attempt;
    const plan = this.#plan;
    if (plan === undefined) {
      await writer.finish({ ...ending, progress: this.#progress.snapshot(), headlines: [] });
      return;
    }
    const unmeasured = plan.aspects.map(rows => ({ rows, tuned: undefined, base: undefined }));
    const tuning =
      failure === undefined && report !== undefined
        ? report
        : await this.#report(plan, unmeasured, ending.state, failure);
    const headlines = tuningHeadlines(tuning);
    await writer.finish({ ...ending, progress: this.#progress.snapshot(), headlines, tuning });
  }

  async #report(
    plan: TuningPlan,
    aspects: readonly MeasuredAspect[],
    state: 'succeeded' | 'failed' | 'cancelled',
    failure?: WorkbenchError,
  ): Promise<TuningReport> {
    const { summary } = await this.#store.getRun(this.#attempt.writer.runId);
    const { failure: told } = endingOf(failure);
    const now = this.#ports.clock.now();
    const run: RunSummary = {
      ...summary,
      state,
      endedAt: now,
      progress: this.#progress.snapshot(),
      resumable: state !== 'succeeded',
      ...(told === undefined ? {} : { failure: told }),
    };
    const { checkpoints, losses = [], outcome, usage, job } = this.#trained;
    const { epochs } = this.#progress;
    const best = checkpoints.find(checkpoint => checkpoint.best)?.epoch;
    const input = {
      plan,
      run,
      aspects,
      regressions: findRegressions(aspects.flatMap(judged), plan.selection, epochs, best),
      epochs,
      losses,
      checkpoints,
      outcome,
      job,
      preflight: this.#preflight,
      used: addUsed(this.#earlier.used, this.#meter()),
      usage,
      cost: this.#progress.cost,
      hardware: this.#ports.usage.hardware,
      environment: environmentOf(plan, this.#ports),
      reused: this.#progress.reused,
      notes: this.#notes,
      now,
    };
    return buildTuningReport(input, this.#ports.digest);
  }
}

function judged({ rows, tuned, base, changes }: MeasuredAspect): JudgedAspect[] {
  if (changes === undefined) return [];
  return [{ name: rows.name, ...changes, baseGaps: base?.gaps ?? [], tunedGaps: tuned?.gaps ?? [] }];
}

/** A run is created with the weights it starts from; without them training would begin from something else than was asked for. */
function requireWeights({ job, reference }: TuningPlan): void {
  if (!isTrained(job.base) || reference !== undefined) return;
  throw new Error(`The run was created without the weights of ${job.base}.`);
}

/** Counts what this attempt uses from now on. */
function startMeter({ clock, usage }: RunPorts): () => Used {
  const since = clock.monotonic();
  const { cpuSeconds: before } = usage.read();
  return () => {
    const { cpuSeconds, peakMemoryBytes } = usage.read();
    return { wallSeconds: (clock.monotonic() - since) / 1000, cpuSeconds: cpuSeconds - before, peakMemoryBytes };
  };
}

function addUsed(earlier: Used | undefined, now: Used): Used {
  if (earlier === undefined) return now;
  return {
    wallSeconds: earlier.wallSeconds + now.wallSeconds,
    cpuSeconds: earlier.cpuSeconds + now.cpuSeconds,
    peakMemoryBytes: Math.max(earlier.peakMemoryBytes, now.peakMemoryBytes),
  };
}

function environmentOf(
  { spec, seed, dataDigest }: { readonly spec: RunSpec; readonly seed: number; readonly dataDigest: string },
  ports: RunPorts,
): Environment {
  return { ...ports.host, seed, fileDigest: ports.digest.sha256(spec.text), datasetDigest: dataDigest };
}

/** Epochs of other rows say nothing about these: such a run cannot go on. */
function checkUnchanged({ summary, environment }: RunRecord, plan: TuningPlan, earlier: TrainingRecord): void {
  const before = environment?.datasetDigest;
  if (earlier.epochs.length === 0 || before === undefined || before === plan.dataDigest) return;
  throw new WorkbenchError('run-changed', `Run ${summary.id} cannot go on: its datasets have changed since it began.`, {
    remedy: 'Restore the datasets as they were, or start a new run of the tuning job.',
  });
}
