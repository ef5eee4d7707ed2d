import type { EpochPoint, RunProgress } from '../../schemas/generated/messages.ts';

/** The latest epochs tell how long the next ones take. */
const averagedEpochs = 5;

/** Counts a tuning run as it goes: `total` and `done` are epochs. */
export class TuningProgress {
  #total = 0;
  #reused = 0;
  #cost: number | undefined;
  #phase: string | undefined = 'Reading the datasets';
  #epochs: readonly EpochPoint[] = [];

  setPhase(phase: string | undefined): void {
    this.#phase = phase;
  }

  /** `earlier` are the epochs of before a resume, and `cost` what they cost in US dollars. */
  start(total: number, earlier: readonly EpochPoint[], cost: number | undefined): void {
    this.#cost = cost;
    this.#total = total;
    this.#epochs = earlier;
    this.#reused = this.done;
  }

  addEpoch(point: EpochPoint): void {
    this.#epochs = [...this.#epochs.filter(({ epoch }) => epoch < point.epoch), point];
  }

  setCost(dollars: number): void {
    this.#cost = dollars;
  }

  /** Epochs trained; the base before training is none. */
  get done(): number {
    return this.#epochs.filter(({ epoch }) => epoch > 0).length;
  }

  get total(): number {
    return this.#total;
  }

  get reused(): number {
    return this.#reused;
  }

  get cost(): number | undefined {
    return this.#cost;
  }

  get epochs(): readonly EpochPoint[] {
    return this.#epochs;
  }

  snapshot(): RunProgress {
    const { done } = this;
    const latest = this.#epochs.filter(({ epoch }) => epoch > 0).slice(-averagedEpochs);
    const seconds = latest.reduce((sum, point) => sum + point.seconds, 0) / Math.max(1, latest.length);
    return {
      total: this.#total,
      done,
      failed: 0,
      reused: this.#reused,
      ...(this.#phase === undefined ? {} : { phase: this.#phase }),
      ...(latest.length > 0 && done < this.#total ? { secondsLeft: seconds * (this.#total - done) } : {}),
      ...(this.#cost === undefined ? {} : { cost: this.#cost }),
      errors: {},
      variants: [],
      epochs: [...this.#epochs],
    };
  }
}
