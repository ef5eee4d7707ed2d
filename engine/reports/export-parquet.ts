import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { SampleRecord } from '../ports/store.ts';
import type { VariantRecord } from '../ports/run-spec.ts';
import type { ExportColumns } from './export-columns.ts';
import { exportedSample, flatColumns } from './export-samples.ts';

/** A row group ends at so many samples, or earlier at so many characters, so that memory stays bounded. */
const groupSamples = 20_000;
const groupCharacters = 16_000_000;

type ColumnType = 'text' | 'count' | 'number' | 'truth';

const typeOf: Readonly<Partial<Record<(typeof flatColumns)[number], ColumnType>>> = {
  row: 'count',
  repeat: 'count',
  right: 'truth',
  latency_ms: 'number',
  first_token_ms: 'number',
  input_tokens: 'count',
  output_tokens: 'count',
  cost_usd: 'number',
  attempts: 'count',
};

interface Column {
  readonly name: string;
  readonly type: ColumnType;
  read(sample: SampleRecord, flat: Readonly<Record<string, unknown>>): unknown;
}

/**
 * Samples as a Parquet file, a row group at a time: the flat columns of the CSV, a double for each score, a text for each slice.
 * Compressed with Snappy; every column may be null.
 */
export async function* asParquet(
  batches: AsyncIterable<readonly SampleRecord[]>,
  variants: readonly VariantRecord[],
  { scores, slices }: ExportColumns,
): AsyncIterable<Uint8Array> {
  const columns: readonly Column[] = [
    ...flatColumns.map((name): Column => ({ name, type: typeOf[name] ?? 'text', read: (_, flat) => flat[name] })),
    ...scores.map((name): Column => ({ name: `score.${name}`, type: 'number', read: ({ scores: own }) => own[name] })),
    ...slices.map((name): Column => ({ name: `slice.${name}`, type: 'text', read: ({ slices: own }) => own[name] })),
  ];
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({ writer: bytes, schema: schemaOf(columns), createdBy: 'AI Workbench' });
  let group = startGroup(columns);
  for await (const samples of batches) {
    for (const sample of samples) {
      group.add(sample, exportedSample(sample, variants));
      if (!group.isFull()) continue;
      await writer.write(group.take());
      group = startGroup(columns);
      yield takeBytes(bytes);
    }
  }
  if (group.count > 0) await writer.write(group.take());
  await writer.finish();
  yield takeBytes(bytes);
}

/** Names that differ only in what the flat ones take are told apart by their prefix; the format itself allows any text. */
function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...elements[type] })),
  ];
}

const elements: Readonly<Record<ColumnType, Partial<SchemaElement>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  count: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  truth: { type: 'BOOLEAN' },
};

function startGroup(columns: readonly Column[]) {
  const data = columns.map((): unknown[] => []);
  let count = 0;
  let characters = 0;
  return {
    get count() {
      return count;
    },
    isFull: () => count >= groupSamples || characters >= groupCharacters,
    add(sample: SampleRecord, flat: Readonly<Record<string, unknown>>) {
      count++;
      for (const [index, column] of columns.entries()) {
        const value = toCell(column.read(sample, flat), column.type);
        if (typeof value === 'string') characters += value.length;
        data[index]?.push(value);
      }
    },
    take: () => ({
      columnData: columns.map(({ name }, index) => ({ name, data: data[index] ?? [] })),
      rowGroupSize: count,
    }),
  };
}

function toCell(value: unknown, type: ColumnType): unknown {
  if (value === undefined || value === null) return null;
  if (type === 'count') return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : null;
  if (type === 'text') return typeof value === 'string' ? value : JSON.stringify(value);
  return value;
}

/** What was written since the last time; the writer goes on counting its position. */
function takeBytes(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}
