import { didYouMean } from '../../base/suggest.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import { formatOfPath, fileEndings, type FileFormat } from '../formats.ts';
import { readHuggingFaceCard, type CardConfig } from './card.ts';
import type { Features } from './features.ts';
import { matchesGlob } from './glob.ts';
import { findSaved, type Splits } from './saved.ts';

/** Which part of a folder is meant. */
export interface DatasetPart {
  readonly config?: string | undefined;
  /** Absent where the folder has one split only. */
  readonly split?: string | undefined;
  /** Any split will do, such as to tell the columns. */
  readonly any?: boolean;
}

/** Files of one split in order, of one format. */
export interface SplitFiles {
  readonly format: FileFormat | 'arrow';
  readonly paths: readonly string[];
  /** What the card says of the columns; Parquet files may say more. */
  readonly features: Features;
}

/** More files are no dataset's shards. */
const mostFiles = 20_000;

/**
 * Finds the files of a split in a folder laid out as Hugging Face datasets are: by `configs` in README.md, else by names such as
 * `data/train-00000-of-00003.parquet`, `train.jsonl` or `test/0.csv`; or as `save_to_disk` leaves them. Throws `dataset-invalid` with what there is instead.
 */
export async function findSplit(
  files: Files,
  folder: string,
  part: DatasetPart,
  signal: AbortSignal,
): Promise<SplitFiles> {
  const { saved, base, splits, featuresOf } = await findSplits(files, folder, part.config, signal);
  const paths = chooseSplit(splits, part, folder);
  if (saved) return { format: 'arrow', paths, features: new Map() };
  const [format, shards] = mostCommonFormat(paths);
  if (format === undefined)
    throw fault(folder, 'it holds no file that can be read', 'Add Parquet, JSON Lines or CSV files.');
  return { format, paths: shards.map(path => files.resolve(base, path)), features: featuresOf() };
}

/** Names of the splits in a folder laid out as Hugging Face datasets are, in the order they are found. */
export async function listSplits(
  files: Files,
  folder: string,
  config: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return [...(await findSplits(files, folder, config, signal)).splits.keys()];
}

interface FoundSplits {
  /** As `save_to_disk` leaves them; the paths are absolute then. */
  readonly saved: boolean;
  /** The folder that the paths start from. */
  readonly base: string;
  readonly splits: Splits;
  featuresOf(): Features;
}

async function findSplits(
  files: Files,
  folder: string,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<FoundSplits> {
  const saved = await findSaved(files, folder, signal);
  if (saved !== undefined) return { saved: true, base: folder, splits: saved, featuresOf: () => new Map() };
  const card = await readHuggingFaceCard(files, folder, signal);
  const config = chooseConfig(card.configs, wanted, folder);
  const base =
    config === undefined && wanted !== undefined && wanted !== 'default'
      ? await configFolder(files, folder, wanted)
      : folder;
  const found = await listFiles(files, base, signal);
  return {
    saved: false,
    base,
    splits: config === undefined ? groupByName(found) : groupByCard(config, found),
    featuresOf: () => card.featuresOf(config?.name ?? wanted ?? 'default'),
  };
}

function fault(folder: string, what: string, remedy: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${folder}: ${what}.`, { remedy, place: { path: folder } });
}

function chooseConfig(
  configs: readonly CardConfig[],
  wanted: string | undefined,
  folder: string,
): CardConfig | undefined {
  if (configs.length === 0) return undefined;
  const names = configs.map(config => config.name);
  if (wanted !== undefined) {
    const found = configs.find(config => config.name === wanted);
    if (found !== undefined) return found;
    throw fault(
      folder,
      `it has no configuration "${wanted}"${didYouMean(wanted, names)}`,
      `Set \`dataset.config\` to one of: ${names.slice(0, 20).join(', ')}.`,
    );
  }
  const chosen =
    configs.find(config => config.isDefault) ??
    (configs.length === 1 ? configs[0] : undefined) ??
    configs.find(config => config.name === 'default');
  if (chosen !== undefined) return chosen;
  throw fault(
    folder,
    'it has several configurations',
    `Set \`dataset.config\` to one of: ${names.slice(0, 20).join(', ')}.`,
  );
}

