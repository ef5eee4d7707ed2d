import { toWorkbenchError, type WorkbenchError } from '../base/errors.ts';
import type { RunRecord, RunWriter, Store } from '../ports/store.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import { buildReport, headlinesOf, planComparison } from '../reports/report.ts';
import { judgeGates, overallGate } from '../reports/gates.ts';
import { publishRun } from '../registry/publish.ts';
import { AnswerCache, mayCache } from './answer-cache.ts';
import { askVariants } from './ask-variants.ts';
import { describeLent } from './lent-notes.ts';
import { endingOf, failureOf, runAttempt, type ExecuteOptions } from './attempt.ts';
import { Budget } from '../models/budget.ts';
import { SampleDesk } from './desk.ts';
import { describeUnpublished, weaker } from './identity-check.ts';
import { describeIdentities, identitiesOf } from '../reports/identities.ts';
import { extendRun } from './extend.ts';
import { closeModels, openModels, type OpenModel } from './models.ts';
import type { RunPlan } from './plan.ts';
import { planRun } from './plan-run.ts';
import { trialHeadline } from './plan-trial.ts';
import type { RunPorts } from './ports.ts';
import { ProgressTracker } from './progress.ts';
import { SampleRecorder } from './recorder.ts';
import { collectAnew, datasetFacts, environmentOf, findUnanswered } from './run-facts.ts';
import type { RunningVariant } from './running-variant.ts';
import type { VariantRecord } from '../ports/run-spec.ts';
import { measureStored, takeOverRun } from './take-over.ts';
import { measurePairs } from './measure-pairs.ts';
import { checkSameMeasures, recordMeasures } from './record-measures.ts';
import { openMeasureTools } from './measure-tools.ts';
import type { MeasureSession } from '../scoring/measure-session.ts';

/**
 * Runs (or resumes) a created benchmark run, or the trial of a prompt, to its end and returns its record. Ends the run in the store whatever happens, except
 * when another process has taken it over (`run-lease-lost`). A failed or cancelled run has a record too; only faults that kept the
 * run from being recorded are thrown. The figures of one that succeeded are published to the registered versions it asked.
 */
export async function executeRun(
  runId: string,
  store: Store,
  ports: RunPorts,
  options: ExecuteOptions,
  signal: AbortSignal,
): Promise<RunRecord> {
  const tracker = new ProgressTracker(ports.clock);
  const record = await runAttempt(
    runId,
    store,
    ports.clock,
    () => tracker.snapshot(),
    options,
    ({ writer, stop }, combined) => new Execution(writer, store, ports, tracker, stop).run(combined),
    signal,
  );
  if (record.summary.state === 'succeeded' && record.summary.kind === 'benchmark')
    await publishFinished(runId, store, options, signal);
  return record;
}

/** The run has its report already: what keeps it from being published is told, and can be made up for. */
async function publishFinished(
  runId: string,
  store: Store,
  { onNote }: ExecuteOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    await publishRun(runId, store, signal);
    for (const sentence of describeUnpublished(await store.getRun(runId))) onNote?.(sentence);
  } catch (error) {
    const { message } = toWorkbenchError(signal.aborted ? signal.reason : error);
    onNote?.(`The figures were not added to the registry: ${message} Do it with: aiwb registry publish ${runId}`);
  }
}

class Execution {
  readonly #writer: RunWriter;
  readonly #store: Store;
  readonly #ports: RunPorts;
  readonly #tracker: ProgressTracker;
  readonly #stop: AbortController;

  constructor(writer: RunWriter, store: Store, ports: RunPorts, tracker: ProgressTracker, stop: AbortController) {
    this.#writer = writer;
    this.#store = store;
    this.#ports = ports;
    this.#tracker = tracker;
    this.#stop = stop;
  }

