import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDigest } from '../../platform/host/digest.ts';
import { createFiles } from '../../platform/files/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { describeDataset } from './describe-dataset.ts';
import { listDatasets } from './list-datasets.ts';
import { previewDataset } from './preview-dataset.ts';

const { signal } = new AbortController();
const ports = { files: createFiles(), digest: createDigest() };

describe('the datasets of a workspace', () => {
  let folder: string;
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-catalogue-'));
    write(
      'a.bench.yaml',
      'name: a\ndataset:\n  path: data/rows.csv\n  input: q\n  target: a\n  slices: [s]\n  split: {field: part, train: tr, test: te}\nmodels: [embedded:knn]\n',
    );
    write('data/rows.csv', 'q,a,s,part\none,x,u,tr\ntwo,y,u,te\nthree,,v,te\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are those that files name, with the place and the columns they name, and data files nobody names', async () => {
    write('jobs/b.tune.yaml', 'name: b\naspects: {robustness: {dataset: {path: ../data/gone.jsonl, input: q}}}\n');
    write('more/unused.jsonl', '{}\n');
    write('more/list.json', ' [{"q": 1}]');
    write('more/settings.json', '{"q": 1}');
    write('node_modules/x/data.csv', 'a\n');
    const { datasets, cut } = await listDatasets(ports.files, folder, signal);
    assert.equal(cut, false);
    assert.deepEqual(
      datasets.map(({ path: file, kind, format, uses }) => [file, kind, format, uses.map(use => use.file)]),
      [
        ['data/gone.jsonl', 'missing', 'jsonl', ['jobs/b.tune.yaml']],
        ['data/rows.csv', 'file', 'csv', ['a.bench.yaml']],
        ['more/list.json', 'file', 'json', []],
        ['more/unused.jsonl', 'file', 'jsonl', []],
      ],
    );
    const [gone, rows] = datasets;
    assert.equal(gone?.uses[0]?.aspect, 'robustness');
    assert.deepEqual(rows?.uses[0], {
      file: 'a.bench.yaml',
      line: 3,
      kind: 'benchmark',
      name: 'a',
      input: 'q',
      target: ['a'],
      slices: ['s'],
      split: { field: 'part', train: 'tr', test: 'te' },
    });
  });

  it('cover the files their splits name and what lies in their folders', async () => {
    write(
      's.bench.yaml',
      'name: s\ndataset: {path: two/train.csv, input: q, split: {train: train.csv, test: test.csv}}\n',
    );
    write('h.bench.yaml', 'name: h\ndataset: {path: hub, input: q, split: {test: test}}\n');
    for (const name of ['two/train.csv', 'two/test.csv', 'hub/train.csv', 'hub/test.csv']) write(name, 'q\n1\n2\n');
    const { datasets } = await listDatasets(ports.files, folder, signal);
    assert.deepEqual(
      datasets.map(entry => entry.path),
      ['data/rows.csv', 'hub', 'two/train.csv'],
    );
    const hub = await describeDataset({ path: 'hub' }, folder, ports, signal);
    assert.deepEqual([hub.rows, hub.counted], [4, 'all']);
    assert.deepEqual(
      hub.splits.map(({ name, rows }) => [name, rows]),
      [
        ['test', 2],
        ['train', 2],
      ],
    );
  });

  it('are described by columns, splits and counts', async () => {
    const details = await describeDataset({ path: 'data/rows.csv' }, folder, ports, signal);
    assert.deepEqual([details.rows, details.counted], [3, 'all']);
    assert.deepEqual(details.splits, [
      { field: 'part', name: 'tr', rows: 1 },
      { field: 'part', name: 'te', rows: 2 },
    ]);
    assert.deepEqual(details.columns[1], { name: 'a', types: ['text'], empty: 1, distinct: 2, values: ['x', 'y'] });
  });

  it('are read in part where they are large, and counted by what that part tells', async () => {
    write('big.csv', 'q,split\n');
    for (let part = 0; part < 20; part++) {
      const lines = Array.from(
        { length: 5_000 },
        (_, row) => `row ${10_000 + row},${row % 4 === 0 ? 'test' : 'train'}`,
      );
      appendFileSync(path.join(folder, 'big.csv'), `${lines.join('\n')}\n`);
    }
    let opened = 0;
    const files = {
      ...ports.files,
      async *stream(file: string, current: AbortSignal) {
        for await (const chunk of ports.files.stream(file, current)) {
          opened += chunk.byteLength;
          yield chunk;
        }
      },
    };
    const details = await describeDataset({ path: 'big.csv' }, folder, { ...ports, files }, signal, { bytes: 300_000 });
    assert.equal(details.counted, 'projected');
    assert.ok(Math.abs(details.rows - 100_000) < 1_000, String(details.rows));
    assert.ok(Math.abs((details.splits.find(({ name }) => name === 'test')?.rows ?? 0) - 25_000) < 500);
    assert.ok(opened < 800_000, String(opened));
    opened = 0;
    const preview = await previewDataset({ dataset: { path: 'big.csv' }, limit: 10 }, folder, files, signal);
    assert.deepEqual([preview.rows.length, preview.more, preview.rows[9]?.cells[0]], [10, true, 'row 10009']);
    assert.ok(opened < 600_000, String(opened));
  });

  it('tell what a broken row keeps from being read, and what came before it', async () => {
    write('bad.jsonl', '{"q": "one"}\n{"q": \n');
    const details = await describeDataset({ path: 'bad.jsonl' }, folder, ports, signal);
    assert.deepEqual(
      [details.counted, details.failure?.code, details.failure?.place?.line],
      ['at-least', 'dataset-invalid', 2],
    );
    const preview = await previewDataset({ dataset: { path: 'bad.jsonl' } }, folder, ports.files, signal);
    assert.equal(preview.failure?.code, 'dataset-invalid');
  });

  it('say whether they still are what a file pins', async () => {
    const digest = createDigest().sha256('q\n1\n');
    write('p.csv', 'q\n1\n');
    write('p.bench.yaml', `name: p\ndataset: {path: p.csv, input: q, digest: "sha256:${digest}"}\n`);
    const pin = async (): Promise<unknown> =>
      (await describeDataset({ path: 'p.csv' }, folder, ports, signal)).pins.map(({ state }) => state);
    assert.deepEqual(await pin(), ['same']);
    write('p.csv', 'q\n2\n');
    assert.deepEqual(await pin(), ['changed']);
  });

  it('are shown as text, cut, whatever their values are', async () => {
    write('odd.jsonl', `${JSON.stringify({ a: { b: [1] }, c: null, d: 'x'.repeat(5_000) })}\n{"e": true}\n`);
    const { columns, rows } = await previewDataset({ dataset: { path: 'odd.jsonl' } }, folder, ports.files, signal);
    assert.deepEqual(columns, ['a', 'c', 'd', 'e']);
    assert.deepEqual(rows[0]?.cells.slice(0, 2), ['{"b":[1]}', null]);
    assert.equal(rows[0].cells[2]?.length, 2_001);
    assert.deepEqual(rows[1], { line: 2, cells: [null, null, null, 'true'] });
  });

  it('are refused where there is nothing to read', async () => {
    const hasCode = (code: string) => (error: unknown) => error instanceof WorkbenchError && error.code === code;
    await assert.rejects(describeDataset({ path: 'none.csv' }, folder, ports, signal), hasCode('file-not-found'));
    await assert.rejects(
      previewDataset({ dataset: { path: '../../../../../../dev/zero' } }, '/tmp/a/b/c', ports.files, signal),
      hasCode('file-unreadable'),
    );
  });
});
