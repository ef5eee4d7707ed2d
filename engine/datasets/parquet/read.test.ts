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

async function rowsOf(file: string) {
  const rows = [];
  for await (const batch of readParquet(files, file, signal)) rows.push(...batch);
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
      for (let at = 4; at < bytes.length; at += Math.ceil(bytes.length / 150)) {
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