  async run(signal: AbortSignal): Promise<void> {
    let models: readonly OpenModel[] = [];
    let session: MeasureSession | undefined;
    let plan: RunPlan | undefined;
    let variants: readonly RunningVariant[] = [];
    const failure = await failureOf(async () => {
      try {
        const record = await this.#store.getRun(this.#writer.runId);
        this.#tracker.resume(record.summary.progress);
        plan = await planRun(record.spec, this.#ports, signal);
        const budget = new Budget(plan.limits.budget);
        models = await this.#open(plan, signal);
        this.#tracker.setWaiting(() => models.some(({ model }) => model.waitingFor === 'window'));
        session = await this.#openMeasuring(plan, models, budget, signal);
        variants = await this.#begin(plan, models, session, record, signal);
        variants = await this.#work(plan, variants, session, budget, signal);
        const unanswered = findUnanswered(variants, this.#tracker);
        if (unanswered !== undefined) throw unanswered;
      } finally {
        await session?.close();
        await closeModels(models);
      }
    }, signal);
    await this.#finish(plan, variants, failure);
  }

  #open(plan: RunPlan, signal: AbortSignal): Promise<readonly OpenModel[]> {
    this.#tracker.setPhase(
      plan.models.some(model => model.kind === 'embedded') ? 'Training embedded models' : 'Connecting',
    );
    return openModels(
      plan,
      this.#ports,
      this.#store,
      this.#writer.lent,
      (model, step) => {
        this.#tracker.setTraining(model, step);
      },
      signal,
    );
  }