/** Without a card, a configuration is a folder of its own. */
async function configFolder(files: Files, folder: string, config: string): Promise<string> {
  const below = files.resolve(folder, config);
  const inside = !files.relative(folder, below).startsWith('..') && !config.includes('..');
  if (inside && (await files.facts(below))?.kind === 'folder') return below;
  throw fault(
    folder,
    `it has no configuration "${config}": neither README.md nor a folder names it`,
    'Correct `dataset.config`, or leave it out.',
  );
}

/** Files that describe a dataset and hold none of its rows. */
const describing = new Set(['dataset_infos.json', 'dataset_info.json', 'config.json', 'package.json', 'metadata.json']);

async function listFiles(files: Files, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const found = await files.find(folder, fileEndings, signal, mostFiles);
  return found
    .map(path => files.relative(folder, path))
    .filter(path => !describing.has(path.slice(path.lastIndexOf('/') + 1)));
}

function groupByCard(config: CardConfig, found: readonly string[]): Splits {
  const splits = new Map<string, string[]>();
  for (const { split, patterns } of config.files) {
    const matching = found.filter(path => patterns.some(pattern => matchesGlob(pattern, path)));
    const named = split === undefined ? groupByName(matching) : new Map([[split, matching]]);
    for (const [name, paths] of named) splits.set(name, [...new Set([...(splits.get(name) ?? []), ...paths])]);
  }
  return splits;
}

/** Words that stand for a split in the names of files and folders; the library's own list. */
const splitWords: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  dev: 'validation',
  val: 'validation',
  test: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
};

function groupByName(found: readonly string[]): Splits {
  const splits = new Map<string, string[]>();
  for (const path of found) {
    // Files whose names tell no split all belong to the first.
    const name = splitOfPath(path) ?? 'train';
    const own = splits.get(name);
    if (own === undefined) splits.set(name, [path]);
    else own.push(path);
  }
  // Where some files say what they are, those that do not are left out, as the library leaves them out.
  const named = found.some(path => splitOfPath(path) !== undefined);
  const silent = new Set(named ? found.filter(path => splitOfPath(path) === undefined) : []);
  return new Map(
    [...splits]
      .map(([name, paths]): [string, string[]] => [name, paths.filter(path => !silent.has(path))])
      .filter(([, paths]) => paths.length > 0),
  );
}

function splitOfPath(path: string): string | undefined {
  const parts = path.split('/').reverse();
  const shard = /^([\w.]{1,100})-\d{5}-of-\d{5}/.exec(parts[0] ?? '');
  if (shard?.[1] !== undefined) return splitWords[shard[1].toLowerCase()] ?? shard[1];
  for (const part of parts) {
    for (const word of part.toLowerCase().split(/[^a-z]+/)) {
      const split = Object.hasOwn(splitWords, word) ? splitWords[word] : undefined;
      if (split !== undefined) return split;
    }
  }
  return undefined;
}

function chooseSplit(splits: Splits, part: DatasetPart, folder: string): readonly string[] {
  const names = [...splits.keys()];
  if (names.length === 0) throw fault(folder, 'it holds no data files', 'Add Parquet, JSON Lines or CSV files to it.');
  const wanted =
    part.split ?? (part.any === true ? ['test', 'validation', ...names].find(name => splits.has(name)) : undefined);
  if (wanted === undefined && names.length > 1) {
    throw fault(
      folder,
      'it has several splits',
      `Name the one that is asked: \`split: {test: ${names.includes('test') ? 'test' : (names[0] ?? '')}}\`. It has: ${names.slice(0, 20).join(', ')}.`,
    );
  }
  const paths = splits.get(wanted ?? names[0] ?? '');
  if (paths !== undefined && paths.length > 0) return paths;
  throw fault(
    folder,
    `it has no split "${wanted ?? ''}"${didYouMean(wanted ?? '', names)}`,
    `Correct \`dataset.split\`. It has: ${names.slice(0, 20).join(', ')}.`,
  );
}

/** Where the same rows lie there in several formats, the one with most files is read. */
function mostCommonFormat(paths: readonly string[]): readonly [FileFormat | undefined, readonly string[]] {
  const byFormat = Map.groupBy(paths, path => formatOfPath(path));
  let best: FileFormat | undefined;
  for (const [format, own] of byFormat) {
    if (format !== undefined && (best === undefined || own.length > (byFormat.get(best)?.length ?? 0))) best = format;
  }
  return [best, best === undefined ? [] : (byFormat.get(best) ?? []).toSorted()];
}
