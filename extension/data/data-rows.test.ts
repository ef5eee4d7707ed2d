import assert from 'node:assert/strict';
import type { DatasetDetails, DatasetEntry } from '../../schemas/generated/messages.ts';
import type { Row } from '../trees/row.ts';
import { parseFilter } from '../trees/filter.ts';
import { rowsBelow } from '../../test/fakes/rows.ts';
import { dataRows, datasetFacts, dataTags } from './data-rows.ts';

const use = {
  file: 'a.bench.yaml',
  line: 3,
  kind: 'benchmark',
  name: 'a',
  input: 'q',
  target: ['t'],
  slices: ['s'],
} as const;
const used: DatasetEntry = {
  path: 'data/rows.jsonl',
  kind: 'file',
  format: 'jsonl',
  bytes: 2048,
  uses: [{ ...use, target: [...use.target], slices: [...use.slices], split: { field: 'part', test: 'te' } }],
};
const unused: DatasetEntry = { path: 'more.parquet', kind: 'file', format: 'parquet', bytes: 50, uses: [] };
const missing: DatasetEntry = { ...used, path: 'gone.csv', kind: 'missing' };

const details: DatasetDetails = {
  path: 'data/rows.jsonl',
  rows: 1_234_567,
  counted: 'projected',
  columns: [
    { name: 'q', types: ['text'], empty: 2 },
    { name: 'part', types: ['text', 'number'], empty: 0, distinct: 2, values: ['te', 'tr'] },
  ],
  splits: [{ field: 'part', name: 'te', rows: 400_000 }],
  pins: [{ file: 'a.bench.yaml', line: 4, state: 'changed' }],
};

describe('rows of the Data view', () => {
  it('ask for nothing before they are opened up', () => {
    let asked = 0;
    dataRows('/w', [used, unused], async () => {
      asked += 1;
      return details;
    });
    assert.equal(asked, 0);
  });

  it('show what is named first, then what is not, each with what can be done', async () => {
    const [first, gone, others] = dataRows('/w', [used, missing, unused], async () => details);
    assert.deepEqual([first?.label, first?.description], ['rows.jsonl', '2 KiB · used by 1 · data']);
    assert.match(first?.contextValue ?? '', /^aiwbDataset file used$/);
    assert.deepEqual(first?.open, { kind: 'file', path: '/w/data/rows.jsonl' });
    assert.equal(gone?.icon, 'warning');
    assert.match(gone.accessibleLabel ?? '', /gone\.csv, not there/);
    const [parquet] = await rowsBelow(others);
    assert.equal(parquet?.open?.kind, 'command', 'binary files are previewed');
  });

  it('open up into counts, what changed, columns with their roles, splits and users', async () => {
    const [first] = dataRows('/w', [used], async () => details);
    const rows = await rowsBelow(first);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['about 1,230,000 rows', 'Changed since it was pinned', 'Columns', 'Splits', 'Used By'],
    );
    const [question, part] = await rowsBelow(rows[2]);
    assert.equal(question?.description, 'input · text · 2 empty');
    assert.equal(part?.description, 'split · text/number · 2 values');
    assert.equal((await rowsBelow(rows[3]))[0]?.description, 'about 400,000 rows · part');
    assert.deepEqual((await rowsBelow(rows[4]))[0]?.open, { kind: 'file', path: '/w/a.bench.yaml', line: 3 });
  });

  it('have keys of their own', async () => {
    const keys: string[] = [];
    const visit = async (rows: readonly Row[]): Promise<void> => {
      for (const row of rows) {
        keys.push(row.key);
        await visit(await rowsBelow(row));
      }
    };
    await visit(dataRows('/w', [used, missing, unused], async () => details));
    assert.equal(new Set(keys).size, keys.length);
  });

  it('are found by name, user, format and use', () => {
    const found = (text: string): string[] =>
      [used, unused, missing]
        .filter(entry => parseFilter(text, dataTags())?.matches(datasetFacts(entry)))
        .map(entry => entry.path);
    assert.deepEqual(found('@unused'), ['more.parquet']);
    assert.deepEqual(found('@missing'), ['gone.csv']);
    assert.deepEqual(found('@jsonl a.bench'), ['data/rows.jsonl', 'gone.csv']);
  });
});
