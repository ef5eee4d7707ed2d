import type { DatasetFormat } from '../../engine/datasets/formats.ts';
import type { DatasetPart } from '../../engine/datasets/huggingface/layout.ts';
import { digestOfFile } from '../../engine/datasets/pinned.ts';
import { readRows } from '../../engine/datasets/rows.ts';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Digest } from '../../engine/ports/digest.ts';
import type { FileFacts, Files } from '../../engine/ports/files.ts';
import { mostBytesRead } from '../workspace.ts';

/** What a column holds. */
export interface ColumnFacts {
  readonly name: string;
  /** Such as `text`, `number`, `list`; several where rows differ. Empty values are not counted. */
  readonly types: readonly string[];
  /** The first few different values that are short. */
  readonly examples: readonly string[];
  /** Rows by value; absent where there are more than 50 different ones, long ones, or other than plain ones. */
  readonly counts: ReadonlyMap<string, number> | undefined;
}

/** What one walk over a dataset told. */
export interface DatasetReading {
  /** Rows that were read. */
  readonly rows: number;
  /** Whether these are all of them: what is large is read in part. */
  readonly isWhole: boolean;
  readonly columns: readonly ColumnFacts[];
  /** The first row. */
  readonly first: Readonly<Record<string, unknown>> | undefined;
  /** `sha256:` and the SHA-256 of the file's bytes, hex; absent for folders and what is too large. */
  readonly digest: string | undefined;
  /** Why reading stopped before the end, where it did. */
  readonly fault: string | undefined;
}

export interface DatasetPlace {
  /** Absolute. */
  readonly path: string;
  readonly format: DatasetFormat | undefined;
  readonly config: string | undefined;
}

/** Reads datasets in the background and keeps what it learnt until they change. */
export interface DatasetReader {
  /** What is known already, of the file as it is now; where nothing is, the reading starts, and `onRead` tells its end. */
  known(place: DatasetPlace): Promise<DatasetReading | undefined>;
  /** The same, after waiting at most so many milliseconds for a reading that is under way. */
  read(place: DatasetPlace, milliseconds: number): Promise<DatasetReading | undefined>;
  onRead(listener: () => void): void;
  close(): void;
}

/** A packed file holds some ten times its size. */
const mostBytesUnpacked = 6 * 1024 * 1024;
const rowsOfPart = 5_000;
const mostRows = 2_000_000;
const mostColumns = 200;
const mostValues = 50;
const longestValue = 80;
const mostKept = 40;

interface Kept {
  readonly facts: FileFacts;
  readonly reading: Promise<DatasetReading>;
  done: DatasetReading | undefined;
}

export function createDatasetReader(files: Files, digest: Digest, clock: Clock): DatasetReader {
  const kept = new Map<string, Kept>();
  const listeners: (() => void)[] = [];
  const closing = new AbortController();

  async function keep(place: DatasetPlace): Promise<Kept | undefined> {
    const facts = await files.facts(place.path).catch(() => undefined);
    if (facts === undefined || facts.kind === 'other') return undefined;
    const key = JSON.stringify([place.path, place.format, place.config]);
    const known = kept.get(key);
    if (known?.facts.modified === facts.modified && known.facts.size === facts.size) return known;
    if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
    const entry: Kept = { facts, reading: readDataset(files, digest, place, facts, closing.signal), done: undefined };
    kept.set(key, entry);
    void entry.reading.then(reading => {
      entry.done = reading;
      if (!closing.signal.aborted) for (const listener of listeners) listener();
    });
    return entry;
  }

  return {
    known: async place => (await keep(place))?.done,
    async read(place, milliseconds) {
      const entry = await keep(place);
      if (entry === undefined || entry.done !== undefined) return entry?.done;
      return new Promise(resolve => {
        const stop = clock.after(milliseconds, () => resolve(undefined));
        void entry.reading.then(reading => {
          stop();
          resolve(reading);
        });
      });
    },
    onRead: listener => void listeners.push(listener),
    close: () => closing.abort(),
  };
}

/** Never rejects. */
async function readDataset(
  files: Files,
  digest: Digest,
  place: DatasetPlace,
  { kind, size }: FileFacts,
  signal: AbortSignal,
): Promise<DatasetReading> {
  const { path, format, config } = place;
  const limit = path.toLowerCase().endsWith('.gz') ? mostBytesUnpacked : mostBytesRead;
  const isSmall = kind === 'file' && size <= limit;
  const columns = new Map<string, MutableColumn>();
  const part: DatasetPart = { any: true, ...(config !== undefined && { config }) };
  let rows = 0;
  let first: DatasetReading['first'];
  let isWhole = kind === 'file';
  let fault: string | undefined;
  try {
    reading: for await (const batch of readRows(files, path, format, signal, part)) {
      for (const { values } of batch) {
        if (rows >= (isSmall ? mostRows : rowsOfPart)) {
          isWhole = false;
          break reading;
        }
        first ??= values;
        rows += 1;
        addRow(columns, values);
      }
    }
  } catch (error) {
    isWhole = false;
    fault = toWorkbenchError(error).message;
  }
  const known = [...columns.entries()].map(([name, column]) => toFacts(name, column));
  const hex = isSmall ? await digestOf(files, digest, path, signal) : undefined;
  return { rows, isWhole, columns: known, first, digest: hex, fault };
}

async function digestOf(files: Files, digest: Digest, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await digestOfFile(files, digest, path, signal);
  } catch {
    // It changed or went while it was read: the next question reads it again.
    return undefined;
  }
}

interface MutableColumn {
  readonly types: Set<string>;
  readonly examples: Set<string>;
  counts: Map<string, number> | undefined;
}

function addRow(columns: Map<string, MutableColumn>, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    let column = columns.get(name);
    if (column === undefined) {
      if (columns.size >= mostColumns) continue;
      column = { types: new Set(), examples: new Set(), counts: new Map() };
      columns.set(name, column);
    }
    if (value !== null && value !== undefined) addValue(column, value);
  }
}

function addValue(column: MutableColumn, value: unknown): void {
  column.types.add(typeOf(value));
  const text = textOf(value);
  if (text === undefined || text.length > longestValue) {
    column.counts = undefined;
    return;
  }
  if (column.examples.size < 5 && text !== '') column.examples.add(text);
  if (column.counts === undefined) return;
  column.counts.set(text, (column.counts.get(text) ?? 0) + 1);
  if (column.counts.size > mostValues) column.counts = undefined;
}

/** A plain value as text; absent for lists, mappings and bytes. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

function typeOf(value: unknown): string {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (value instanceof Uint8Array) return 'bytes';
  return Array.isArray(value) ? 'list' : 'mapping';
}

function toFacts(name: string, { types, examples, counts }: MutableColumn): ColumnFacts {
  const hasCounts = counts !== undefined && counts.size > 0;
  return { name, types: [...types], examples: [...examples], counts: hasCounts ? counts : undefined };
}
