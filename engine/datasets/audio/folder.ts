import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import { readDelimited } from '../csv.ts';
import { readFileRows } from '../read-file.ts';
import type { DatasetRow } from '../row.ts';

/** Files that list a folder's sounds, in the order they are looked for. */
const lists = ['metadata.csv', 'metadata.tsv', 'metadata.jsonl', 'transcripts.tsv', 'transcripts.csv'] as const;
const nameColumns = ['file_name', 'file', 'filename', 'path', 'audio'];
const textColumns = ['transcript', 'transcription', 'text', 'sentence'];

/** More sounds are listed in a file. */
const mostSounds = 1_000_000;
const batchRows = 256;
const longestTranscript = 1024 * 1024;
const longestChapter = 16 * 1024 * 1024;

/**
 * Rows of a folder of WAV files: `audio` is the file's path inside the folder, `transcript` what is said in it. The transcripts stand in
 * `metadata.csv`, `metadata.tsv`, `metadata.jsonl` or `transcripts.tsv` (a file's name and its text, and any other columns), else in a `.txt` file of the
 * same name, or in LibriSpeech's `*.trans.txt`. Throws `dataset-invalid` for a sound without a transcript.
 */
export async function* readWavFolder(
  files: Files,
  folder: string,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  for (const name of lists) {
    const path = files.resolve(folder, name);
    if ((await files.facts(path))?.kind !== 'file') continue;
    yield* readList(files, path, signal);
    return;
  }
  yield* readBesideSounds(files, folder, signal);
}

async function* readList(files: Files, path: string, signal: AbortSignal): AsyncIterable<readonly DatasetRow[]> {
  const headless = path.endsWith('.tsv') && (await startsWithSound(files, path, signal));
  const batches = headless
    ? readDelimited(withHeader(files.stream(path, signal)), path, '\t')
    : readFileRows(files, path, path.endsWith('.csv') ? 'csv' : path.endsWith('.tsv') ? 'tsv' : 'jsonl', signal);
  for await (const rows of batches) {
    yield rows.map(row => toSound({ ...row, line: row.line - (headless ? 1 : 0), file: path }, path));
  }
}

/** Such a file's first line is a row already. */
async function startsWithSound(files: Files, path: string, signal: AbortSignal): Promise<boolean> {
  const head = new TextDecoder().decode(await files.readRange(path, 0, 4096, signal));
  return /^\uFEFF?[^\t\r\n]{1,1000}\.wav\t/i.test(head);
}

async function* withHeader(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode('file_name\ttranscript\n');
  yield* chunks;
}

function toSound(row: DatasetRow, path: string): DatasetRow {
  const columns = Object.keys(row.values);
  const nameColumn = nameColumns.find(column => columns.includes(column));
  const textColumn = textColumns.find(column => columns.includes(column));
  const name = nameColumn === undefined ? undefined : row.values[nameColumn];
  if (typeof name !== 'string' || name === '') {
    throw new WorkbenchError('dataset-invalid', `${path}:${String(row.line)}: this row names no sound file.`, {
      remedy: 'Give the list a column `file_name` with the path of each WAV file.',
      place: { path, line: row.line },
    });
  }
  const values = Object.assign(Object.create(null) as Record<string, unknown>, row.values);
  if (nameColumn !== undefined) Reflect.deleteProperty(values, nameColumn);
  values['audio'] = name;
  if (textColumn !== undefined) values['transcript'] = row.values[textColumn];
  return { ...row, values };
}

async function* readBesideSounds(
  files: Files,
  folder: string,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  const sounds = await files.find(folder, ['.wav', '.WAV'], signal, mostSounds);
  let chapter: { readonly folder: string; readonly texts: ReadonlyMap<string, string> } | undefined;
  let rows: DatasetRow[] = [];
  for (const [index, path] of sounds.entries()) {
    const inside = files.parent(path);
    if (chapter?.folder !== inside) chapter = { folder: inside, texts: await readChapter(files, inside, signal) };
    const id = path.slice(0, -'.wav'.length);
    const transcript = chapter.texts.get(files.relative(inside, id)) ?? (await readBeside(files, id, signal));
    if (transcript === undefined) throw withoutTranscript(path);
    rows.push({ line: index + 1, values: { audio: files.relative(folder, path), transcript } });
    if (rows.length < batchRows) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

async function readBeside(files: Files, id: string, signal: AbortSignal): Promise<string | undefined> {
  const path = `${id}.txt`;
  if ((await files.facts(path))?.kind !== 'file') return undefined;
  return (await files.readText(path, signal, longestTranscript)).trim();
}

/** LibriSpeech: beside a chapter's sounds, one file with a line `ID TEXT` for each. */
async function readChapter(files: Files, folder: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const path of await files.find(folder, ['.trans.txt'], signal)) {
    if (files.parent(path) !== folder) continue;
    for (const line of (await files.readText(path, signal, longestChapter)).split('\n')) {
      const space = line.indexOf(' ');
      if (space > 0) texts.set(line.slice(0, space), line.slice(space + 1).trim());
    }
  }
  return texts;
}

function withoutTranscript(path: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path} has no transcript.`, {
    remedy: 'Put a .txt file of the same name beside it, or list the sounds in `metadata.csv` (file_name, transcript).',
    place: { path },
  });
}
