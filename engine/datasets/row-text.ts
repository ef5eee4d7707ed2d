import type { Dataset } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import { chosenText, readOptions } from './choices.ts';
import { columnText, columnValue } from './column.ts';
import type { DatasetRow } from './row.ts';

/** What a row asks and expects, as text. */
export interface RowText {
  readonly input: string;
  readonly target: string;
  readonly slices: Readonly<Record<string, string>>;
  readonly choices: readonly string[] | undefined;
  /** SHA-256 over input, target and slices. */
  readonly content: string;
}

/** A dataset's columns with what a folder of WAV files takes for granted. */
export function withDefaults<D extends Pick<Dataset, 'format' | 'audio' | 'target'>>(dataset: D): D {
  return dataset.format === 'wav-folder' ? { audio: 'audio', target: 'transcript', ...dataset } : dataset;
}

/** Reads a row's texts; throws `dataset-…` errors with its line. `dataset` has its defaults filled in. */
export function readRowText(row: DatasetRow, dataset: Omit<Dataset, 'split'>, path: string, digest: Digest): RowText {
  const input = readInput(row, dataset, path);
  const options = dataset.choices === undefined ? undefined : readOptions(row, dataset.choices, path);
  const textOf = (column: string): string =>
    options === undefined ? columnText(row, column, path) : chosenText(row, column, options, path);
  const target = readTarget(row, dataset.target, textOf);
  const slices: Record<string, string> = {};
  for (const column of dataset.slices ?? []) slices[column] = columnText(row, column, path);
  return {
    input,
    target,
    slices,
    choices: options?.texts,
    content: digest.sha256(JSON.stringify([input, target, slices])),
  };
}

/** What a row asks, as text: of a sound, the path that the row writes. */
export function readInput(row: DatasetRow, { input, audio }: Pick<Dataset, 'input' | 'audio'>, path: string): string {
  if (input !== undefined) return columnText(row, input, path);
  if (audio === undefined) {
    throw new WorkbenchError('dataset-invalid', `${path}: \`dataset.input\` does not say which column is asked.`, {
      remedy: 'Set `dataset.input`, or `dataset.audio` to ask about sounds alone.',
      place: { path },
    });
  }
  // Hugging Face audio is a struct that may know the file it was made from.
  const value = columnValue(row, audio);
  if (typeof value !== 'object' || value === null) return columnText(row, audio, path);
  const name: unknown = 'path' in value ? value.path : undefined;
  return typeof name === 'string' ? name : '';
}

function readTarget(row: DatasetRow, target: Dataset['target'], textOf: (column: string) => string): string {
  if (target === undefined) return '';
  if (typeof target === 'string') return textOf(target);
  // Fewer answers than columns are common; none at all is a fault of the first.
  const there = target.filter(column => columnValue(row, column) !== null);
  return JSON.stringify((there.length === 0 ? target.slice(0, 1) : there).map(textOf));
}
