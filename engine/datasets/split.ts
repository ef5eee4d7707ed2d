import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { DatasetSelection, Split } from './asked-row.ts';
import { columnText, columnValue, textOfValue } from './column.ts';
import { formatOfPath, type DatasetFormat } from './formats.ts';
import type { DatasetPart } from './huggingface/layout.ts';
import type { DatasetRow } from './row.ts';
import { readRows } from './rows.ts';

/** Rows are asked, or embedded models learn from them. */
export type SplitRole = 'train' | 'test';

/**
 * How a split is written: values of a column, files or Hugging Face splits (`parts`), or shares of the rows.
 */
export type SplitKind = 'field' | 'parts' | 'shares';

export function splitKind(split: Split): SplitKind {
  if (split.field !== undefined) return 'field';
  return shareOf(split.test) === undefined && shareOf(split.train) === undefined ? 'parts' : 'shares';
}

/** `30%` as 0.3; absent for what is no share. It may lie outside 0 … 1. */
export function shareOf(written: string | undefined): number | undefined {
  const number = /^\s*([+-]?\d{1,9}(?:\.\d{1,9})?)\s*%\s*$/.exec(written ?? '')?.[1];
  return number === undefined ? undefined : Number(number) / 100;
}

/** The shares of a split that is written in them. Throws `dataset-invalid` where they are none, or more than the whole. */
export function readShares(split: Split, path: string): { readonly test: number; readonly train: number } {
  const test = shareOf(split.test);
  const train = split.train === undefined ? (test === undefined ? undefined : 1 - test) : shareOf(split.train);
  const valid =
    test !== undefined && train !== undefined && test > 0 && test <= 1 && train >= 0 && test + train <= 1 + 1e-9;
  if (valid) return { test, train };
  throw new WorkbenchError('dataset-invalid', `${path}: the shares of \`dataset.split\` are no shares of one whole.`, {
    remedy: 'Write both as percentages that add up to 100% at most, such as {test: 30%, train: 70%}.',
    place: { path },
  });
}

/** What has to be read for one role. */
export interface Source {
  readonly path: string;
  readonly format: DatasetFormat | undefined;
  readonly part: DatasetPart;
}

/**
 * The file or folder that holds a role's rows. Named files are looked for in the dataset's folder; other names are splits of a Hugging
 * Face folder.
 */
export async function findSource(files: Files, selection: DatasetSelection, role: SplitRole): Promise<Source> {
  const { path, dataset } = selection;
  const name = dataset.split?.[role];
  const whole: Source = { path, format: dataset.format, part: { config: dataset.config } };
  if (dataset.split === undefined || name === undefined || splitKind(dataset.split) !== 'parts') return whole;
  if (formatOfPath(name) === undefined) {
    if (dataset.format === 'huggingface' || (await files.facts(path))?.kind === 'folder') {
      return { ...whole, part: { config: dataset.config, split: name } };
    }
    throw new WorkbenchError(
      'dataset-invalid',
      `${path}: \`dataset.split.${role}\` is "${name}", which is no file, no share, and no split of a folder.`,
      {
        remedy: 'Add `field` with the column that names the split, or write a file or a share such as 30%.',
        place: { path },
      },
    );
  }
  const folder = (await files.facts(path))?.kind === 'folder' ? path : files.parent(path);
  const format = dataset.format === 'huggingface' || dataset.format === 'wav-folder' ? undefined : dataset.format;
  return { path: files.resolve(folder, name), format: formatOfPath(name) ?? format, part: {} };
}

/** Rows of a role's file or folder that pass the filter, and the role's value of the split column if it has one. */
export async function* readRole(
  files: Files,
  selection: DatasetSelection,
  role: SplitRole,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  const source = await findSource(files, selection, role);
  const { filter, split } = selection.dataset;
  const wanted = Object.entries(filter ?? {}).map(([column, values]): [string, ReadonlySet<string>] => [
    column,
    new Set([values].flat().map(String)),
  ]);
  const passes = (row: DatasetRow): boolean =>
    wanted.every(([column, values]) => {
      const value = columnValue(row, column);
      if (value === undefined) columnText(row, column, source.path);
      return value !== null && values.has(textOfValue(value));
    });
  const { field } = split ?? {};
  const value = split?.[role];
  for await (const rows of readRows(files, source.path, source.format, signal, source.part)) {
    signal.throwIfAborted();
    let own = wanted.length === 0 ? rows : rows.filter(passes);
    if (field !== undefined)
      own = own.filter(row => value !== undefined && columnText(row, field, source.path) === value);
    if (own.length > 0) yield own;
  }
}

/** `no row has split = "dev"`: why a role has no rows. */
export function describeEmpty({ dataset }: DatasetSelection, role: SplitRole): string {
  const { split, filter } = dataset;
  const filtered = filter === undefined ? '' : ' and passes the filter';
  if (split === undefined) return filter === undefined ? 'the dataset has no rows' : 'no row passes the filter';
  const name = split[role] ?? '';
  if (split.field !== undefined) return `no row has ${split.field} = "${name}"${filtered}`;
  return splitKind(split) === 'shares'
    ? `the share ${name} holds no row`
    : `the split "${name}" holds no row${filtered}`;
}

/** Where a row lies between 0 and 1, by chance but always the same: the first 52 bits of a digest over seed and content. */
export function positionOf(digest: Digest, purpose: 'split' | 'sample', seed: number, content: string): number {
  return Number.parseInt(digest.sha256(JSON.stringify([purpose, seed, content])).slice(0, 13), 16) / 2 ** 52;
}
