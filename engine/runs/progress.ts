import type { FailureClass, RunProgress, VariantProgress } from '../../schemas/generated/messages.ts';
import type { Clock } from '../ports/clock.ts';
import type { TrainingStep } from '../models/embedded/classifier.ts';
import type { VariantRecord } from './spec.ts';

/** Seconds of the past the shown rate is taken from. */
const rateWindow = 5_000;

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
  #cost: number | undefined;
  #phase: string | undefined = 'Reading the dataset';
  #training: RunProgress['training'];
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

  addReused(variant: number, samples: number, cost: number | undefined): void {
    this.#reused += samples;
    this.#done += samples;
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    const entry = this.#variants[variant];
    if (entry !== undefined) entry.done += samples;
  }

  addAnswered(variant: number, cost: number | undefined, attempts: number): void {
    this.#done += 1;
    this.#retries += attempts - 1;
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    const entry = this.#variants[variant];
    if (entry !== undefined) entry.done += 1;
  }

  addFailed(variant: number, failure: FailureClass, attempts: number): void {
    this.#done += 1;
    this.#failed += 1;
    this.#retries += Math.max(0, attempts - 1);
    this.#errors[failure] = (this.#errors[failure] ?? 0) + 1;
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

  variantCounts(variant: number): { readonly done: number; readonly failed: number } {
    return this.#variants[variant] ?? { done: 0, failed: 0 };
  }

  snapshot(): RunProgress {
    const rate = this.#rate();
    const left = this.#total - this.#done;
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
      errors: { ...this.#errors },
      variants: this.#variants.map(variant => ({ ...variant })),
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
