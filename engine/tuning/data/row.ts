import type { LearningRow } from '../platform.ts';

/** One row of an aspect's dataset. */
export interface TuningRow extends LearningRow {
  readonly line: number;
  /** Absolute path of the row's file, where its dataset is a folder. */
  readonly file?: string;
  readonly slices: Readonly<Record<string, string>>;
  /** SHA-256 over input, target and slices, the same as benchmarks compute of the row; and over what stands before it or is heard. */
  readonly digest: string;
  /** SHA-256 over the input without white space around it, or the sound's bytes: rows that ask the same. */
  readonly content: string;
  /** SHA-256 over the value of the group column, else `content`: rows that are held out together. */
  readonly group: string;
  /** The group column's value as it is written. */
  readonly groupName?: string;
  /** How long the sound is, where its file's head says so. */
  readonly seconds?: number;
}
