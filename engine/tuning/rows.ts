import type { Aspect, TuningDataset } from '../../schemas/generated/files.ts';
import { datasetsOf } from '../documents/tune-checks.ts';
import type { AspectName } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { columnText } from '../datasets/column.ts';
import type { DatasetRow } from '../datasets/row.ts';
import { readRows } from '../datasets/rows.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';

/** One row of an aspect's dataset. */
export interface TuningRow {
  readonly line: number;
  readonly text: string;
  readonly label: string;
  readonly slices: Readonly<Record<string, string>>;
  /** SHA-256 over input, target and slices: the same as benchmarks compute of the row. */
  readonly digest: string;
  /** SHA-256 over the input without white space around it: rows that ask the same. */
  readonly content: string;
  /** SHA-256 over the value of the group column, else `content`: rows that are held out together. */
  readonly group: string;
  /** The group column's value as it is written. */
  readonly groupName?: string;
}

/** An aspect with its rows in file order; `training` and `validation` together are its training split. */
export interface AspectRows {
  readonly name: AspectName;
  readonly dataset: TuningDataset;
  /** Factor on the gradient of its training rows. */
  readonly weight: number;
  readonly training: readonly TuningRow[];
  readonly validation: readonly TuningRow[];
  readonly test: readonly TuningRow[];
}

/** Training rows are held in memory, their texts and sparse vectors, at one or two kilobytes each. */
const mostTrainingRows = 2_000_000;

interface SplitRows {
  readonly training: readonly TuningRow[];
  readonly test: readonly TuningRow[];
}

/**
 * Reads all aspects' datasets and holds validation rows out of their training splits. Throws `dataset-…` errors with the row's line, and
 * `dataset-empty` for a split without rows.
 */
export async function readAspects(
  aspects: readonly (readonly [AspectName, Aspect])[],
  base: string,
  files: Files,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly AspectRows[]> {
  const read: (SplitRows & { readonly name: AspectName; readonly aspect: Aspect })[] = [];
  let room = mostTrainingRows;
  for (const [name, aspect] of aspects) {
    const rows = await readSplits(
      name,
      firstDataset(aspect),
      files.resolve(base, firstDataset(aspect).path),
      room,
      files,
      digest,
      signal,
    );
    room -= rows.training.length;
    read.push({ name, aspect, ...rows });
  }
  const heldOut = chooseHeldOut(
    read.map(({ aspect, training }) => ({ share: validationShare(firstDataset(aspect)), training })),
  );
  return read.map(({ name, aspect, training, test }) => {
    const rows: AspectRows = {
      name,
      dataset: firstDataset(aspect),
      weight: aspect.weight ?? 1,
      training: training.filter(row => !heldOut.has(row.group)),
      validation: training.filter(row => heldOut.has(row.group)),
      test,
    };
    if (rows.validation.length === 0 || rows.training.length === 0) throw noValidation(rows);
    return rows;
  });
}

function firstDataset(aspect: Aspect): TuningDataset {
  const [dataset] = datasetsOf(aspect);
  if (dataset === undefined) throw new Error('The schema asks for a dataset.');
  return dataset;
}

function validationShare({ split }: TuningDataset): number {
  return split.validation ?? 0.1;
}

/**
 * The groups that are measured instead of learnt: those whose digest, read as a number in 0 … 1, lies below the share. It depends on the
 * group (or the row's own content) alone, so rows that belong together go together, also across aspects (there the largest share of
 * theirs counts), and the same ones are held out again however a dataset grows. Groups that share a text go together too.
 */
function chooseHeldOut(
  aspects: readonly { readonly share: number; readonly training: readonly TuningRow[] }[],
): ReadonlySet<string> {
  const heldOut = new Set<string>();
  for (const { share, training } of aspects) {
    for (const { group } of training) if (positionOf(group) < share) heldOut.add(group);
  }
  const contents = new Set<string>();
  let before = -1;
  while (heldOut.size > before) {
    before = heldOut.size;
    for (const { training } of aspects) {
      for (const { group, content } of training) if (heldOut.has(group)) contents.add(content);
    }
    for (const { training } of aspects) {
      for (const { group, content } of training) if (contents.has(content)) heldOut.add(group);
    }
  }
  return heldOut;
}

/** The first 52 bits of a digest as a number in 0 … 1. */
function positionOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}