  async #openMeasuring(
    plan: RunPlan,
    opened: readonly OpenModel[],
    budget: Budget,
    signal: AbortSignal,
  ): Promise<MeasureSession | undefined> {
    if (plan.measures.measures.length === 0) return undefined;
    this.#tracker.setPhase('Opening what measures');
    const { measures, workspace, limits, seed, base } = plan;
    const onCost = (cost: number): void => {
      this.#tracker.addMeasuringCost(cost);
    };
    return openMeasureTools(
      {
        measures,
        workspace,
        limits,
        seed,
        folder: base,
        opened,
        budget,
        runs: this.#store,
        lent: this.#writer.lent,
        onCost,
      },
      this.#ports,
      signal,
    );
  }

  /** Stores the plan. Throws `run-changed` where a resumed run would not be the same. */
  async #begin(
    plan: RunPlan,
    models: readonly OpenModel[],
    session: MeasureSession | undefined,
    before: RunRecord,
    signal: AbortSignal,
  ): Promise<readonly RunningVariant[]> {
    const variants = plan.variants.map(({ model, prompt }, variant): RunningVariant => {
      const open = models.find(candidate => candidate.planned === model);
      if (open === undefined) throw new Error(`The model ${model.name} was not opened.`);
      const record: VariantRecord = {
        variant,
        model: model.name,
        modelDigest: open.model.digest,
        ...(prompt === undefined ? {} : { prompt: prompt.path, promptDigest: prompt.digest }),
        ...(open.identity === undefined ? {} : { identity: weaker(open.identity, before) }),
      };
      return { record, open, aggregate: new VariantAggregate(plan.metrics), answered: new Set() };
    });
    const records = variants.map(({ record }) => record);
    const { path, rows, digest, labels, trainingRows } = datasetFacts(plan, models);
    const measuring = session === undefined ? undefined : recordMeasures(plan, session, this.#ports.digest);
    checkSameMeasures(before, measuring);
    const identities = identitiesOf(records);
    await this.#writer.begin({
      variants: records,
      environment: {
        ...environmentOf(plan, this.#ports),
        ...(measuring === undefined ? {} : { measuring }),
        ...(identities.length === 0 ? {} : { identities }),
      },
      dataset: { path, digest, rows, trainingRows, labels },
    });
    signal.throwIfAborted();
    this.#tracker.setVariants(records, plan.scan.rows * plan.repeats);
    return variants;
  }

  /** Takes over what is there already, asks the rest, and measures. Returns the variants with their figures. */
  async #work(
    plan: RunPlan,
    variants: readonly RunningVariant[],
    session: MeasureSession | undefined,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<readonly RunningVariant[]> {
    const { runId } = this.#writer;
    const [store, ports, tracker, stop] = [this.#store, this.#ports, this.#tracker, this.#stop];
    const onFailure = (error: unknown): void => {
      stop.abort(toWorkbenchError(error));
    };
    const recorder = new SampleRecorder(this.#writer, ports.clock, handed => tracker.snapshot(handed), onFailure);
    const desk = new SampleDesk(plan, session, recorder, tracker, stop, signal);
    const cache = mayCache(plan) ? new AnswerCache(store, ports.digest, ports.clock, onFailure) : undefined;
    try {
      const context = { plan, variants, store, ports, desk, tracker };
      const lacking = await takeOverRun(runId, context, signal);
      budget.charge(tracker.cost + tracker.measuringCost);
      await measureStored(runId, lacking, context, signal);
      if (plan.spec.extends !== undefined) {
        const measuring = session === undefined ? undefined : recordMeasures(plan, session, ports.digest);
        await extendRun(await store.getRun(plan.spec.extends), measuring, context, signal);
      }
      tracker.setPhase(undefined);
      await askVariants(plan, variants, { desk, budget, cache, ports, tracker, stop }, signal);
      if (session !== undefined) tracker.setPhase('Measuring answers');
      await desk.settle();
      signal.throwIfAborted();
      const hasPairs = await measurePairs(plan, variants, { runId, store, desk, tracker }, signal);
      tracker.setPhase(undefined);
      return hasPairs ? await collectAnew(plan, variants, runId, store, signal) : variants;
    } finally {
      try {
        await desk.close();
      } finally {
        await cache?.close();
      }
    }
  }

  /** A run that stopped while it measured has answers stored that no figure has counted yet. */
  async #collectStopped(plan: RunPlan, variants: readonly RunningVariant[]): Promise<readonly RunningVariant[]> {
    if (plan.measures.measures.length === 0) return variants;
    return collectAnew(plan, variants, this.#writer.runId, this.#store, new AbortController().signal);
  }

  async #finish(
    plan: RunPlan | undefined,
    variants: readonly RunningVariant[],
    failure: WorkbenchError | undefined,
  ): Promise<void> {
    const progress = this.#tracker.snapshot();
    const { state, ...told } = endingOf(failure);
    if (plan === undefined || variants.length === 0) {
      await this.#writer.finish({ state, progress, headlines: [], ...told });
      return;
    }
    const options = { confidence: plan.confidence, seed: plan.seed };
    const counted = failure === undefined ? variants : await this.#collectStopped(plan, variants);
    const results = counted.map(({ record, aggregate, open }) =>
      aggregate.result(this.#writer.runId, record, options, open.learningCurve),
    );
    if (plan.spec.kind === 'prompt') {
      // Its report is made of the samples when it is asked for.
      await this.#writer.finish({ state, progress, headlines: headlinesOf(results, trialHeadline), ...told });
      return;
    }
    const gates = judgeGates(plan.benchmark.gate ?? [], results, failure === undefined);
    const headlines = headlinesOf(results, plan.leading.id);
    const gate = overallGate(gates);
    const current = await this.#store.getRun(this.#writer.runId);
    const summary = {
      ...current.summary,
      state,
      endedAt: this.#ports.clock.now(),
      progress,
      headlines,
      resumable: state !== 'succeeded',
      ...(gate === undefined ? {} : { gate }),
      ...told,
    } as const;
    const report = await buildReport(
      {
        record: { ...current, summary },
        results,
        gates,
        metrics: plan.metrics,
        leading: plan.leading,
        comparison: planComparison(plan.benchmark, plan.baseline),
      },
      this.#store,
      this.#ports.clock,
      // A run that was stopped has a report too.
      new AbortController().signal,
    );
    const lent = describeLent(
      plan.models,
      plan.variants.some(({ prompt }) => prompt !== undefined),
    );
    const identities = describeIdentities(identitiesOf(results));
    const noted = { ...report, notes: [...identities, ...lent, ...report.notes] };
    await this.#writer.finish({
      state,
      progress,
      headlines,
      report: noted,
      ...(gate === undefined ? {} : { gate }),
      ...told,
    });
  }
}
