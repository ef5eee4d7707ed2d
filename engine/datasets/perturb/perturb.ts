import { WorkbenchError } from '../../base/errors.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import { createRandom, type Random } from '../../statistics/random.ts';
import type { AskedRow, Attachment, DatasetSelection } from '../asked-row.ts';
import { decodeWav, encodeWav } from '../audio/wav.ts';
import type { DatasetRow } from '../row.ts';
import { withDefaults } from '../row-text.ts';
import { addNoise } from './noise.ts';
import { listDisturbances, perturbationSlice, undisturbed, type Disturbance } from './names.ts';
import { openParaphrases } from './paraphrases.ts';
import { addTypos, changeCase, changeSpaces, removePunctuation } from './text.ts';

/** The row as it is, and once for each disturbance. */
type Disturb = (plain: AskedRow, row: DatasetRow, signal: AbortSignal) => Promise<readonly AskedRow[]>;

/** What a disturbance makes of a row. */
type Change = { readonly input: string } | { readonly audio: Attachment };

/**
 * Opens a selection's perturbations, absent when it has none. What is done to a row depends on the perturbation's seed and the row's own
 * content alone. Throws `dataset-invalid` for one that does not fit: text where only sounds are asked, noise where there is no sound.
 */
export async function openPerturbations(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  signal: AbortSignal,
): Promise<Disturb | undefined> {
  const disturbances = listDisturbances(selection.perturbations ?? []);
  if (disturbances.length === 0) return undefined;
  const { input, audio } = withDefaults(selection.dataset);
  const opened: { readonly name: string; readonly seed: number; readonly change: ChangeRow }[] = [];
  for (const disturbance of disturbances) {
    const { name, seed, kind } = disturbance;
    if (kind !== 'noise' && input === undefined) throw unsuitable(selection, name, 'there is no text to disturb');
    if (kind === 'noise' && audio === undefined) throw unsuitable(selection, name, 'there is no sound to mix it into');
    if (opened.some(other => other.name === name)) throw unsuitable(selection, name, 'it is there twice');
    opened.push({ name, seed, change: await openChange(files, digest, selection, disturbance, input ?? '', signal) });
  }
  return async (plain, row, aborted) => {
    const rows: AskedRow[] = [{ ...plain, slices: { ...plain.slices, [perturbationSlice]: undisturbed } }];
    for (const { name, seed, change } of opened) {
      const random = createRandom(
        Number.parseInt(digest.sha256(JSON.stringify([seed, name, plain.digest])).slice(0, 13), 16),
      );
      rows.push(applyChange(plain, name, input ?? '', await change(plain, row, random, aborted), digest));
      aborted.throwIfAborted();
    }
    return rows;
  };
}

type ChangeRow = (plain: AskedRow, row: DatasetRow, random: Random, signal: AbortSignal) => Change | Promise<Change>;

async function openChange(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  disturbance: Disturbance,
  input: string,
  signal: AbortSignal,
): Promise<ChangeRow> {
  switch (disturbance.kind) {
    case 'typos':
      return (plain, _row, random) => ({ input: addTypos(plain.input, disturbance.rate, random) });
    case 'whitespace':
      return (plain, _row, random) => ({ input: changeSpaces(plain.input, disturbance.rate, random) });
    case 'case':
      return (plain, _row, random) => ({ input: changeCase(plain.input, disturbance.to, random) });
    case 'punctuation':
      return plain => ({ input: removePunctuation(plain.input) });
    case 'paraphrases': {
      const { parameters } = disturbance;
      const path = files.resolve(selection.base ?? files.parent(selection.path), parameters.path);
      const paraphrase = await openParaphrases(files, path, parameters, input, signal);
      return (_plain, row) => ({ input: paraphrase(row, selection.path) });
    }
    case 'noise':
      return async (plain, _row, random, aborted) => {
        const { snr, color } = disturbance;
        return {
          audio: await mixNoise(
            files,
            digest,
            plain,
            selection.path,
            sound => addNoise(sound, snr, color, random),
            aborted,
          ),
        };
      };
  }
}

async function mixNoise(
  files: Files,
  digest: Digest,
  { audio, line }: AskedRow,
  path: string,
  mix: (sound: ReturnType<typeof decodeWav>) => ReturnType<typeof decodeWav>,
  signal: AbortSignal,
): Promise<Attachment> {
  const where = audio?.path ?? `${path}:${String(line)}`;
  if (audio === undefined) {
    throw new WorkbenchError('dataset-invalid', `${where}: this row has no sound to mix noise into.`, {
      remedy: 'Complete the row, or remove it.',
      place: { path, line },
    });
  }
  const bytes = audio.bytes ?? (await files.readRange(audio.path ?? '', 0, audio.size, signal));
  const mixed = encodeWav(mix(decodeWav(bytes, where)));
  return { mediaType: 'audio/wav', bytes: mixed, size: mixed.byteLength, sha256: digest.sha256(mixed) };
}

function applyChange(plain: AskedRow, name: string, column: string, change: Change, digest: Digest): AskedRow {
  const slices = { ...plain.slices, [perturbationSlice]: name };
  const shared = { ...plain, slices, perturbation: name, source: plain.digest };
  if ('audio' in change) {
    const { audio } = change;
    return { ...shared, audio, digest: digest.sha256(JSON.stringify([plain.digest, name, audio.sha256])) };
  }
  const { input } = change;
  return {
    ...shared,
    input,
    values: replaceColumn(plain.values, column, input),
    digest: digest.sha256(JSON.stringify([plain.digest, name, input])),
  };
}

type Values = Readonly<Record<string, unknown>>;

/** The values with another text in one column, or in a field inside one. */
function replaceColumn(values: Values, column: string, text: string): Values {
  const copy = Object.assign(Object.create(null) as Record<string, unknown>, values);
  const dot = column.indexOf('.');
  if (Object.hasOwn(values, column) || dot === -1) {
    copy[column] = text;
    return copy;
  }
  const name = column.slice(0, dot);
  const inner = values[name];
  const rest = column.slice(dot + 1);
  if (Array.isArray(inner)) copy[name] = inner.map((item: unknown, at) => (String(at) === rest ? text : item));
  else if (typeof inner === 'object' && inner !== null) copy[name] = replaceColumn(inner as Values, rest, text);
  return copy;
}

function unsuitable({ path }: DatasetSelection, name: string, why: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `The perturbation ${name} does not fit this dataset: ${why}.`, {
    remedy: 'Correct `perturbations`, or name the column in `dataset.input` or `dataset.audio`.',
    place: { path },
  });
}
