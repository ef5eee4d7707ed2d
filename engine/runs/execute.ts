import type { Environment } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import type { RunRecord, RunWriter, Store } from '../ports/store.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import { buildReport, headlinesOf, planComparison } from '../reports/report.ts';
import { judgeGates, overallGate } from '../reports/gates.ts';
import { publishRun } from '../registry/publish.ts';
import { askVariants } from './ask-variants.ts';
import { describeLent } from '../models/lent/notes.ts';
import { endingOf, failureOf, runAttempt, type ExecuteOptions } from './attempt.ts';
import { taskKey } from './feed.ts';
import { closeModels, openModels, type OpenModel } from './models.ts';
import { planRun, type RunPlan } from './plan.ts';
import type { RunPorts } from './ports.ts';
import { ProgressTracker } from './progress.ts';
import type { RunningVariant } from './running-variant.ts';
import type { VariantRecord } from './spec.ts';

/**
 * Runs (or resumes) a created benchmark run to its end and returns its record. Ends the run in the store whatever happens, except
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
  if (record.summary.state === 'succeeded') await publishFinished(runId, store, options, signal);
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
    let plan: RunPlan | undefined;
    let variants: readonly RunningVariant[] = [];
    const failure = await failureOf(async () => {
      try {
        const { spec } = await this.#store.getRun(this.#writer.runId);
        plan = await planRun(spec, this.#ports, signal);
        this.#tracker.setPhase(
          plan.models.some(model => model.kind === 'embedded') ? 'Training embedded models' : 'Connecting',
        );
        models = await openModels(
          plan,
          this.#ports,
          this.#store,
          this.#writer.lent,
          (model, step) => {
            this.#tracker.setTraining(model, step);
          },
          signal,
        );
        this.#tracker.setWaiting(() => models.some(({ model }) => model.waitingFor === 'window'));
        variants = await this.#begin(plan, models, signal);
        this.#tracker.setPhase(undefined);
        await askVariants(
          plan,
          variants,
          { writer: this.#writer, ports: this.#ports, tracker: this.#tracker, stop: this.#stop },
          signal,
        );
        const unanswered = findUnanswered(variants, this.#tracker);
        if (unanswered !== undefined) throw unanswered;
      } finally {
        await closeModels(models);
      }
    }, signal);
    await this.#finish(plan, variants, failure);
  }

  /** Stores the plan, and takes over what was answered before a resume. */
  async #begin(plan: RunPlan, models: readonly OpenModel[], signal: AbortSignal): Promise<readonly RunningVariant[]> {
    const variants = plan.variants.map(({ model, prompt }, variant): RunningVariant => {
      const open = models.find(candidate => candidate.planned === model);
      if (open === undefined) throw new Error(`The model ${model.name} was not opened.`);
      const record: VariantRecord = {
        variant,
        model: model.name,
        modelDigest: open.model.digest,
        ...(prompt === undefined ? {} : { prompt: prompt.path, promptDigest: prompt.digest }),
      };
      return { record, open, aggregate: new VariantAggregate(plan.metrics), answered: new Set() };
    });
    const records = variants.map(({ record }) => record);
    const { path, rows, digest, labels, trainingRows } = datasetFacts(plan, models);
    await this.#writer.begin({
      variants: records,
      environment: environmentOf(plan, this.#ports),
      dataset: { path, digest, rows, trainingRows, labels },
    });
    this.#tracker.setVariants(records, plan.scan.rows * plan.repeats);
    await this.#takeOver(variants, signal);
    return variants;
  }

  /** Failed samples are not taken over: they are asked again. */
  async #takeOver(variants: readonly RunningVariant[], signal: AbortSignal): Promise<void> {
    for await (const samples of this.#store.readSamples(this.#writer.runId, signal)) {
      for (const sample of samples) {
        const variant = variants[sample.variant];
        if (variant === undefined || sample.failure !== undefined) continue;
        variant.answered.add(taskKey(sample.rowDigest, sample.occurrence, sample.repeat));
        variant.aggregate.addStored(sample);
        this.#tracker.addReused(sample.variant, 1, sample.cost);
      }
    }
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
    const results = variants.map(({ record, aggregate, open }) =>
      aggregate.result(this.#writer.runId, record, options, open.learningCurve),
    );
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
    const noted = { ...report, notes: [...lent, ...report.notes] };
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

function datasetFacts(plan: RunPlan, models: readonly OpenModel[]) {
  const trainingRows = Math.max(0, ...models.map(({ trainingRows }) => trainingRows));
  return {
    path: plan.benchmark.dataset.path,
    digest: plan.scan.digest,
    rows: plan.scan.rows,
    labels: plan.scan.labels,
    trainingRows,
  };
}

function environmentOf(plan: RunPlan, ports: RunPorts): Environment {
  return {
    ...ports.host,
    seed: plan.seed,
    fileDigest: ports.digest.sha256(plan.spec.text),
    datasetDigest: plan.scan.digest,
  };
}

/** A run in which some model answered nothing at all did not succeed. */
function findUnanswered(variants: readonly RunningVariant[], tracker: ProgressTracker): WorkbenchError | undefined {
  for (const { record, open } of variants) {
    const { done, failed } = tracker.variantCounts(record.variant);
    if (done === 0 || failed < done) continue;
    const reason = open.lastFailure ?? 'no reason was given';
    return new WorkbenchError('run-failed', `${record.model} answered none of ${String(done)} samples: ${reason}`, {
      remedy: 'Correct the connection, then resume the run.',
    });
  }
  return undefined;
}
