import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFiles } from '../../../platform/files/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { readArrow } from './read.ts';

const signal = new AbortController().signal;
const files = createFiles();
const types = fileURLToPath(new URL('../../../test/fixtures/data/huggingface/types.arrow', import.meta.url));

async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const { rows } of readArrow(files, file, signal)) {
    for (const row of rows) {
      assert.equal(row.line, found.length + 1);
      found.push({ ...row.values });
    }
  }
  return found;
}

describe('Arrow streams', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-arrow-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const copyOf = (bytes: Uint8Array): string => {
    const file = path.join(folder, 'x.arrow');
    writeFileSync(file, bytes);
    return file;
  };

  it('give values as JSON would hold them, over several batches', async () => {
    const rows = await rowsOf(types);
    const shown: unknown = JSON.parse(
      JSON.stringify(rows, (_key, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ),
    );
    // The values that the script writes.
    const columns: Readonly<Record<string, readonly unknown[]>> = {
      int8: [1, -128, null],
      uint64: ['18446744073709551615', 0, 7],
      int64: ['-9223372036854775808', null, 3],
      half: [0.5, -2, null],
      float: [0.25, null, -1.5],
      flag: [true, null, false],
      large: ['ä', null, ''],
      bytes: ['00ff', '', null],
      fixed: ['6162', '6364', null],
      money: ['12.50', '-0.07', null],
      day: ['1969-12-31', null, '2026-02-03'],
      time: ['04:05:06.123456', null, '01:00:00'],
      micro: ['2026-02-03T04:05:06.123456Z', null, '2026-02-03T04:05:06.123456Z'],
      second: ['2026-02-03T04:05:06', null, '2026-02-03T04:05:06'],
      none: [null, null, null],
      list: [['a', null], [], null],
      large_list: [[1], null, []],
      pair: [[1, 2], null, [3, 4]],
      struct: [{ a: 1, b: { c: 'x' } }, null, { a: null, b: null }],
      map: [{ k: 1 }, null, {}],
    };
    const expected = [0, 1, 2].map(at =>
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[at]])),
    );
    assert.deepEqual(shown, expected);
  });

  it('that are cut off or something else are refused', async () => {
    const bytes = readFileSync(types);
    for (const cut of [
      bytes.subarray(0, 4),
      bytes.subarray(0, 300),
      bytes.subarray(0, bytes.length - 60),
      new Uint8Array(),
    ]) {
      await assert.rejects(rowsOf(copyOf(cut)), { code: 'dataset-invalid', message: /cut off/ });
    }
    await assert.rejects(rowsOf(copyOf(Buffer.from('ARROW1\0\0 and more'))), /no Arrow stream/);
    await assert.rejects(rowsOf(copyOf(Buffer.from('ffffffff00000000', 'hex'))), /does not begin with its columns/);
  });

  it('never make it crash, whatever byte is wrong', async () => {
    const bytes = readFileSync(types);
    for (let at = 0; at < bytes.length; at += 5) {
      const broken = Uint8Array.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      try {
        await rowsOf(copyOf(broken));
      } catch (error) {
        assert.ok(error instanceof WorkbenchError, `byte ${at}: ${String(error)}`);
        assert.equal(error.code, 'dataset-invalid');
      }
    }
  });
});
