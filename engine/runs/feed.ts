import { countOccurrences } from '../datasets/scan.ts';
import type { AskedRow } from '../datasets/selection.ts';

/** One sample still to be asked. */
export interface Task {
  readonly row: AskedRow;
  readonly occurrence: number;
  readonly repeat: number;
}

/** A sample's key within its variant. */
export function taskKey(rowDigest: string, occurrence: number, repeat: number): string {
  return `${rowDigest.slice(0, 32)}/${String(occurrence)}/${String(repeat)}`;
}

/**
 * Hands out one variant's tasks, a row at a time, made only when a worker asks: nothing waits in a queue, so memory does not
 * grow with the dataset. Repeats of a row follow one another. Tasks answered before a resume are skipped.
 */
export class TaskFeed {
  readonly #rows: AsyncIterator<readonly AskedRow[]>;
  readonly #repeats: number;
  readonly #answered: ReadonlySet<string>;
  readonly #occurrenceOf: (rowDigest: string) => number;
  #batch: readonly AskedRow[] = [];
  #next = 0;
  #row: AskedRow | undefined;
  #occurrence = 0;
  #repeat = 0;
  #refilling: Promise<boolean> | undefined;

  constructor(
    rows: AsyncIterable<readonly AskedRow[]>,
    repeats: number,
    repeated: ReadonlySet<number>,
    answered: ReadonlySet<string>,
  ) {
    this.#rows = rows[Symbol.asyncIterator]();
    this.#repeats = repeats;
    this.#answered = answered;
    this.#occurrenceOf = countOccurrences(repeated);
  }

  /** The next task, `undefined` at the end, or a promise where the file has to be read first. */
  take(): Task | undefined | Promise<Task | undefined> {
    for (;;) {
      const row = this.#row;
      if (row !== undefined && this.#repeat < this.#repeats) {
        const repeat = this.#repeat;
        this.#repeat += 1;
        if (this.#answered.size > 0 && this.#answered.has(taskKey(row.digest, this.#occurrence, repeat))) continue;
        return { row, occurrence: this.#occurrence, repeat };
      }
      const next = this.#batch[this.#next];
      if (next === undefined) return this.#refill().then(more => (more ? this.take() : undefined));
      this.#next += 1;
      this.#row = next;
      this.#occurrence = this.#occurrenceOf(next.digest);
      this.#repeat = 0;
    }
  }

  /** Stops reading the file. */
  async close(): Promise<void> {
    await this.#rows.return?.();
  }

  /** Workers that run dry together share one read. */
  #refill(): Promise<boolean> {
    this.#refilling ??= this.#read().finally(() => {
      this.#refilling = undefined;
    });
    return this.#refilling;
  }

  async #read(): Promise<boolean> {
    if (this.#next < this.#batch.length) return true;
    const result = await this.#rows.next();
    if (result.done === true) {
      this.#batch = [];
      this.#next = 0;
      this.#row = undefined;
      return false;
    }
    this.#batch = result.value;
    this.#next = 0;
    return true;
  }
}
