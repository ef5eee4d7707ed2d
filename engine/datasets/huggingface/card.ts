import { parseDocument } from 'yaml';
import { WorkbenchError } from '../../base/errors.ts';
import { untrustedYaml } from '../../documents/untrusted-yaml.ts';
import { collectValue } from '../../documents/values.ts';
import type { Files } from '../../ports/files.ts';
import { featuresOfCard, type Features } from './features.ts';

/** Files of one split, as patterns over paths inside the folder. */
export interface SplitPatterns {
  /** Absent where the card lists files without a split: their names tell it. */
  readonly split?: string;
  readonly patterns: readonly string[];
}

export interface CardConfig {
  readonly name: string;
  readonly isDefault: boolean;
  readonly files: readonly SplitPatterns[];
}

/** What a Hugging Face dataset's README says of its files and columns. */
export interface HuggingFaceCard {
  readonly configs: readonly CardConfig[];
  featuresOf(config: string): Features;
}

/**
 * Reads the front matter of a folder's README.md: `configs` with `data_files` or `data_dir`, and `dataset_info` with `features`. A folder
 * without one, or one that says neither, is no fault. Throws `dataset-invalid` where the front matter is no YAML.
 */
export async function readHuggingFaceCard(files: Files, folder: string, signal: AbortSignal): Promise<HuggingFaceCard> {
  const path = files.resolve(folder, 'README.md');
  const text = (await files.facts(path))?.kind === 'file' ? await files.readText(path, signal) : '';
  const entries = parseFrontMatter(text, path);
  const infos = listOf(entries['dataset_info']);
  return {
    configs: listOf(entries['configs']).flatMap(config => toConfig(config)),
    featuresOf(config) {
      const info = infos.find(one => one['config_name'] === config) ?? (infos.length === 1 ? infos[0] : undefined);
      return featuresOfCard(info?.['features']);
    },
  };
}

type Entries = Readonly<Record<string, unknown>>;

function parseFrontMatter(text: string, path: string): Entries {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trimEnd() !== '---') return {};
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  const broken = (cause?: unknown): WorkbenchError =>
    new WorkbenchError('dataset-invalid', `The front matter of ${path} is no valid YAML.`, {
      remedy: 'Correct it, or remove it: then the names of the files tell the splits.',
      place: { path, line: 1 },
      ...(cause === undefined ? {} : { cause }),
    });
  if (end === -1) throw broken();
  try {
    const document = parseDocument(lines.slice(1, end).join('\n'), untrustedYaml);
    if (document.errors.length > 0) throw broken(document.errors[0]);
    const { value, faults } = collectValue(document.contents);
    if (faults.length > 0) throw broken(faults[0]?.message);
    return isMapping(value) ? value : {};
  } catch (error) {
    // The parser recurses: only nesting that exhausts the stack throws.
    throw error instanceof WorkbenchError ? error : broken(error);
  }
}

function toConfig(entry: Entries): CardConfig[] {
  const name = textOf(entry['config_name']) ?? 'default';
  const folder = textOf(entry['data_dir']);
  const files = patternsOf(entry['data_files']);
  const inFolder = (pattern: string): string => (folder === undefined ? pattern : `${trimSlashes(folder)}/${pattern}`);
  const given: SplitPatterns[] =
    files.length > 0
      ? files.map(({ split, patterns }) => ({
          ...(split === undefined ? {} : { split }),
          patterns: patterns.map(inFolder),
        }))
      : [{ patterns: [inFolder('**')] }];
  return [{ name, isDefault: entry['default'] === true, files: given }];
}

/** `data_files` is a pattern, a list of patterns or of `{split, path}`, or a mapping of splits to patterns. */
function patternsOf(value: unknown): SplitPatterns[] {
  if (typeof value === 'string') return [{ patterns: [trimSlashes(value)] }];
  if (isMapping(value)) {
    return Object.entries(value).map(([split, paths]) => ({ split, patterns: textsOf(paths).map(trimSlashes) }));
  }
  if (!Array.isArray(value)) return [];
  const loose = value.filter(one => typeof one === 'string');
  const named = value.filter(isMapping).map((entry): SplitPatterns => {
    const split = textOf(entry['split']);
    return { ...(split === undefined ? {} : { split }), patterns: textsOf(entry['path']).map(trimSlashes) };
  });
  return [...(loose.length > 0 ? [{ patterns: loose.map(trimSlashes) }] : []), ...named];
}

function trimSlashes(path: string): string {
  let start = path.startsWith('./') ? 2 : 0;
  let end = path.length;
  while (path[start] === '/') start += 1;
  while (end > start && path[end - 1] === '/') end -= 1;
  return path.slice(start, end);
}

function listOf(value: unknown): readonly Entries[] {
  return (Array.isArray(value) ? value : [value]).filter(isMapping);
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string');
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isMapping(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
