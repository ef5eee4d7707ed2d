import type { LabelledText } from '../../datasets/labelled-text.ts';

/** One point of a learning curve: mean training loss (nats a row) after `step` of `steps` epochs. */
export interface TrainingStep {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

export interface TrainingOptions {
  /** Seed of everything random; the same rows and seed give the same classifier. */
  readonly seed: number;
  /** Called after every epoch, for models that have a loss. */
  readonly onStep?: (step: TrainingStep) => void;
  /** Lets the host's event loop breathe between pieces of work; resolves soon. */
  readonly pause: () => Promise<void>;
}

/** A trained text classifier. */
export interface Classifier {
  /** Labels in order of first appearance in training. */
  readonly labels: readonly string[];
  /** The most likely label; ties go to the label seen first in training. */
  classify(text: string): string;
  /**
   * What the text classified last made each label worth, in the order of `labels`, not negative; absent where the classifier weighs none. A view
   * that the next text outdates.
   */
  worths?(): Float64Array;
  /** One loss a step, empty for models without one. */
  readonly learningCurve: readonly TrainingStep[];
}

/** An embedded model before training. Deterministic, offline, no state of its own. */
export interface ClassifierKind {
  readonly id: 'majority' | 'keyword' | 'knn' | 'linear';
  readonly title: string;
  /** What it does and what beating it means, in two sentences at most. */
  readonly description: string;
  /** Version of the algorithm: part of the model's digest, raised when answers may change. */
  readonly version: number;
  train(rows: readonly LabelledText[], options: TrainingOptions, signal: AbortSignal): Promise<Classifier>;
}
