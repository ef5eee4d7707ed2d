import assert from 'node:assert/strict';
import { describePreview } from './preview-text.ts';

describe('a preview of rows', () => {
  it('is a table in which the file’s text is text', () => {
    const cells = ['<b>|x|</b>\nnext', 'https://evil.example www.evil.example a@b.example', '\u202egnp', null];
    const columns = ['a', 'b`', 'c', 'd'];
    const text = describePreview({ path: 'x.jsonl', columns, rows: [{ line: 7, cells }], more: true });
    const row = text.split('\n').find(line => line.startsWith('| 7 |')) ?? '';
    assert.match(row, /&lt;b&gt;\\\|x\\\|&lt;\/b&gt; next/);
    assert.doesNotMatch(row, /:\/\/|www\.|a@b|\u202e/);
    assert.match(row, /⟪U\+202E⟫gnp \| {2}\|$/);
    assert.match(text, /The first 1 rows\./);
  });

  it('says why there is no more, and which columns are left out', () => {
    const columns = Array.from({ length: 30 }, (_, index) => `c${index}`);
    const failure = { code: 'dataset-invalid', message: 'x.csv:3: bad.', remedy: 'Mend it.' };
    const rows = [{ line: 1, cells: columns.map(() => 'v'.repeat(2_000)) }];
    const text = describePreview({ path: 'x.csv', columns, rows, more: false, failure });
    assert.match(text, /> x\.csv:3: bad\. Mend it\./);
    assert.match(text, /24 of 30 columns: c24, /);
    assert.ok(text.length < 24 * 420 + 1_000);
    const none = describePreview({ path: 'x.csv', columns: [], rows: [], more: false });
    assert.match(none, /no rows/);
  });
});
