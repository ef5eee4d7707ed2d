import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createDigest } from '../../platform/host/digest.ts';
import { createFiles } from '../../platform/files/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { readRows } from './rows.ts';
import { scanDataset } from './scan.ts';

const signal = new AbortController().signal;
const files = createFiles();
const fixtures = fileURLToPath(new URL('../../test/fixtures/data/', import.meta.url));

describe('dataset files', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-data-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: string | Uint8Array): string {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  }

  async function read(file: string) {
    const rows = [];
    for await (const batch of readRows(files, file, undefined, signal)) rows.push(...batch);
    return rows.map(({ line, values }): Record<string, unknown> => ({ line, ...values }));
  }

  async function expectFault(file: string, message: RegExp, code = 'dataset-invalid'): Promise<void> {
    await assert.rejects(read(file), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError, String(error));
      assert.match(error.message, message);
      assert.equal(error.code, code);
      return error.remedy !== undefined;
    });
  }

  it('read a JSON list row by row, whatever stands inside the rows', async () => {
    const rows = [{ a: '[{"\\"}]' }, { a: [1, { b: 2 }], c: {} }, { a: 'é😀' }];
    const text = `\uFEFF[\n${rows.map(row => JSON.stringify(row, undefined, 1)).join(',\n')}\n]\n`;
    const lines = [2, 5, 14];
    assert.deepEqual(
      await read(write('list.json', text)),
      rows.map((row, index) => ({ line: lines[index], ...row })),
    );
    assert.deepEqual(await read(write('none.json', ' [ ] ')), []);
    assert.deepEqual(await read(write('lines.json', '{"a":1}\n{"a":2}\n')), [
      { line: 1, a: 1 },
      { line: 2, a: 2 },
    ]);
  });

  it('tell where a JSON list is broken', async () => {
    await expectFault(write('a.json', '[{"a":1},\n{"a":}]'), /a\.json:2: this row is not valid JSON/);
    await expectFault(write('b.json', '[{"a":1},\n2]'), /b\.json:2: this row is not a JSON object/);
    await expectFault(write('c.json', '[{"a":1} {"a":1}]'), /not a JSON object/);
    await expectFault(write('d.json', '[{"a":1}'), /never closed/);
    await expectFault(write('e.json', '[{"a":1}] x'), /something follows/);
    await expectFault(write('f.json', '"a"'), /no list of rows/);
    await expectFault(write('g.json', ''), /never closed/);
    await expectFault(write('h.json', `[{"a":"${'x'.repeat(17 * 1024 * 1024)}"}]`), /longer than 16 MB/);
    await expectFault(write('i.json', Uint8Array.of(0x5b, 0xff, 0xfe)), /not UTF-8/);
  });

  it('unpack .gz on the way, and refuse what is no gzip, cut off, or a bomb', async () => {
    assert.deepEqual(await read(write('x.csv.gz', gzipSync('a,b\n1,2\n'))), [{ line: 2, a: '1', b: '2' }]);
    assert.deepEqual(await read(write('x.jsonl.gz', gzipSync('{"a":1}\n'))), [{ line: 1, a: 1 }]);
    await expectFault(write('no.jsonl.gz', 'plain'), /cannot be unpacked/, 'file-unreadable');
    const packed = gzipSync('{"a":1}\n'.repeat(1000));
    await expectFault(write('cut.jsonl.gz', packed.subarray(0, 40)), /cannot be unpacked/, 'file-unreadable');
    await expectFault(write('zeros.jsonl.gz', gzipSync(Buffer.alloc(40 * 1024 * 1024, 'x'))), /more than 200 times/);
    await expectFault(write('bomb.jsonl.gz', gzipSync(Buffer.alloc(40 * 1024 * 1024, '\n'))), /more than 200 times/);
  });

  it('have one digest for the same content, whatever the format', async () => {
    const parquet = path.join(fixtures, 'many-snappy.parquet');
    const rows = await read(parquet);
    const lines = rows.map(({ id, label, tags }) => JSON.stringify({ label, id, tags }));
    const cells = rows.map(({ id, label, tags }) =>
      [id, label, `"${JSON.stringify(tags).replaceAll('"', '""')}"`].join(),
    );
    const formats = [
      parquet,
      ...['none', 'gzip', 'zstd', 'lz4', 'brotli'].map(codec => path.join(fixtures, `many-${codec}.parquet`)),
      write('same.jsonl', lines.join('\n')),
      write('same.json', `[${lines.join(',')}]`),
      write('same.csv', ['id,label,tags', ...cells].join('\r\n')),
      write('same.jsonl.gz', gzipSync(lines.join('\n'))),
    ];
    const digests = new Set<string>();
    for (const file of formats) {
      const dataset = { path: file, input: 'id', target: 'label', slices: ['tags'] };
      const scan = await scanDataset(files, createDigest(), { path: file, dataset, limit: undefined }, signal);
      assert.equal(scan.rows, 120);
      digests.add(scan.digest);
    }
    assert.equal(digests.size, 1);
  });

  it('name the column and the kind of value that is no text', async () => {
    const file = path.join(fixtures, 'types.parquet');
    const dataset = { path: file, input: 'int32', target: 'fixed' };
    await assert.rejects(
      scanDataset(files, createDigest(), { path: file, dataset, limit: undefined }, signal),
      /types\.parquet:1: the column "fixed" holds bytes \(binary, 4 long\), which is no text/,
    );
    const nulls = { path: file, input: 'int32', target: 'text' };
    await assert.rejects(
      scanDataset(files, createDigest(), { path: file, dataset: nulls, limit: undefined }, signal),
      /types\.parquet:3: the column "text" is empty \(null\)/,
    );
    const nested = path.join(fixtures, 'nested.parquet');
    const paths = { path: nested, input: 'point.name', target: 'deep.answers.text' };
    const selection = { path: nested, dataset: paths, limit: 1 };
    const { preview } = await scanDataset(files, createDigest(), selection, signal);
    assert.deepEqual([preview[0]?.input, preview[0]?.target], ['a', '["x","y"]']);
  });
});
