import { WorkbenchError } from '../../base/errors.ts';
import type { ClassifierKind, TrainingOptions } from './classifier.ts';
import type { LabelledText } from '../../datasets/labelled-text.ts';

/** Training rows with their labels as numbers. */
export interface TrainingSet {
  /** In order of first appearance. */
  readonly labels: readonly string[];
  /** For each row, the position of its label in `labels`. */
  readonly targets: Int32Array;
  /** For each label, its number of rows. */
  readonly support: Int32Array;
  /** The most frequent label's position; the first seen among equals. */
  readonly majority: number;
}

/** Numbers the labels. Throws `model-unsuitable` when there is nothing to learn from. */
export function collectTrainingSet(id: ClassifierKind['id'], rows: readonly LabelledText[]): TrainingSet {
  if (rows.length === 0) {
    throw new WorkbenchError('model-unsuitable', `embedded:${id} has no training rows.`, {
      remedy: "Name the dataset's split column and its training value under `dataset.split`, or leave this model out.",
    });
  }
  const positions = new Map<string, number>();
  const targets = new Int32Array(rows.length);
  rows.forEach((row, index) => {
    let position = positions.get(row.label);
    if (position === undefined) {
      position = positions.size;
      positions.set(row.label, position);
    }
    targets[index] = position;
  });
  const support = new Int32Array(positions.size);
  for (const target of targets) support[target]! += 1;
  return { labels: [...positions.keys()], targets, support, majority: largestAt(support) };
}

/** Position of the largest value, the first among equals. */
export function largestAt(values: Int32Array | Float32Array | Float64Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if (values[index]! > values[best]!) best = index;
  }
  return best;
}

/** Keeps long training loops interruptible: they tell how much work they did and wait when a promise comes back. */
export interface Breather {
  spend(work: number): Promise<void> | undefined;
}

/** About ten milliseconds of work, counted in inner-loop steps. */
const workBetweenPauses = 4_000_000;

/** `spend` gives a promise after each batch of work; it rejects with the signal's reason once that is aborted. */
export function createBreather(pause: TrainingOptions['pause'], signal: AbortSignal): Breather {
  let work = 0;
  async function breathe(): Promise<void> {
    await pause();
    signal.throwIfAborted();
  }
  return {
    spend(done) {
      work += done;
      if (work < workBetweenPauses) return undefined;
      work = 0;
      return breathe();
    },
  };
}
