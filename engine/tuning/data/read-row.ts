import type { TuningDataset } from '../../../schemas/generated/files.ts';
import { columnText, columnValue } from '../../datasets/column.ts';
import { groupDigest } from '../../datasets/membership.ts';
import type { DatasetRow } from '../../datasets/row.ts';
import { readInput } from '../../datasets/row-text.ts';
import type { Attachments } from '../../datasets/selection.ts';
import type { Digest } from '../../ports/digest.ts';
import type { RowMessage } from '../platform.ts';
import type { TuningTask } from '../../documents/tune-kind.ts';
import type { TuningRow } from './row.ts';
import { emptyAnswer, isFault, readConversation } from './conversation.ts';
import type { RowFault } from './row-faults.ts';
import { findTextFault, findTranscriptFault } from './text-faults.ts';

/** What a row is without its sound. */
export interface RowTexts {
  readonly text: string;
  readonly label: string;
  readonly slices: Readonly<Record<string, string>>;
  readonly messages?: readonly RowMessage[];
  /** SHA-256 over text, label and slices, as benchmarks compute it of the same columns: what divides rows by shares. */
  readonly drawn: string;
}

/** Kinds of sound that the trainer decodes. */
const readableSounds: readonly string[] = ['audio/wav', 'audio/flac', 'audio/ogg', 'audio/mpeg'];

/** Reads what a row's columns say, or tells what is wrong with them. Throws `dataset-…` errors of single columns. */
export function readTexts(
  row: DatasetRow,
  dataset: TuningDataset,
  task: TuningTask | undefined,
  path: string,
  digest: Digest,
): RowTexts | RowFault {
  const slices: Record<string, string> = {};
  for (const column of dataset.slices ?? []) slices[column] = columnText(row, column, path);
  const read =
    dataset.messages === undefined ? readColumns(row, dataset, task, path) : readMessages(row, dataset, path);
  if (isFault(read)) return read;
  const { text, label } = read;
  return { ...read, slices, drawn: digest.sha256(JSON.stringify([text, label, slices])) };
}

type Read = Pick<RowTexts, 'text' | 'label' | 'messages'>;

function readMessages(row: DatasetRow, { messages = '', system }: TuningDataset, path: string): Read | RowFault {
  const value = columnValue(row, messages);
  // Tells the missing column, or that it is empty.
  if (value === undefined || value === null) columnText(row, messages, path);
  const read = readConversation(value);
  if (isFault(read)) return read;
  const asked =
    system === undefined || read.asked[0]?.role === 'system' ? read.asked : [systemMessage(system), ...read.asked];
  const fault = findFault([...asked.map(({ content }) => content), read.answer]);
  return fault ?? { text: JSON.stringify(read.asked), label: read.answer, messages: asked };
}

function readColumns(
  row: DatasetRow,
  { input, target = 'label', audio, system }: TuningDataset,
  task: TuningTask | undefined,
  path: string,
): Read | RowFault {
  const text = readInput(row, audio === undefined ? { input: input ?? 'text' } : { audio }, path);
  const label = columnText(row, target, path);
  const generates = task === 'text-generation' || system !== undefined;
  // Classes are taken as they stand, whatever they are.
  if (!generates && audio === undefined) return { text, label };
  const fault =
    (label.trim() === '' ? emptyAnswer : undefined) ??
    (audio === undefined ? findFault([text, label]) : (findTextFault(label) ?? findTranscriptFault(label)));
  if (fault !== undefined) return fault;
  if (audio !== undefined) return { text, label };
  if (text.trim() === '')
    return { kind: 'empty-input', what: 'the input is empty', remedy: 'Complete the row, or remove it.' };
  const messages: RowMessage[] = [
    ...(system === undefined ? [] : [systemMessage(system)]),
    { role: 'user', content: text },
  ];
  return { text, label, messages };
}

function systemMessage(content: string): RowMessage {
  return { role: 'system', content };
}

function findFault(texts: readonly string[]): RowFault | undefined {
  for (const text of texts) {
    const fault = findTextFault(text);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What is wrong with a row's sound; absent where it is fine. */
export function findSoundFault({ audio }: Attachments): RowFault | undefined {
  if (audio === undefined)
    return { kind: 'no-sound', what: 'there is no sound', remedy: 'Name the sound’s file, or remove the row.' };
  if (readableSounds.includes(audio.mediaType)) return undefined;
  return {
    kind: 'sound-kind',
    what: `the sound is ${audio.mediaType}, which cannot be trained on`,
    remedy: 'Save it as WAV, FLAC, Ogg or MP3, for example with `ffmpeg -i in.m4a -ar 16000 -ac 1 out.wav`.',
  };
}

/** The row as it is learnt from or asked. `sound` holds where its file lies and the SHA-256 of it. */
export function makeRow(
  row: DatasetRow,
  { drawn, ...texts }: RowTexts,
  sound: { readonly path: string; readonly digest: string; readonly seconds?: number } | undefined,
  dataset: TuningDataset,
  path: string,
  digest: Digest,
): TuningRow {
  const { text, label, slices } = texts;
  const content = contentOf(texts, sound?.digest, digest);
  const { group } = dataset.split;
  const groupName = group === undefined ? undefined : columnText(row, group, path);
  const more = {
    ...(dataset.system === undefined ? {} : { system: dataset.system }),
    ...(sound === undefined ? {} : { audio: sound.digest }),
  };
  return {
    line: row.line,
    ...texts,
    // Rows that have none of these keep the digest that they always had.
    digest: Object.keys(more).length === 0 ? drawn : digest.sha256(JSON.stringify([text, label, slices, more])),
    content,
    group: groupName === undefined ? content : groupDigest(digest, groupName),
    ...(groupName === undefined ? {} : { groupName }),
    ...(sound === undefined ? {} : { audio: { path: sound.path, digest: sound.digest } }),
    ...(sound?.seconds === undefined ? {} : { seconds: sound.seconds }),
    ...(row.file === undefined ? {} : { file: row.file }),
  };
}

/**
 * What two rows have in common that ask the same: the sound's bytes, the text without white space around it, or the conversation likewise.
 * Instructions that stand before a conversation make no other question of it, and a single question is the same as that text.
 */
function contentOf({ text, messages }: Omit<RowTexts, 'drawn'>, sound: string | undefined, digest: Digest): string {
  if (sound !== undefined) return digest.sha256(JSON.stringify(['audio', sound]));
  const turns = (messages ?? []).filter(({ role }) => role !== 'system');
  const [only] = turns;
  if (only === undefined) return digest.sha256(text.trim());
  if (turns.length === 1) return digest.sha256(only.content.trim());
  return digest.sha256(JSON.stringify(['turns', ...turns.map(({ role, content }) => [role, content.trim()])]));
}
