import type { EpochPoint, RunProgress } from '../../schemas/generated/messages.ts';

/** The latest measurements tell how long the next epochs take. */
const averagedPoints = 5;

/** Counts a tuning run as it goes: `total` and `done` are epochs. */
export class TuningProgress {
  #total = 0;
  #reused = 0;
  #cost: number | undefined;
  #phase: string | undefined = 'Reading the datasets';
  #epochs: readonly EpochPoint[] = [];
  /** Epochs by the latest step that was told of. */
  #reached = 0;

  setPhase(phase: string | undefined): void {
    this.#phase = phase;
  }

  /** `earlier` are the measurements of before a resume, and `cost` what was spent until then in US dollars. */
  start(total: number, earlier: readonly EpochPoint[], cost: number | undefined): void {
    this.#cost = cost;
    this.#total = total;
    this.#epochs = earlier;
    this.#reached = 0;
    this.#reused = this.done;
  }

  /** A measurement takes the place of those after it: training went back to a saved state. */
  addEpoch(point: EpochPoint): void {
    this.#epochs = [...this.#epochs.filter(({ epoch }) => epoch < point.epoch), point];
    this.#reached = point.epoch;
  }

  /** Training stands at this epoch, which may be a fraction. */
  reach(epoch: number): void {
    this.#reached = epoch;
  }

  setCost(dollars: number): void {
    this.#cost = dollars;
  }

  /** Whole epochs trained; the base before training is none. */
  get done(): number {
    return Math.floor(Math.max(this.#reached, this.#epochs.at(-1)?.epoch ?? 0) + 1e-9);
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
    const secondsLeft = this.#secondsLeft();
    return {
      total: this.#total,
      done,
      failed: 0,
      reused: this.#reused,
      ...(this.#phase === undefined ? {} : { phase: this.#phase }),
      ...(secondsLeft === undefined ? {} : { secondsLeft }),
      ...(this.#cost === undefined ? {} : { cost: this.#cost }),
      errors: {},
      variants: [],
      epochs: [...this.#epochs],
    };
  }

  #secondsLeft(): number | undefined {
    const latest = this.#epochs.slice(-averagedPoints - 1);
    const [first] = latest;
    const last = latest.at(-1);
    if (first === undefined || last === undefined || last.epoch <= first.epoch) return undefined;
    const left = this.#total - Math.max(this.#reached, last.epoch);
    if (left <= 0) return undefined;
    const seconds = latest.slice(1).reduce((sum, point) => sum + point.seconds, 0);
    return (seconds / (last.epoch - first.epoch)) * left;
  }
}
