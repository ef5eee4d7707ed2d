import type { Dataset } from '../../schemas/generated/files.ts';
import type { Perturbation } from '../../schemas/generated/files.ts';
import type { DatasetRow } from './row.ts';

/** A file that goes with a row's question. */
export interface Attachment {
  /** Such as `audio/wav` or `image/png`, told from its first bytes. */
  readonly mediaType: string;
  /** Absolute path; absent where `bytes` holds the content. */
  readonly path?: string;
  readonly bytes?: Uint8Array;
  readonly size: number;
  readonly sha256: string;
  /** How long the sound is, as a WAV file's head says. */
  readonly seconds?: number;
}

/** A row of the asked split, ready to be asked. */
export interface AskedRow {
  /** Position in the asked split, from 0; a disturbed row has its source's. */
  readonly index: number;
  readonly line: number;
  readonly input: string;
  /** The expected answer; several acceptable ones as a JSON list of texts; empty where a judge alone decides. */
  readonly target: string;
  readonly slices: Readonly<Record<string, string>>;
  /** Every column, for prompts. */
  readonly values: Readonly<Record<string, unknown>>;
  /** SHA-256 over input, target and slices; and over choices, attachments and the perturbation where there are any. */
  readonly digest: string;
  /** Texts of the options of a multiple-choice row; `target` is one of them. */
  readonly choices?: readonly string[];
  readonly audio?: Attachment;
  readonly images?: readonly Attachment[];
  /** Name of what was done to the input, such as `typos`. */
  readonly perturbation?: string;
  /** Digest of the row as it was before. */
  readonly source?: string;
}

/** How rows are divided. Tuning jobs may name a column whose equal values go together. */
export type Split = NonNullable<Dataset['split']> & { readonly group?: string };

/** A benchmark's dataset, or what a tuning job's has of one. */
export type SelectedDataset = Omit<Dataset, 'split'> & { readonly split?: Split };

/** Where a dataset lies and which of its rows are meant. */
export interface DatasetSelection {
  readonly path: string;
  readonly dataset: SelectedDataset;
  /** What tells rows apart when they are divided by shares; default: SHA-256 over input, target and slices. */
  readonly contentOf?: (row: DatasetRow) => string;
  /** The stricter of the file's own limit and the one given at the start. */
  readonly limit: number | undefined;
  /** Absolute path of the workspace folder: attachments may lie anywhere in it. */
  readonly folder?: string;
  /** Absolute path of the folder that the benchmark's paths start from; the dataset's own folder when absent. */
  readonly base?: string;
  readonly perturbations?: readonly Perturbation[];
}
