import type { Dataset } from '../../schemas/generated/files.ts';
import { shareOf, splitKind } from '../../engine/datasets/split.ts';
import { countOf, groupDigits } from '../../engine/reports/format.ts';
import type { ServerContext } from '../context.ts';
import type { ColumnFacts, DatasetPlace, DatasetReading } from '../memory/dataset-facts.ts';
import { mostBytesRead } from '../workspace.ts';
import { code, plain, shorten } from '../markdown.ts';

/** Milliseconds a hover waits for a dataset that is being read for the first time. */
const patience = 1_000;
const mostColumns = 24;
const mostValues = 12;

/** Where a dataset lies; absent for a draft that names none, and for documents without a folder. */
export function placeOf(context: ServerContext, uri: string, dataset: Partial<Dataset>): DatasetPlace | undefined {
  const { path, format, config } = dataset;
  const absolute = typeof path === 'string' && path !== '' ? context.workspace.resolve(uri, path) : undefined;
  return absolute === undefined
    ? undefined
    : { path: absolute, format, config: typeof config === 'string' ? config : undefined };
}

/** A dataset's size, rows, columns, splits, slices and digest. */
export async function describeDataset(
  context: ServerContext,
  uri: string,
  dataset: Partial<Dataset>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const place = placeOf(context, uri, dataset);
  if (place === undefined) return undefined;
  const facts = await context.ports.files.facts(place.path).catch(() => undefined);
  signal.throwIfAborted();
  if (facts === undefined || facts.kind === 'other') return `There is no file ${code(dataset.path)}.`;
  const head = `${code(dataset.path)}, ${facts.kind === 'folder' ? 'folder' : formatBytes(facts.size)}`;
  const reading = await context.datasets.read(place, patience);
  signal.throwIfAborted();
  if (reading === undefined) return `${head}  \nIts rows are still being counted.`;
  const lines = [`${head}, ${wordRows(reading)}`, ...splitLines(dataset, reading), ...sliceLines(dataset, reading)];
  if (reading.digest !== undefined) lines.push(`SHA-256: ${code(reading.digest.replace(/^sha256:/, ''))}`);
  else if (facts.kind === 'file' && facts.size > mostBytesRead)
    lines.push(`Larger than ${formatBytes(mostBytesRead)}: only its beginning was read, and no digest was made.`);
  if (reading.fault !== undefined) lines.push(plain(shorten(reading.fault, 300)));
  return `${lines.join('  \n')}${columnList(reading)}`;
}

function wordRows({ rows, isWhole }: DatasetReading): string {
  return isWhole ? countOf(rows, 'row') : `${countOf(rows, 'row')} read`;
}

function columnList({ columns, rows }: DatasetReading): string {
  if (columns.length === 0) return rows === 0 ? '\n\nIt has no rows that can be read.' : '';
  const lines = columns.slice(0, mostColumns).map(column => `- ${code(column.name)} ${wordColumn(column)}`);
  const more = columns.length - mostColumns;
  return `\n\nColumns:\n\n${[...lines, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')}`;
}

function wordColumn({ types, examples }: ColumnFacts): string {
  const shown = examples.slice(0, 3).map(example => code(shorten(example, 40)));
  return `${types.length === 0 ? 'empty' : types.join(', ')}${shown.length === 0 ? '' : `, such as ${shown.join(', ')}`}`;
}

function splitLines({ split }: Partial<Dataset>, reading: DatasetReading): readonly string[] {
  if (typeof split !== 'object' || (split as unknown) === null || typeof split.test !== 'string') return [];
  if (splitKind(split) === 'field') return countLines('Split', split.field, reading);
  const share = shareOf(split.test);
  if (share === undefined || !reading.isWhole) return [];
  return [`Test split: about ${countOf(Math.round(reading.rows * share), 'row')} (${code(split.test)})`];
}

function sliceLines({ slices }: Partial<Dataset>, reading: DatasetReading): readonly string[] {
  return Array.isArray(slices) ? slices.slice(0, 8).flatMap(slice => countLines('Slice', slice, reading)) : [];
}

function countLines(what: string, column: unknown, reading: DatasetReading): readonly string[] {
  const facts = reading.columns.find(({ name }) => name === column);
  return facts?.counts === undefined ? [] : [`${what} ${code(facts.name)}: ${wordCounts(facts.counts)}`];
}

/** The most frequent first. */
function wordCounts(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const shown = sorted
    .slice(0, mostValues)
    .map(([value, count]) => `${code(shorten(value, 40))} ${groupDigits(count)}`);
  const more = sorted.length - mostValues;
  return `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** What a column holds; absent where the dataset has no such column, or is still being read. */
export async function describeColumn(
  context: ServerContext,
  uri: string,
  dataset: Partial<Dataset>,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const place = placeOf(context, uri, dataset);
  const reading = place && (await context.datasets.read(place, patience));
  signal.throwIfAborted();
  const column = reading?.columns.find(candidate => candidate.name === name);
  if (reading === undefined || column === undefined) return undefined;
  const head = `Column ${code(name)} of ${code(dataset.path)}: ${column.types.length === 0 ? 'empty' : column.types.join(', ')}`;
  if (column.counts !== undefined)
    return `${head}  \n${column.counts.size === 1 ? 'One value' : `${column.counts.size} different values`}: ${wordCounts(column.counts)}`;
  const shown = column.examples.map(example => code(shorten(example, 60)));
  return shown.length === 0 ? head : `${head}  \nSuch as ${shown.join(', ')}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}
