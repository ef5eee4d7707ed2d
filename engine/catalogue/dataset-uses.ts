import type { Dataset } from '../../schemas/generated/files.ts';
import type { DatasetUse } from '../../schemas/generated/messages.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import type { DocumentLibrary, LibraryDocument } from '../documents/library.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import type { Files } from '../ports/files.ts';

/** A dataset as a file names it, with its absolute path. */
export interface PlacedUse {
  readonly path: string;
  readonly use: DatasetUse;
}

/** Every dataset that the workspace's benchmarks and tuning jobs name; of broken files what could be read. */
export async function findDatasetUses(
  files: Files,
  library: DocumentLibrary,
  signal: AbortSignal,
): Promise<readonly PlacedUse[]> {
  const benchmarks = await library.all('bench', signal);
  const jobs = await library.all('tune', signal);
  return [
    ...benchmarks.flatMap(document => usesOf(document, 'benchmark', [{ at: ['dataset'] }], files)),
    ...jobs.flatMap(document => usesOf(document, 'tune', aspectsOf(document.parsed), files)),
  ];
}

interface DatasetPlace {
  readonly at: DocumentPath;
  readonly aspect?: string;
}

function aspectsOf({ draft }: ParsedDocument): DatasetPlace[] {
  const aspects = fieldOf(draft, 'aspects');
  if (typeof aspects !== 'object' || aspects === null) return [];
  return Object.keys(aspects).map(aspect => ({ at: ['aspects', aspect, 'dataset'], aspect }));
}

function usesOf(
  { path, file, parsed }: LibraryDocument,
  kind: DatasetUse['kind'],
  places: readonly DatasetPlace[],
  files: Files,
): PlacedUse[] {
  const name = textAt(parsed.draft, 'name') ?? file;
  return places.flatMap(({ at, aspect }) => {
    const dataset = at.reduce<unknown>((value, step) => fieldOf(value, String(step)), parsed.draft);
    const written = textAt(dataset, 'path');
    if (written === undefined || written === '') return [];
    const use: DatasetUse = {
      file,
      line: shortPlace(parsed, [...at, 'path']).start.line + 1,
      kind,
      name,
      ...(aspect === undefined ? {} : { aspect }),
      ...columnsOf(dataset),
    };
    return [{ path: files.resolve(files.parent(path), written), use }];
  });
}

const formats: ReadonlySet<unknown> = new Set<NonNullable<Dataset['format']>>([
  'jsonl',
  'json',
  'csv',
  'tsv',
  'parquet',
  'huggingface',
  'wav-folder',
]);

/** The part of a dataset that says which columns play which role; its shape is not certain. */
function columnsOf(
  dataset: unknown,
): Pick<DatasetUse, 'format' | 'config' | 'input' | 'target' | 'slices' | 'split' | 'digest'> {
  const format = fieldOf(dataset, 'format');
  const split = fieldOf(dataset, 'split');
  return {
    ...(formats.has(format) ? { format: format as NonNullable<Dataset['format']> } : {}),
    ...given('config', textAt(dataset, 'config')),
    ...given('input', textAt(dataset, 'input')),
    target: textsAt(dataset, 'target'),
    slices: textsAt(dataset, 'slices'),
    ...(typeof split === 'object' && split !== null
      ? {
          split: {
            ...given('field', textAt(split, 'field')),
            ...given('train', textAt(split, 'train')),
            ...given('test', textAt(split, 'test')),
          },
        }
      : {}),
    ...given('digest', textAt(dataset, 'digest')),
  };
}

function given<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function textAt(value: unknown, name: string): string | undefined {
  const found = fieldOf(value, name);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : undefined;
}

function textsAt(value: unknown, name: string): string[] {
  const found = fieldOf(value, name);
  return [found].flat().filter(one => typeof one === 'string');
}