async function readSplits(
  name: AspectName,
  dataset: TuningDataset,
  path: string,
  room: number,
  files: Files,
  digest: Digest,
  signal: AbortSignal,
): Promise<SplitRows> {
  const { field = 'split', train = 'train', test } = dataset.split;
  const rows = { training: [] as TuningRow[], test: [] as TuningRow[] };
  for await (const batch of readRows(files, path, dataset.format, signal)) {
    signal.throwIfAborted();
    for (const row of batch) {
      const split = columnText(row, field, path);
      if (split === train) rows.training.push(toTuningRow(row, dataset, path, digest));
      else if (split === test) rows.test.push(toTuningRow(row, dataset, path, digest));
      if (rows.training.length > room) throw tooManyRows(path);
    }
  }
  if (rows.training.length === 0) throw emptySplit(name, dataset, path, train);
  if (rows.test.length === 0) throw emptySplit(name, dataset, path, test);
  return rows;
}

function toTuningRow(row: DatasetRow, dataset: TuningDataset, path: string, digest: Digest): TuningRow {
  const text = columnText(row, dataset.input ?? 'text', path);
  const label = columnText(row, dataset.target ?? 'label', path);
  const slices: Record<string, string> = {};
  for (const column of dataset.slices ?? []) slices[column] = columnText(row, column, path);
  const content = digest.sha256(text.trim());
  const groupName = dataset.split.group === undefined ? undefined : columnText(row, dataset.split.group, path);
  return {
    line: row.line,
    text,
    label,
    slices,
    digest: digest.sha256(JSON.stringify([text, label, slices])),
    content,
    group: groupName === undefined ? content : digest.sha256(JSON.stringify(['group', groupName])),
    ...(groupName === undefined ? {} : { groupName }),
  };
}

/** SHA-256 over the rows' digests in order. */
export function digestRows(rows: readonly TuningRow[], digest: Digest): string {
  const whole = digest.startSha256();
  for (const row of rows) whole.update(row.digest);
  return whole.hex();
}

/** `core performance`: an aspect as people say it. */
export function aspectWords(name: AspectName): string {
  return name.replace('-', ' ');
}

function emptySplit(name: AspectName, { split }: TuningDataset, path: string, value: string): WorkbenchError {
  return new WorkbenchError(
    'dataset-empty',
    `${path}: no row has ${split.field ?? ''} = "${value}", for ${aspectWords(name)}.`,
    {
      remedy: `Check \`aspects.${name}.dataset.split\`.`,
      place: { path },
    },
  );
}

function tooManyRows(path: string): WorkbenchError {
  return new WorkbenchError(
    'model-unsuitable',
    `The training splits have more than ${String(mostTrainingRows / 1_000_000)} million rows, which the embedded model cannot hold.`,
    { remedy: 'Train on fewer rows: the embedded model learns little from more.', place: { path } },
  );
}

function noValidation({ name, dataset, training, validation }: AspectRows): WorkbenchError {
  const rows = training.length + validation.length;
  const share = `${String(validationShare(dataset) * 100)} %`;
  const left =
    validation.length === 0 ? 'leaves no row to choose the best checkpoint by' : 'leaves no row to learn from';
  return new WorkbenchError(
    'dataset-empty',
    `${dataset.path}: holding ${share} out of ${String(rows)} training rows of ${aspectWords(name)} ${left}.`,
    {
      remedy: `Add training rows, or change \`aspects.${name}.dataset.split.validation\`.`,
      place: { path: dataset.path },
    },
  );
}
