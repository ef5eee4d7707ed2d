import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { LabelledText } from '../models/embedded/classifier.ts';
import { columnText, isInSplit, readAskedRows, type AskedRow, type DatasetSelection } from './selection.ts';
import { readRows } from './rows.ts';

/** What a first pass over the asked split found. */
export interface DatasetScan {
  readonly rows: number;
  /** SHA-256 over the asked rows' digests in order. */
  readonly digest: string;
  /** Distinct targets, up to `mostLabels`. */
  readonly labels: number;
  /** The first rows, for estimates and previews. */
  readonly preview: readonly AskedRow[];
  /** Characters of input over all rows. */
  readonly inputCharacters: number;
  /** Short digests of rows that occur more than once. */
  readonly repeated: ReadonlySet<number>;
}

const mostLabels = 10_000;
const previewRows = 20;

/**
 * Reads the asked split once: counts, digests and checks every row before anything is sent. Memory is eight bytes a row.
 * Throws `dataset-empty` when the split has no rows.
 */
export async function scanDataset(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  signal: AbortSignal,
): Promise<DatasetScan> {
  const whole = digest.startSha256();
  const labels = new Set<string>();
  const preview: AskedRow[] = [];
  const shortDigests = new GrowingNumbers();
  let inputCharacters = 0;
  for await (const rows of readAskedRows(files, digest, selection, signal)) {
    for (const row of rows) {
      whole.update(row.digest);
      shortDigests.add(shortDigest(row.digest));
      inputCharacters += row.input.length;
      if (labels.size < mostLabels) labels.add(row.target);
      if (preview.length < previewRows) preview.push(row);
    }
  }
  if (shortDigests.length === 0) throw emptySplit(selection);
  return {
    rows: shortDigests.length,
    digest: whole.hex(),
    labels: labels.size,
    preview,
    inputCharacters,
    repeated: shortDigests.repeated(),
  };
}

function emptySplit({ path, dataset }: DatasetSelection): WorkbenchError {
  const split = dataset.split;
  const what = split === undefined ? 'the dataset has no rows' : `no row has ${split.field} = "${split.test}"`;
  return new WorkbenchError('dataset-empty', `${path}: ${what}.`, {
    remedy: split === undefined ? 'Add rows, or correct `dataset.path`.' : 'Check `dataset.split`.',
    place: { path },
  });
}

/** Rows embedded models learn from, with the digest of their content. Throws `dataset-empty` when there are none. */
export async function readTrainingRows(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly LabelledText[]; readonly digest: string }> {
  const { dataset, path } = selection;
  const train = dataset.split?.train;
  if (train === undefined) {
    throw new WorkbenchError(
      'model-unsuitable',
      `${path}: embedded models need rows to learn from, and no training split is named.`,
      {
        remedy: 'Set `dataset.split` with `field`, `train` and `test`, or leave the embedded models out.',
        place: { path },
      },
    );
  }
  const rows: LabelledText[] = [];
  const whole = digest.startSha256();
  for await (const batch of readRows(files, path, dataset.format, signal)) {
    signal.throwIfAborted();
    for (const row of batch) {
      if (!isInSplit(row, selection, train)) continue;
      const labelled = { text: columnText(row, dataset.input, path), label: columnText(row, dataset.target, path) };
      rows.push(labelled);
      whole.update(JSON.stringify([labelled.text, labelled.label]));
    }
  }
  if (rows.length === 0) {
    throw new WorkbenchError(
      'dataset-empty',
      `${path}: no row has ${dataset.split?.field ?? ''} = "${train}" to train on.`,
      {
        remedy: 'Check `dataset.split.train`.',
        place: { path },
      },
    );
  }
  return { rows, digest: whole.hex() };
}

/** The first 52 bits of a digest, as a number: enough to find candidates for equality cheaply. */
export function shortDigest(digest: string): number {
  return Number.parseInt(digest.slice(0, 13), 16);
}

/**
 * Gives each row its occurrence: 0 for the first row with its content, 1 for the next equal one. Only rows known to repeat
 * are remembered, so the memory is that of the repeated rows.
 */
export function countOccurrences(repeated: ReadonlySet<number>): (rowDigest: string) => number {
  const seen = new Map<string, number>();
  return rowDigest => {
    if (repeated.size === 0 || !repeated.has(shortDigest(rowDigest))) return 0;
    const occurrence = seen.get(rowDigest) ?? 0;
    seen.set(rowDigest, occurrence + 1);
    return occurrence;
  };
}

class GrowingNumbers {
  #values = new Float64Array(1024);
  length = 0;

  add(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  repeated(): ReadonlySet<number> {
    const sorted = this.#values.slice(0, this.length).sort();
    const repeated = new Set<number>();
    for (let i = 1; i < sorted.length; i += 1) {
      const value = sorted[i] ?? 0;
      if (value === sorted[i - 1]) repeated.add(value);
    }
    return repeated;
  }
}
