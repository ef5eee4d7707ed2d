import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { MeasuredSample } from '../metrics/measure.ts';
import type { Metric, Observation } from '../metrics/metric.ts';
import { scoreObservation } from '../metrics/score.ts';
import type { SampleRecord } from '../ports/store.ts';
import { measureBy, mergeDetails, measureSample, type Measured } from '../scoring/measure-sample.ts';
import type { MeasureSession } from '../scoring/measure-session.ts';
import { observe } from '../reports/aggregate.ts';
import type { Asked } from './ask.ts';
import type { RunPlan } from './plan.ts';
import type { ProgressTracker } from './progress.ts';
import type { SampleRecorder } from './recorder.ts';
import type { RunningVariant } from './running-variant.ts';

/** An answered sample that is to be measured or kept. */
export interface AnsweredSample {
  readonly record: SampleRecord;
  readonly observation: Observation;
}

/** A metric that has measured none of so many samples measures nothing. */
const fewestMeasured = 20;

/**
 * Takes answered samples to where they belong: through the metrics that measure outside, into the variant's figures, the progress and
 * the store. Models are asked on while samples are measured; a caller waits only where too many are.
 */
export class SampleDesk {
  readonly #plan: RunPlan;
  readonly #session: MeasureSession | undefined;
  readonly #recorder: SampleRecorder;
  readonly #tracker: ProgressTracker;
  readonly #stop: AbortController;
  readonly #signal: AbortSignal;
  readonly #measuring: readonly Metric[];
  readonly #counts = new Map<string, { measured: number; failed: number }>();
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(
    plan: RunPlan,
    session: MeasureSession | undefined,
    recorder: SampleRecorder,
    tracker: ProgressTracker,
    stop: AbortController,
    signal: AbortSignal,
  ) {
    this.#plan = plan;
    this.#session = session;
    this.#recorder = recorder;
    this.#tracker = tracker;
    this.#stop = stop;
    this.#signal = signal;
    this.#measuring = measuringMetrics(plan);
  }

  /** A sample just asked. Returns a promise only where the caller has to wait. */
  take(variant: RunningVariant, asked: Asked): Promise<void> | undefined {
    if (asked.observation === undefined) {
      variant.aggregate.addFailed();
      this.#tracker.addFailed(variant.record.variant, asked.failure ?? 'model', asked.record.attempts);
      variant.open.lastFailure = asked.record.failure?.message;
      return this.#recorder.add(asked.record);
    }
    const { record, observation, messages, values } = asked;
    this.#tracker.addAnswered(
      variant.record.variant,
      paidCost(record),
      record.attempts,
      record.details?.cached === true,
    );
    this.#tracker.showAnswer(variant.record.variant, record.row, record.output);
    if (this.#measuring.length === 0) return this.#keep(variant, { record, observation }, true);
    // Stored before it is measured: a judge is slow, and an answer is paid for.
    const full = this.#recorder.add(record);
    const { row, repeat, input } = record;
    const shown = { observation, input, values, messages, row, repeat };
    const busy = this.#measure(variant, { record, observation }, this.#measuring, shown);
    return full === undefined ? busy : full.then(() => busy);
  }

