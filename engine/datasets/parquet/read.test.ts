import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFiles } from '../../../platform/files/files.ts';
import { readGolden } from '../../../test/golden/read.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { readParquet } from './read.ts';

const signal = new AbortController().signal;
const files = createFiles();
const fixtures = fileURLToPath(new URL('../../../test/fixtures/data/', import.meta.url));

interface Golden {
  readonly files: readonly { readonly file: string; readonly rows: readonly Record<string, unknown>[] }[];
}

async function rowsOf(file: string, most?: number) {
  const rows = [];
  for await (const batch of readParquet(files, file, signal, most)) rows.push(...batch);
  return rows;
}

/** Bytes as the golden file writes them. */
function written(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, one: unknown) =>
      one instanceof Uint8Array ? { hex: Buffer.from(one).toString('hex') } : one,
    ),
  );
}

async function failureOf(file: string): Promise<WorkbenchError> {
  try {
    await rowsOf(file);
  } catch (error) {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, 'dataset-invalid');
    assert.ok(error.remedy !== undefined);
    return error;
  }
  assert.fail('It should have failed.');
}

describe('Parquet files', () => {
  const golden = readGolden('parquet.json') as Golden;
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-parquet-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const copyOf = (name: string, bytes: Uint8Array): string => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
  };

  for (const { file, rows } of golden.files) {
    it(`read ${file} as pyarrow does`, async () => {
      const read = await rowsOf(path.join(fixtures, file));
      assert.deepEqual(
        read.map(row => written(row.values)),
        rows,
      );
      assert.deepEqual(
        read.map(row => row.line),
        rows.map((_row, index) => index + 1),
      );
    });
  }

  it('give the same rows when large row groups are read in parts', async () => {
    for (const { file, rows } of golden.files) {
      const read = await rowsOf(path.join(fixtures, file), 1);
      assert.deepEqual(
        read.map(row => written(row.values)),
        rows,
        file,
      );
    }
  });

  it('that claim more rows than a file can hold are refused, however they say it', async () => {
    const claims = async (rows: bigint, values: bigint, runs: bigint): Promise<string> =>
      (await failureOf(copyOf('claims', claimingFile(rows, values, runs)))).message;
    assert.match(await claims(2n ** 40n, 2n ** 40n, 4n), /claims 1099511627776 rows in one row group/);
    assert.match(await claims(2n ** 20n, 4n, 4n), /claims 4 values in 1048576 rows/);
    assert.match(await claims(2n ** 20n, 2n ** 20n, 4n), /cannot be read as Parquet/);
    assert.match(await claims(4n, 4n, 2n ** 30n), /a run in the column "x" is longer than its page/);
    assert.deepEqual(
      (await rowsOf(copyOf('honest', claimingFile(4n, 4n, 4n)))).map(row => row.values['x']),
      [null, null, null, null],
    );
  });

  it('that are cut off, empty or something else are refused', async () => {
    const bytes = readFileSync(path.join(fixtures, 'many-snappy.parquet'));
    assert.match((await failureOf(copyOf('cut', bytes.subarray(0, bytes.length - 100)))).message, /cannot be read as/);
    assert.match((await failureOf(copyOf('empty', new Uint8Array()))).message, /too short/);
    // The footer is whole, the columns before it are gone.
    const shifted = copyOf('shifted', bytes.subarray(bytes.length - bytes.readUInt32LE(bytes.length - 8) - 8));
    assert.match((await failureOf(shifted)).message, /beyond the file's end/);
  });

  it('never crash, whatever byte is wrong', async () => {
    for (const name of ['many-none', 'many-snappy', 'many-zstd', 'delta', 'nested-v2', 'types']) {
      const bytes = readFileSync(path.join(fixtures, `${name}.parquet`));
      for (let at = 4; at < bytes.length; at += Math.ceil(bytes.length / 90)) {
        const broken = Uint8Array.from(bytes);
        broken[at] = (broken[at] ?? 0) ^ 0xff;
        try {
          await rowsOf(copyOf('broken', broken));
        } catch (error) {
          assert.ok(error instanceof WorkbenchError, `${name} at ${at}: ${String(error)}`);
          assert.notEqual(error.code, 'internal');
        }
      }
    }
  });
});

/**
 * A Parquet file of one optional column `x` of whole numbers, all null: a footer that claims so many rows and values, and one page of four
 * values, whose single run claims a length of its own.
 */
function claimingFile(rows: bigint, values: bigint, run: bigint): Uint8Array {
  const levels = [...varint(run << 1n), 0];
  const body = [levels.length, 0, 0, 0, ...levels];
  const pageHeader = struct([
    i32(1, 0),
    i32(2, body.length),
    i32(3, body.length),
    [5, 12, struct([i32(1, 4), i32(2, 0), i32(3, 3), i32(4, 3)])],
  ]);
  const page = [...pageHeader, ...body];
  const column = struct([
    i32(1, 2),
    [2, 9, [0x15, 0]],
    [3, 9, [0x18, 1, 0x78]],
    i32(4, 0),
    i64(5, values),
    i64(6, BigInt(page.length)),
    i64(7, BigInt(page.length)),
    i64(9, 4n),
  ]);
  const group = struct([
    [1, 9, [0x1c, ...struct([i64(2, 4n), [3, 12, column]])]],
    i64(2, BigInt(page.length)),
    i64(3, rows),
  ]);
  const root = struct([[4, 8, [1, 0x72]], i32(5, 1)]);
  const leaf = struct([i32(1, 2), i32(3, 1), [4, 8, [1, 0x78]]]);
  const footer = struct([i32(1, 1), [2, 9, [0x2c, ...root, ...leaf]], i64(3, rows), [4, 9, [0x1c, ...group]]]);
  const length = [footer.length & 0xff, footer.length >> 8, 0, 0];
  const magic = [0x50, 0x41, 0x52, 0x31];
  return Uint8Array.from([...magic, ...page, ...footer, ...length, ...magic]);
}

/** A field of Thrift's compact protocol: its number, its type's, and its bytes. */
type Field = readonly [id: number, type: number, bytes: readonly number[]];

function struct(fields: readonly Field[]): number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, type, content]) => {
    const delta = id - last;
    last = id;
    return [(delta << 4) | type, ...content];
  });
  return [...bytes, 0];
}

function i32(id: number, value: number): Field {
  return [id, 5, varint(BigInt(value) << 1n)];
}

function i64(id: number, value: bigint): Field {
  return [id, 6, varint(value << 1n)];
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7n) {
    if (left < 128n) return [...bytes, Number(left)];
    bytes.push(Number(left & 127n) | 128);
  }
}
