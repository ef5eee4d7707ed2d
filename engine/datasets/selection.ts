import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { AskedRow, Attachment, DatasetSelection } from './asked-row.ts';
import { AttachmentReader } from './attachments.ts';
import { openMembership } from './membership.ts';
import { openPerturbations } from './perturb/perturb.ts';
import type { DatasetRow } from './row.ts';
import { readRowText, withDefaults, type RowText } from './row-text.ts';
import { findSource, readRole, splitKind, type SplitRole } from './split.ts';

export type { AskedRow, DatasetSelection } from './asked-row.ts';

/**
 * Rows of the asked split in file order, in batches; a row's disturbed versions follow it. Throws `dataset-…` errors with the row's line.
 */
export async function* readAskedRows(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  signal: AbortSignal,
): AsyncIterable<readonly AskedRow[]> {
  const attach = await openAttachments(files, digest, selection);
  const disturb = await openPerturbations(files, digest, selection, signal);
  let index = 0;
  for await (const rows of readSelected(files, digest, selection, 'test', signal)) {
    let asked: AskedRow[] = [];
    let bytes = 0;
    for (const { row, text } of rows) {
      const attachments = attach === undefined ? undefined : await attach(row, signal);
      const plain = toAskedRow(row, index, text, attachments, digest);
      const versions = disturb === undefined ? [plain] : await disturb(plain, row, signal);
      for (const version of versions) {
        asked.push(version);
        bytes += heldBytes(version);
      }
      index += 1;
      if (bytes < mostHeldBytes) continue;
      yield asked;
      asked = [];
      bytes = 0;
    }
    if (asked.length > 0) yield asked;
  }
}

/** Rows with sounds or pictures in them are handed on before they fill the memory. */
const mostHeldBytes = 8 * 1024 * 1024;

function heldBytes({ audio, images = [] }: AskedRow): number {
  return images.reduce((sum, image) => sum + (image.bytes?.byteLength ?? 0), audio?.bytes?.byteLength ?? 0);
}

interface SelectedRow {
  readonly row: DatasetRow;
  readonly text: RowText;
}

/**
 * Rows of a role that pass the filter, the split and, where they are asked, the sample and the limit. Rows beyond the limit are not looked
 * at.
 */
export async function* readSelected(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  role: SplitRole,
  signal: AbortSignal,
): AsyncIterable<readonly SelectedRow[]> {
  const { split } = selection.dataset;
  const byContent = role === 'test' || (split !== undefined && splitKind(split) === 'shares');
  const { slices, ...texts } = withDefaults(selection.dataset);
  // Rows to learn from may lack what only results are broken down by.
  const dataset = byContent && slices !== undefined ? { ...texts, slices } : texts;
  const isMember = await openMembership(files, digest, selection, role, signal);
  let left = role === 'test' ? (selection.limit ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  for await (const rows of readRole(files, selection, role, signal)) {
    const selected: SelectedRow[] = [];
    for (const row of rows) {
      if (left <= 0) break;
      const text = readRowText(row, dataset, selection.path, digest);
      if (!isMember(row, text.content)) continue;
      selected.push({ row, text });
      left -= 1;
    }
    yield selected;
    if (left <= 0) return;
  }
}

export interface Attachments {
  readonly audio?: Attachment;
  readonly images?: readonly Attachment[];
}

/** Opens the reader of the sounds and pictures that rows of a role name; absent where the dataset has none. */
export async function openAttachments(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  role: SplitRole = 'test',
): Promise<((row: DatasetRow, signal: AbortSignal) => Promise<Attachments>) | undefined> {
  const { audio, images } = withDefaults(selection.dataset);
  if (audio === undefined && images === undefined) return undefined;
  const source = await findSource(files, selection, role);
  const folderOf = async (path: string): Promise<string> =>
    (await files.facts(path))?.kind === 'folder' ? path : files.parent(path);
  const folder = await folderOf(source.path);
  const reader = new AttachmentReader(files, digest, [await folderOf(selection.path), folder, selection.folder]);
  return async (row, signal) => {
    const from = row.file === undefined ? folder : files.parent(row.file);
    const sound =
      audio === undefined ? undefined : await reader.read(row, audio, 'audio', from, selection.path, signal);
    const pictures: Attachment[] = [];
    for (const column of images === undefined ? [] : [images].flat()) {
      const picture = await reader.read(row, column, 'image', from, selection.path, signal);
      if (picture !== undefined) pictures.push(picture);
    }
    return {
      ...(sound === undefined ? {} : { audio: sound }),
      ...(pictures.length === 0 ? {} : { images: pictures }),
    };
  };
}

function toAskedRow(
  row: DatasetRow,
  index: number,
  { input, target, slices, choices, content }: RowText,
  attachments: Attachments | undefined,
  digest: Digest,
): AskedRow {
  const more = {
    ...(choices === undefined ? {} : { choices }),
    ...(attachments?.audio === undefined ? {} : { audio: attachments.audio.sha256 }),
    ...(attachments?.images === undefined ? {} : { images: attachments.images.map(image => image.sha256) }),
  };
  return {
    index,
    line: row.line,
    input,
    target,
    slices,
    values: row.values,
    ...(choices === undefined ? {} : { choices }),
    ...attachments,
    // Rows that have none of these keep the digest that they always had.
    digest: Object.keys(more).length === 0 ? content : digest.sha256(JSON.stringify([input, target, slices, more])),
  };
}