  /** A sample stored without a score by some metric. `values` are its row's columns, as far as they are needed. */
  measureStored(
    variant: RunningVariant,
    record: SampleRecord,
    values: Readonly<Record<string, unknown>> | undefined,
  ): Promise<void> | undefined {
    const observation = observe(record);
    const metrics = this.#measuring.filter(({ id }) => record.scores[id] === undefined);
    const { input, target, slices, row, repeat } = record;
    return this.#measure(variant, { record, observation }, metrics, {
      observation,
      input,
      values: values ?? { input, target, ...slices },
      messages: [{ role: 'user', content: input }],
      row,
      repeat,
    });
  }

  /** A complete sample that this run has stored already. */
  countStored(variant: RunningVariant, record: SampleRecord): void {
    variant.aggregate.addStored(record);
  }

  /** Another run's sample as this run's own: written, and measured where it lacks a score. */
  keepTaken(
    variant: RunningVariant,
    record: SampleRecord,
    lacksScore: boolean,
    values: Readonly<Record<string, unknown>> | undefined,
  ): Promise<void> | undefined {
    if (!lacksScore) return this.#keep(variant, { record, observation: observe(record) }, false);
    const full = this.#recorder.add(record, false);
    const busy = this.measureStored(variant, record, values);
    return full === undefined ? busy : full.then(() => busy);
  }

  /** A stored sample against the baseline's answer. Its variant's figures are made anew once all pairs are measured. */
  measurePair(record: SampleRecord, baseline: string, metric: Metric): Promise<void> | undefined {
    const session = this.#opened();
    const observation = observe(record);
    const { input, target, slices, row, repeat } = record;
    const values = { input, target, ...slices };
    const sample = { observation, input, values, messages: [{ role: 'user', content: input }], row, repeat } as const;
    return this.#start(session, async () => {
      const measured = await measureBy([metric], ({ id, pairs }) => {
        if (pairs === undefined) throw new Error(`The metric ${id} compares nothing.`);
        return pairs.measure({ sample, baseline }, session.toolsFor(metric), this.#signal);
      });
      this.#count([metric], measured);
      const merged = this.#merge({ record, observation }, [metric], measured);
      return { measured, wait: this.#recorder.add(merged.record, false) };
    });
  }

  /** Resolves when everything taken has been measured and stored. */
  async settle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>(resolve => this.#waiting.push(resolve));
    await this.#recorder.flush();
  }

  /** Settles, and takes nothing more. */
  async close(): Promise<void> {
    await this.settle();
    this.#recorder.stop();
  }

  #opened(): MeasureSession {
    if (this.#session !== undefined) return this.#session;
    throw new Error('What measures is opened before anything is asked.');
  }

  #measure(
    variant: RunningVariant,
    sample: AnsweredSample,
    metrics: readonly Metric[],
    shown: MeasuredSample,
  ): Promise<void> | undefined {
    const session = this.#opened();
    return this.#start(session, async () => {
      const measured = await measureSample(shown, metrics, session, this.#signal);
      this.#count(metrics, measured);
      return { measured, wait: this.#keep(variant, this.#merge(sample, metrics, measured), false) };
    });
  }

  /** Begins to measure; what ends the run is told to it, and whoever waits is woken. */
  #start(
    session: MeasureSession,
    work: () => Promise<{ readonly measured: Measured; readonly wait: Promise<void> | undefined }>,
  ): Promise<void> | undefined {
    this.#underWay += 1;
    const finish = async (): Promise<void> => {
      const { measured, wait } = await work();
      if (measured.stopped !== undefined && !this.#signal.aborted) throw measured.stopped.reason;
      if (wait !== undefined) await wait;
    };
    finish()
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#stop.abort(toWorkbenchError(error));
      })
      .finally(() => {
        this.#underWay -= 1;
        for (const wake of this.#waiting.splice(0)) wake();
      });
    return this.#underWay < session.concurrency ? undefined : this.#room(session.concurrency);
  }

  async #room(limit: number): Promise<void> {
    while (this.#underWay >= limit) await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  #merge({ record, observation }: AnsweredSample, metrics: readonly Metric[], measured: Measured): AnsweredSample {
    const seen = { ...observation, scores: { ...observation.scores, ...measured.scores } };
    const rescored = rescore({ ...record }, seen, this.#plan);
    const details = mergeDetails(record.details, metrics, measured);
    const others = omit(rescored.record, 'details');
    return {
      record: { ...others, ...(details === undefined ? {} : { details }) },
      observation: rescored.observation,
    };
  }

  #keep(variant: RunningVariant, { record, observation }: AnsweredSample, isNew: boolean): Promise<void> | undefined {
    variant.aggregate.addAnswered(observation, record.slices);
    variant.aggregate.addFingerprint(record.details?.fingerprint);
    return this.#recorder.add(record, isNew);
  }

  /** A metric that measures nothing at all would only cost money. */
  #count(metrics: readonly Metric[], { scores, details }: Measured): void {
    for (const { id, label } of metrics) {
      const failure = details.unmeasured?.[id];
      const isMeasured = scores[id] !== undefined;
      if (!isMeasured && failure === undefined) continue;
      const counts = this.#counts.get(id) ?? { measured: 0, failed: 0 };
      this.#counts.set(id, counts);
      if (isMeasured) counts.measured += 1;
      else counts.failed += 1;
      if (!isMeasured) this.#tracker.addUnmeasured(id);
      if (counts.measured > 0 || counts.failed < fewestMeasured || this.#signal.aborted) continue;
      this.#stop.abort(
        new WorkbenchError(
          'run-failed',
          `${label} measured none of the first ${String(counts.failed)} answers: ${failure ?? ''}`,
          { remedy: 'Correct what measures, then resume the run; the answers are kept and measured then.' },
        ),
      );
    }
  }
}

/** Metrics that measure every sample by itself. */
export function measuringMetrics({ measures }: Pick<RunPlan, 'measures'>): readonly Metric[] {
  return measures.measures.flatMap(({ metric }) => (metric.measure === undefined ? [] : [metric]));
}

/** The record with the scores of what is now seen of it, and right or wrong by them. */
export function rescore(
  record: SampleRecord,
  observation: Observation,
  { metrics, leading }: Pick<RunPlan, 'metrics' | 'leading'>,
): AnsweredSample {
  const scores = scoreObservation(observation, metrics, leading);
  const others = omit(record, 'right');
  const lead = scores[leading.id];
  const right = lead === undefined || leading.right === undefined ? {} : { right: leading.right.isRight(lead) };
  return { record: { ...others, ...right, scores }, observation: { ...observation, scores } };
}

/** What a sample cost this run: an answer that was paid for earlier costs nothing again. */
export function paidCost({ cost, details }: SampleRecord): number | undefined {
  return details?.cached === true ? undefined : cost;
}
