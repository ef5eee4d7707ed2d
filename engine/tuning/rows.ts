import type { Aspect, TuningDataset } from '../../schemas/generated/files.ts';
import type { AspectName } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { splitKind, type SplitRole } from '../datasets/split.ts';
import { datasetsOf } from '../diagnostics/tune-checks.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { chooseHeldOut } from './data/held-out.ts';
import { readSplit, type RowOptions, type SplitRequest } from './data/read-split.ts';
import type { TuningRow } from './data/row.ts';
import { RowFaults } from './data/row-faults.ts';

export type { TuningRow } from './data/row.ts';

/** One of an aspect's datasets with its rows. */
export interface DatasetRows {
  readonly dataset: TuningDataset;
  readonly training: readonly TuningRow[];
  readonly validation: readonly TuningRow[];
  readonly test: readonly TuningRow[];
}

/** An aspect with its rows, dataset by dataset and in file order; `training` and `validation` together are its training split. */
export interface AspectRows extends DatasetRows {
  readonly name: AspectName;
  /** The first of its datasets. */
  readonly dataset: TuningDataset;
  /** All of them, as the job writes them, each with its rows. */
  readonly datasets: readonly DatasetRows[];
  /** Factor on the gradient of its training rows. */
  readonly weight: number;
}

/** Training rows are held in memory, their texts and sparse vectors, at one or two kilobytes each. */
const mostTrainingRows = 2_000_000;

/**
 * Reads all aspects' datasets and holds validation rows out of their training splits. Throws `dataset-…` errors with the rows' lines, and
 * `dataset-empty` for a split without rows.
 */
export async function readAspects(
  aspects: readonly (readonly [AspectName, Aspect])[],
  base: string,
  files: Files,
  digest: Digest,
  signal: AbortSignal,
  options: RowOptions = {},
): Promise<readonly AspectRows[]> {
  const read: { name: AspectName; aspect: Aspect; datasets: SplitRows[] }[] = [];
  let room = mostTrainingRows;
  for (const [name, aspect] of aspects) {
    const datasets: SplitRows[] = [];
    for (const dataset of datasetsOf(aspect)) {
      const path = files.resolve(base, dataset.path);
      const request = { dataset, path, files, digest, options, faults: new RowFaults() };
      const rows = await readSplits(name, request, room, signal);
      room -= rows.training.length;
      datasets.push(rows);
    }
    read.push({ name, aspect, datasets });
  }
  const heldOut = chooseHeldOut(
    read.flatMap(({ datasets }) =>
      datasets.map(({ dataset, training }) => ({ share: validationShare(dataset), training })),
    ),
  );
  return read.map(({ name, aspect, datasets }) => divide(name, aspect, datasets, heldOut));
}

interface SplitRows {
  readonly dataset: TuningDataset;
  readonly training: readonly TuningRow[];
  readonly test: readonly TuningRow[];
}

function divide(
  name: AspectName,
  aspect: Aspect,
  read: readonly SplitRows[],
  heldOut: ReadonlySet<string>,
): AspectRows {
  const datasets = read.map(({ dataset, training, test }): DatasetRows => ({
    dataset,
    training: training.filter(row => !heldOut.has(row.group)),
    validation: training.filter(row => heldOut.has(row.group)),
    test,
  }));
  const [first, ...others] = datasets;
  if (first === undefined) throw new Error('The schema asks for a dataset.');
  const joined = (role: 'training' | 'validation' | 'test'): readonly TuningRow[] =>
    others.length === 0 ? first[role] : datasets.flatMap(each => each[role]);
  const rows: AspectRows = {
    name,
    dataset: first.dataset,
    datasets,
    weight: aspect.weight ?? 1,
    training: joined('training'),
    validation: joined('validation'),
    test: joined('test'),
  };
  if (rows.validation.length === 0 || rows.training.length === 0) throw noValidation(rows);
  return rows;
}

function validationShare({ split }: TuningDataset): number {
  return split.validation ?? 0.1;
}

async function readSplits(
  name: AspectName,
  request: SplitRequest,
  room: number,
  signal: AbortSignal,
): Promise<SplitRows> {
  const { dataset, path, faults } = request;
  const training: TuningRow[] = [];
  const test: TuningRow[] = [];
  for await (const rows of readSplit(request, 'train', signal)) {
    for (const row of rows) training.push(row);
    if (training.length > room) throw tooManyRows(path);
  }
  for await (const rows of readSplit(request, 'test', signal)) for (const row of rows) test.push(row);
  faults.throwAny();
  if (training.length === 0) throw emptySplit(name, dataset, path, 'train');
  if (test.length === 0) throw emptySplit(name, dataset, path, 'test');
  return { dataset, training, test };
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

function emptySplit(name: AspectName, { split }: TuningDataset, path: string, role: SplitRole): WorkbenchError {
  const value = split[role];
  const why =
    split.field === undefined
      ? value === undefined
        ? 'the split leaves no row to learn from'
        : `the ${splitKind(split) === 'shares' ? 'share' : 'split'} ${JSON.stringify(value)} holds no row`
      : value === undefined
        ? `every row has ${split.field} = "${split.test}"`
        : `no row has ${split.field} = "${value}"`;
  return new WorkbenchError('dataset-empty', `${path}: ${why}, for ${aspectWords(name)}.`, {
    remedy: `Check \`aspects.${name}.dataset.split\`.`,
    place: { path },
  });
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
