import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { LabelledText } from './labelled-text.ts';
import type { AskedRow, Attachment, DatasetSelection } from './asked-row.ts';
import { holdsBytes } from './column.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import { readAskedRows, readSelected } from './selection.ts';
import { describeEmpty, splitKind, type SplitRole } from './split.ts';

/** What a first pass over the asked split found. */
export interface DatasetScan {
  readonly rows: number;
  /** SHA-256 over the asked rows' digests in order. */
  readonly digest: string;
  /** Distinct targets, up to `mostLabels`. */
  readonly labels: number;
  /** The first rows, for estimates and previews; without the bytes of their attachments. */
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
  const scan = await scanRows(readAskedRows(files, digest, selection, signal), digest);
  if (scan.rows === 0) throw emptySplit(selection, 'test');
  return scan;
}

/** The same of rows from anywhere; there may be none. */
export async function scanRows(batches: AsyncIterable<readonly AskedRow[]>, digest: Digest): Promise<DatasetScan> {
  const whole = digest.startSha256();
  const labels = new Set<string>();
  const preview: AskedRow[] = [];
  const shortDigests = new GrowingNumbers();
  let inputCharacters = 0;
  for await (const rows of batches) {
    for (const row of rows) {
      whole.update(row.digest);
      shortDigests.add(shortDigest(row.digest));
      inputCharacters += row.input.length;
      if (labels.size < mostLabels) labels.add(row.target);
      if (preview.length < previewRows) preview.push(withoutBytes(row));
    }
  }
  return {
    rows: shortDigests.length,
    digest: whole.hex(),
    labels: labels.size,
    preview,
    inputCharacters,
    repeated: shortDigests.repeated(),
  };
}

/** The row as it can be kept: attachments know their size and digest still, and columns of bytes are empty. */
function withoutBytes(row: AskedRow): AskedRow {
  const { audio, images, values } = row;
  if (audio === undefined && images === undefined) return row;
  const strip = ({ mediaType, path, size, sha256 }: Attachment): Attachment => ({
    mediaType,
    size,
    sha256,
    ...(path === undefined ? {} : { path }),
  });
  const kept = Object.entries(values).map(([column, value]) => [column, holdsBytes(value) ? null : value]);
  return {
    ...row,
    values: Object.fromEntries(kept) as Readonly<Record<string, unknown>>,
    ...(audio === undefined ? {} : { audio: strip(audio) }),
    ...(images === undefined ? {} : { images: images.map(strip) }),
  };
}

function emptySplit(selection: DatasetSelection, role: SplitRole): WorkbenchError {
  const { path, dataset } = selection;
  return new WorkbenchError('dataset-empty', `${path}: ${describeEmpty(selection, role)}.`, {
    remedy: dataset.split === undefined ? 'Add rows, or correct `dataset.path`.' : 'Check `dataset.split`.',
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
  const { split } = dataset;
  // A split by shares trains on all that is not asked.
  if (split === undefined || (split.train === undefined && splitKind(split) !== 'shares')) {
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
  for await (const batch of readSelected(files, digest, selection, 'train', signal)) {
    signal.throwIfAborted();
    for (const { text } of batch) {
      rows.push({ text: text.input, label: text.target });
      whole.update(JSON.stringify([text.input, text.target]));
    }
  }
  if (rows.length === 0) throw emptySplit(selection, 'train');
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
