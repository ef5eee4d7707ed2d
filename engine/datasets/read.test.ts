import assert from 'node:assert/strict';
import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { readColumns } from './columns.ts';
import type { DatasetFormat } from './formats.ts';
import { readRows } from './rows.ts';

const signal = new AbortController().signal;

/** A dataset file that arrives in chunks of `size` bytes. */
function fileOf(content: string | Uint8Array, size = 7): Files {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    facts: () => Promise.resolve({ kind: 'file', size: bytes.length, modified: 0 }),
    async *stream() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  } as Partial<Files> as Files;
}

async function read(content: string | Uint8Array, format: DatasetFormat, size?: number) {
  const rows = [];
  for await (const batch of readRows(fileOf(content, size), 'data/x', format, signal)) rows.push(...batch);
  return rows.map(({ line, values }) => ({ line, ...values }));
}

async function failureOf(promise: Promise<unknown>): Promise<WorkbenchError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof WorkbenchError, String(error));
    return error;
  }
  assert.fail('It should have failed.');
}

describe('datasets', () => {
  it('read JSON Lines with a byte order mark, CRLF, empty lines and no final line break', async () => {
    const rows = await read('\uFEFF{"a":1}\r\n\r\n{"a":"é😀"}\n{"a":3}', 'jsonl');
    assert.deepEqual(rows, [
      { line: 1, a: 1 },
      { line: 3, a: 'é😀' },
      { line: 4, a: 3 },
    ]);
  });

  it('give the same rows however the bytes are split', async () => {
    const text = 'id,text\r\n1,"a ""quoted"", text\nover lines"\r\n2,plain é\r\n3,""\r\n4,"x"';
    const whole = await read(text, 'csv', 10_000);
    for (let size = 1; size < 12; size += 1) assert.deepEqual(await read(text, 'csv', size), whole);
    assert.deepEqual(whole, [
      { line: 2, id: '1', text: 'a "quoted", text\nover lines' },
      { line: 4, id: '2', text: 'plain é' },
      { line: 5, id: '3', text: '' },
      { line: 6, id: '4', text: 'x' },
    ]);
  });

  it('read TSV, and a lone carriage return as text', async () => {
    assert.deepEqual(await read('a\tb\nx\ry\tz\n', 'tsv'), [{ line: 2, a: 'x\ry', b: 'z' }]);
  });

  it('name the line of a row that is not JSON, not an object, or of the wrong width', async () => {
    const broken = await failureOf(read('{"a":1}\n{"a":\n', 'jsonl'));
    assert.equal(broken.code, 'dataset-invalid');
    assert.equal(broken.place?.line, 2);
    assert.match((await failureOf(read('[1]\n', 'jsonl'))).message, /data\/x:1: .*not a JSON object/);
    assert.match((await failureOf(read('a,b\n1,2\n3\n', 'csv'))).message, /data\/x:3: .*1 fields, the header has 2/);
    assert.match((await failureOf(read('a,b\n"1,2\n', 'csv'))).message, /never closed/);
    assert.match((await failureOf(read('a,a\n', 'csv'))).message, /"a" twice/);
  });

  it('refuse what is not UTF-8, and a row longer than 16 MB', async () => {
    assert.match((await failureOf(read(new Uint8Array([123, 255, 254]), 'jsonl'))).message, /not UTF-8/);
    const long = `{"a":"${'x'.repeat(17 * 1024 * 1024)}"}`;
    assert.match((await failureOf(read(long, 'jsonl', 1 << 20))).message, /longer than 16 MB/);
    assert.match(
      (await failureOf(read(`a\n"${'x'.repeat(17 * 1024 * 1024)}"`, 'csv', 1 << 20))).message,
      /longer than 16 MB/,
    );
  });

  it('know a file by its ending and tell the columns of its first rows', async () => {
    assert.deepEqual(await readColumns(fileOf('{"a":1}\n{"b":2,"a":1}\n'), 'x.jsonl', undefined, signal), ['a', 'b']);
    assert.deepEqual(await readColumns(fileOf('a,b\n'), 'x.csv', undefined, signal), []);
    await assert.rejects(readColumns(fileOf(''), 'x.xlsx', undefined, signal), /ending does not say/);
  });
});
