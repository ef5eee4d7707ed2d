import type { TuningDataset } from '../../../schemas/generated/files.ts';
import type { DatasetSelection, SelectedDataset } from '../../datasets/asked-row.ts';
import { columnText } from '../../datasets/column.ts';
import { formatOfPath } from '../../datasets/formats.ts';
import { openMembership } from '../../datasets/membership.ts';
import type { DatasetRow } from '../../datasets/row.ts';
import { openAttachments, type Attachments } from '../../datasets/selection.ts';
import { readRole, splitKind, type SplitRole } from '../../datasets/split.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { omit } from '../../base/omit.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { TuningTask } from '../../documents/tune-kind.ts';
import type { TuningRow } from './row.ts';
import { isFault } from './conversation.ts';
import { findSoundFault, makeRow, readTexts } from './read-row.ts';
import type { RowFaults } from './row-faults.ts';

export interface RowOptions {
  /** What the rows are for; where absent, an `input` and a `target` alone are a text and its class. */
  readonly task?: TuningTask;
  /** Absolute path of the workspace folder: sounds may lie anywhere in it. */
  readonly folder?: string;
  /** Keeps a sound that a dataset holds in itself as a file, and tells its absolute path. */
  readonly keepSound?: (bytes: Uint8Array, sha256: string) => Promise<string>;
}

export interface SplitRequest {
  readonly dataset: TuningDataset;
  /** Absolute. */
  readonly path: string;
  readonly files: Files;
  readonly digest: Digest;
  readonly options: RowOptions;
  /** Takes what is wrong with rows; whoever reads throws it in the end. */
  readonly faults: RowFaults;
}

/**
 * Rows of one role of a dataset, in file order and in batches: those whose split column, file, Hugging Face split or share it is. All rows are
 * read; those at fault are left out and noted. Throws `dataset-…` errors of the dataset itself.
 */
export async function* readSplit(
  request: SplitRequest,
  role: SplitRole,
  signal: AbortSignal,
): AsyncIterable<readonly TuningRow[]> {
  const { dataset, path, files, digest, options, faults } = request;
  const selection = await selectDataset(request);
  const isMember = await openMembership(files, digest, selection, role, signal);
  const attach = dataset.audio === undefined ? undefined : await openAttachments(files, digest, selection, role);
  const takes = restOf(dataset, role, path);
  for await (const batch of readRole(files, takes === undefined ? selection : withoutField(selection), role, signal)) {
    const rows: TuningRow[] = [];
    for (const row of batch) {
      const place = { path: row.file ?? path, line: row.line };
      try {
        if (takes?.(row) === false) continue;
        const texts = readTexts(row, dataset, options.task, path, digest);
        if (isFault(texts)) {
          faults.add(texts, place);
          continue;
        }
        if (!isMember(row, texts.drawn)) continue;
        const sound = attach === undefined ? undefined : await attach(row, signal);
        const fault = sound === undefined ? undefined : findSoundFault(sound);
        if (fault !== undefined) {
          faults.add(fault, place);
          continue;
        }
        const kept = sound === undefined ? undefined : await keepSound(sound, options);
        rows.push(makeRow(row, texts, kept, dataset, path, digest));
      } catch (error) {
        signal.throwIfAborted();
        faults.take(error, place);
      }
    }
    if (rows.length > 0) yield rows;
  }
}

async function selectDataset({ dataset, path, files, digest, options }: SplitRequest): Promise<DatasetSelection> {
  const { audio, split } = dataset;
  const train = split.train ?? (await usualTrain(dataset, path, files));
  const selected: SelectedDataset = {
    path: dataset.path,
    ...(dataset.format === undefined ? {} : { format: dataset.format }),
    ...(audio === undefined ? {} : { audio }),
    split: { ...split, ...(train === undefined ? {} : { train }) },
  };
  return {
    path,
    dataset: selected,
    limit: undefined,
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    contentOf(row) {
      const texts = readTexts(row, dataset, options.task, path, digest);
      // What is wrong with it is told when its turn comes.
      return isFault(texts) ? '' : texts.drawn;
    },
  };
}

/** What trains where a job names the test rows alone: of a Hugging Face folder its split `train`; all that is not tested else. */
async function usualTrain({ split, format }: TuningDataset, path: string, files: Files): Promise<string | undefined> {
  if (split.field !== undefined || splitKind(split) === 'shares') return undefined;
  if (formatOfPath(split.test) === undefined) return 'train';
  const isFolder = format === 'huggingface' || (await files.facts(path))?.kind === 'folder';
  // The dataset's own file holds what the other does not.
  return isFolder ? undefined : path;
}

/** Whether a row is in, where a split column names the test rows alone: all others are learnt from. */
function restOf({ split }: TuningDataset, role: SplitRole, path: string): ((row: DatasetRow) => boolean) | undefined {
  const { field, train, test } = split;
  if (field === undefined || train !== undefined || role === 'test') return undefined;
  return row => columnText(row, field, path) !== test;
}

function withoutField(selection: DatasetSelection): DatasetSelection {
  return { ...selection, dataset: omit(selection.dataset, 'split') };
}

interface KeptSound {
  readonly path: string;
  readonly digest: string;
  readonly seconds?: number;
}

async function keepSound({ audio }: Attachments, { keepSound: keep }: RowOptions): Promise<KeptSound | undefined> {
  if (audio === undefined) return undefined;
  const { path, bytes, sha256, seconds } = audio;
  const kept = path ?? (bytes === undefined || keep === undefined ? undefined : await keep(bytes, sha256));
  if (kept !== undefined) return { path: kept, digest: sha256, ...(seconds === undefined ? {} : { seconds }) };
  throw new WorkbenchError('dataset-invalid', 'The dataset holds its sounds in itself, and they cannot be kept here.', {
    remedy: 'Save the sounds as files beside the dataset, and name them in the column.',
  });
}
