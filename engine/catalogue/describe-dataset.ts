import type { DatasetDetails, DatasetPin, DatasetReference, DatasetSplit } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import { formatOfPath, type DatasetFormat } from '../datasets/formats.ts';
import { listSplits, type DatasetPart } from '../datasets/huggingface/layout.ts';
import { openParquet } from '../datasets/parquet/file.ts';
import { digestOfFile } from '../datasets/pinned.ts';
import { readRows } from '../datasets/rows.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { requireReadable } from './readable.ts';
import { createColumnCounter, type ColumnCounter } from './column-counter.ts';
import { countReading } from './count-reading.ts';
import { findDatasetUses } from './dataset-uses.ts';

/** What is read of a dataset to describe it; of a larger one the beginning. */
const mostBytes = 32 * 1024 * 1024;
const mostRows = 500_000;
/** A larger file is not hashed to see whether it is the pinned one: a run does it anyway. */
const mostHashed = 512 * 1024 * 1024;
const mostSplits = 50;

/** What bounds the reading, for tests to make it small. */
export interface DescribeLimits {
  readonly bytes?: number;
  readonly rows?: number;
}

/**
 * Columns, splits and number of rows of a dataset. A large one is read in part; what a broken row keeps from being read is told beside what
 * was read before it.
 */
export async function describeDataset(
  reference: DatasetReference,
  folder: string,
  { files, digest }: { readonly files: Files; readonly digest: Digest },
  signal: AbortSignal,
  limits: DescribeLimits = {},
): Promise<DatasetDetails> {
  const path = files.resolve(folder, reference.path);
  const uses = (await findDatasetUses(files, createDocumentLibrary(files, folder), signal))
    .filter(one => one.path === path)
    .map(({ use }) => use);
  const format = reference.format ?? uses.find(use => use.format !== undefined)?.format ?? formatOfPath(path);
  const config = reference.config ?? uses.find(use => use.config !== undefined)?.config;
  const fields = [...new Set(uses.flatMap(({ split }) => (split?.field === undefined ? [] : [split.field])))];
  // Nobody says so yet, but a column of this name is what it says.
  if (uses.length === 0) fields.push('split');
  const reading: Reading = {
    files,
    path,
    format,
    most: { bytes: limits.bytes ?? mostBytes, rows: limits.rows ?? mostRows },
    signal,
  };
  const counter = createColumnCounter(fields);
  const isFolder = (await requireReadable(files, path)) === 'folder';
  const counts =
    isFolder && format !== 'wav-folder'
      ? await countFolder(reading, config, counter)
      : await countWhole(reading, { config }, counter);
  const pins = await checkPins(uses, path, files, digest, signal);
  return { path: reference.path, columns: counter.columns(), pins, ...counts };
}

interface Reading {
  readonly files: Files;
  readonly path: string;
  readonly format: DatasetFormat | undefined;
  readonly most: { readonly bytes: number; readonly rows: number };
  readonly signal: AbortSignal;
}

type Counts = Pick<DatasetDetails, 'rows' | 'counted' | 'splits' | 'failure'>;

async function countWhole(reading: Reading, part: DatasetPart, counter: ColumnCounter): Promise<Counts> {
  const { rows, ended, failure, share } = await read(reading, part, counter);
  const known = await knownRows(reading);
  if (failure !== undefined || (!ended && share === undefined && known === undefined)) {
    const splits = counter.splits();
    return { rows, counted: 'at-least', splits, ...(failure === undefined ? {} : { failure }) };
  }
  if (ended) return { rows, counted: 'all', splits: counter.splits() };
  const factor = known === undefined ? 1 / (share ?? 1) : known / rows;
  const splits = counter.splits().map(split => ({ ...split, rows: Math.round(split.rows * factor) }));
  return { rows: Math.round(rows * factor), counted: 'projected', splits };
}

/** Parts of a folder one after the other, with what is left of the bounds. */
async function countFolder(reading: Reading, config: string | undefined, counter: ColumnCounter): Promise<Counts> {
  const { files, path, signal } = reading;
  let names: readonly string[];
  try {
    names = (await listSplits(files, path, config, signal)).slice(0, mostSplits);
  } catch (error) {
    signal.throwIfAborted();
    return { rows: 0, counted: 'at-least', splits: [], failure: toFailure(error) };
  }
  const splits: DatasetSplit[] = [];
  let { bytes, rows: left } = reading.most;
  let isWhole = true;
  for (const name of names) {
    const result = await read({ ...reading, most: { bytes, rows: left } }, { config, split: name }, counter);
    bytes -= result.bytes;
    left -= result.rows;
    isWhole &&= result.ended;
    splits.push({ name, rows: result.rows });
    if (result.failure !== undefined) return { ...sum(splits, false), failure: result.failure };
  }
  return sum([...splits, ...counter.splits()], isWhole, splits);
}

function sum(splits: DatasetSplit[], isWhole: boolean, counted: readonly DatasetSplit[] = splits): Counts {
  const rows = counted.reduce((total, split) => total + split.rows, 0);
  return { rows, counted: isWhole ? 'all' : 'at-least', splits };
}

interface ReadPart {
  readonly rows: number;
  readonly bytes: number;
  /** Nothing is left to be read. */
  readonly ended: boolean;
  /** Which share of the file was read, where that is known. */
  readonly share?: number;
  readonly failure?: Counts['failure'];
}

async function read(
  { files, path, format, most, signal }: Reading,
  part: DatasetPart,
  counter: ColumnCounter,
): Promise<ReadPart> {
  const meter = countReading(files);
  let rows = 0;
  let ended = true;
  try {
    for await (const batch of readRows(meter.files, path, format, signal, part)) {
      signal.throwIfAborted();
      counter.take(batch);
      rows += batch.length;
      if (meter.bytes() < most.bytes && rows < most.rows) continue;
      ended = false;
      break;
    }
  } catch (error) {
    signal.throwIfAborted();
    return { rows, bytes: meter.bytes(), ended: false, failure: toFailure(error) };
  }
  const size = (await files.facts(path))?.size ?? 0;
  const isPlain = format !== undefined && format !== 'wav-folder' && format !== 'parquet' && !path.endsWith('.gz');
  const share = isPlain && size > 0 ? Math.min(1, meter.bytes() / size) : undefined;
  // What ended with the last chunk has been read to its end.
  const isWhole = ended || share === 1;
  return { rows, bytes: meter.bytes(), ended: isWhole, ...(share === undefined ? {} : { share }) };
}

/** A Parquet file's footer says how many rows it has. */
async function knownRows({ files, path, format, signal }: Reading): Promise<number | undefined> {
  if (format !== 'parquet') return undefined;
  try {
    return Number((await openParquet(files, path, signal)).metadata.num_rows);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function checkPins(
  uses: readonly { readonly file: string; readonly line: number; readonly digest?: string }[],
  path: string,
  files: Files,
  digest: Digest,
  signal: AbortSignal,
): Promise<DatasetPin[]> {
  const pinned = uses.filter(use => use.digest !== undefined);
  if (pinned.length === 0) return [];
  const facts = await files.facts(path);
  const isHashed = facts?.kind === 'file' && facts.size <= mostHashed;
  const actual = isHashed ? await digestOfFile(files, digest, path, signal) : undefined;
  return pinned.map(({ file, line, digest: expected }) => ({
    file,
    line,
    state: actual === undefined ? 'not-checked' : actual === expected ? 'same' : 'changed',
  }));
}
