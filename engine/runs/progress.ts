import type { FailureClass, FirstAnswer, RunProgress, VariantProgress } from '../../schemas/generated/messages.ts';
import { clipText } from '../base/clip.ts';
import type { Clock } from '../ports/clock.ts';
import type { TrainingStep } from '../models/embedded/classifier.ts';
import type { VariantRecord } from '../ports/run-spec.ts';

/** Seconds of the past the shown rate is taken from. */
const rateWindow = 5_000;

/** Answers that are shown while a run goes on, and how much of each. */
const mostFirstAnswers = 3;
const longestFirstAnswer = 200;

/** Counts a run as it goes. `snapshot` is what lists, pages and the terminal show. */
export class ProgressTracker {
  readonly #clock: Clock;
  readonly #variants: { -readonly [K in keyof VariantProgress]: VariantProgress[K] }[] = [];
  readonly #errors: Record<string, number> = {};
  readonly #marks: { at: number; done: number }[] = [];
  #total = 0;
  #done = 0;
  #failed = 0;
  #reused = 0;
  #retries = 0;
  #cached = 0;
  #extended = 0;
  #asked = 0;
  #stored = 0;
  #askedAgain = 0;
  #measuringCost: number | undefined;
  readonly #refused: number[] = [];
  readonly #unmeasured: Record<string, number> = {};
  #cost: number | undefined;
  #phase: string | undefined = 'Reading the dataset';
  #training: RunProgress['training'];
  #firstAnswers: readonly FirstAnswer[] = [];
  #isWaiting: () => boolean = () => false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  setPhase(phase: string | undefined): void {
    this.#phase = phase;
  }

  /** How to find out whether the run waits for a window that lends its models. */
  setWaiting(isWaiting: () => boolean): void {
    this.#isWaiting = isWaiting;
  }

  setTraining(model: string, step: TrainingStep): void {
    this.#training = { model, step: step.step, steps: step.steps, loss: step.loss };
  }

  setVariants(variants: readonly VariantRecord[], samplesEach: number): void {
    this.#total = variants.length * samplesEach;
    for (const { variant, model, prompt } of variants) {
      this.#variants.push({
        variant,
        model,
        total: samplesEach,
        done: 0,
        failed: 0,
        ...(prompt === undefined ? {} : { prompt }),
      });
    }
  }

  /** Goes on from how far the run was when it stopped before. */
  resume({ askedAgain = 0, underWay = 0, cached = 0, extended = 0, firstAnswers = [] }: RunProgress): void {
    this.#firstAnswers = firstAnswers;
    this.#askedAgain = askedAgain + underWay;
    this.#cached = cached;
    this.#extended = extended;
  }

  /** A sample that is about to be asked. */
  addAsked(): void {
    this.#asked += 1;
  }

  /** US dollars that a judge or an embedding cost. */
  addMeasuringCost(cost: number): void {
    this.#measuringCost = (this.#measuringCost ?? 0) + cost;
  }

  addUnmeasured(metric: string): void {
    this.#unmeasured[metric] = (this.#unmeasured[metric] ?? 0) + 1;
  }

  /** Of the reused samples, one that another run had asked. */
  addExtended(): void {
    this.#extended += 1;
  }

  addReused(variant: number, samples: number, cost: number | undefined): void {
    this.#reused += samples;
    this.#done += samples;
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    const entry = this.#variants[variant];
    if (entry !== undefined) entry.done += samples;
  }

  addAnswered(variant: number, cost: number | undefined, attempts: number, cached = false): void {
    this.#done += 1;
    if (cached) this.#cached += 1;
    this.#retries += Math.max(0, attempts - 1);
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    const entry = this.#variants[variant];
    if (entry !== undefined) entry.done += 1;
  }

  /** The first answers of a run are kept, to be looked at while it goes on. */
  showAnswer(variant: number, row: number, output: string | undefined): void {
    if (this.#firstAnswers.length >= mostFirstAnswers || output === undefined || output.trim() === '') return;
    const { model = '', prompt } = this.#variants[variant] ?? {};
    const cut = clipText(output, longestFirstAnswer);
    const text = cut.length < output.length ? `${cut}…` : cut;
    this.#firstAnswers = [...this.#firstAnswers, { model, ...(prompt === undefined ? {} : { prompt }), row, text }];
  }

  addFailed(variant: number, failure: FailureClass, attempts: number): void {
    this.#done += 1;
    this.#failed += 1;
    this.#retries += Math.max(0, attempts - 1);
    this.#errors[failure] = (this.#errors[failure] ?? 0) + 1;
    if (failure === 'refused') this.#refused[variant] = (this.#refused[variant] ?? 0) + 1;
    const entry = this.#variants[variant];
    if (entry === undefined) return;
    entry.done += 1;
    entry.failed += 1;
  }

  get failed(): number {
    return this.#failed;
  }

  get done(): number {
    return this.#done;
  }

  get reused(): number {
    return this.#reused;
  }

  get cost(): number {
    return this.#cost ?? 0;
  }

  get measuringCost(): number {
    return this.#measuringCost ?? 0;
  }

  variantCounts(variant: number): { readonly done: number; readonly failed: number; readonly refused: number } {
    const { done, failed } = this.#variants[variant] ?? { done: 0, failed: 0 };
    return { done, failed, refused: this.#refused[variant] ?? 0 };
  }

  /** `handed` samples count as stored: they are on their way in the same transaction. */
  snapshot(handed = 0): RunProgress {
    this.#stored += handed;
    const rate = this.#rate();
    const left = this.#total - this.#done;
    const underWay = Math.max(0, this.#asked - this.#stored);
    return {
      total: this.#total,
      done: this.#done,
      failed: this.#failed,
      reused: this.#reused,
      ...(this.#phase === undefined ? {} : { phase: this.#phase }),
      ...(this.#isWaiting() ? { waitingFor: 'window' as const } : {}),
      ...(rate === undefined ? {} : { ratePerSecond: rate, ...(rate > 0 ? { secondsLeft: left / rate } : {}) }),
      ...(this.#cost === undefined ? {} : { cost: this.#cost }),
      ...(this.#retries > 0 ? { retries: this.#retries } : {}),
      ...(this.#measuringCost === undefined ? {} : { measuringCost: this.#measuringCost }),
      ...(this.#cached > 0 ? { cached: this.#cached } : {}),
      ...(this.#extended > 0 ? { extended: this.#extended } : {}),
      ...(Object.keys(this.#unmeasured).length > 0 ? { unmeasured: { ...this.#unmeasured } } : {}),
      ...(underWay > 0 ? { underWay } : {}),
      ...(this.#askedAgain > 0 ? { askedAgain: this.#askedAgain } : {}),
      errors: { ...this.#errors },
      variants: this.#variants.map((variant, index) => {
        const refused = this.#refused[index];
        return { ...variant, ...(refused === undefined ? {} : { refused }) };
      }),
      ...(this.#firstAnswers.length === 0 ? {} : { firstAnswers: [...this.#firstAnswers] }),
      ...(this.#training === undefined ? {} : { training: this.#training }),
    };
  }

  /** Samples a second over the last seconds; a resumed run's earlier answers do not count as speed. */
  #rate(): number | undefined {
    const at = this.#clock.monotonic();
    const done = this.#done - this.#reused;
    this.#marks.push({ at, done });
    while (this.#marks.length > 2 && at - (this.#marks[0]?.at ?? at) > rateWindow) this.#marks.shift();
    const first = this.#marks[0];
    if (first === undefined || at - first.at < 100) return undefined;
    return ((done - first.done) * 1000) / (at - first.at);
  }
}
