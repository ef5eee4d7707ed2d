import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { countOccurrences, readTrainingRows, scanDataset } from './scan.ts';
import type { DatasetSelection } from './asked-row.ts';
import { readAskedRows } from './selection.ts';

const signal = new AbortController().signal;
const digest: Digest = {
  sha256: data => createHash('sha256').update(data).digest('hex'),
  startSha256() {
    const hash = createHash('sha256');
    return { update: data => void hash.update(data), hex: () => hash.digest('hex') };
  },
};

function filesOf(rows: readonly object[]): Files {
  const bytes = new TextEncoder().encode(rows.map(row => JSON.stringify(row)).join('\n'));
  return {
    async *stream() {
      yield bytes;
    },
  } as Partial<Files> as Files;
}

const selection = (dataset: Partial<DatasetSelection['dataset']> = {}, limit?: number): DatasetSelection => ({
  path: 'd.jsonl',
  limit,
  dataset: { path: 'd.jsonl', input: 'q', target: 'a', format: 'jsonl', ...dataset },
});

const split = { field: 's', train: 'train', test: 'test' };
const rows = [
  { q: 'one', a: 'x', s: 'train' },
  { q: 'two', a: 'y', s: 'test', c: 'chat' },
  { q: 'two', a: 'y', s: 'test', c: 'chat' },
  { q: 'two', a: 'y', s: 'test', c: 'mail' },
  { q: 3, a: true, s: 'test', c: 'mail' },
];

describe('a scan of a dataset', () => {
  it('counts the asked split, keeps the training rows apart, and tells which rows repeat', async () => {
    const chosen = selection({ split, slices: ['c'] });
    const scan = await scanDataset(filesOf(rows), digest, chosen, signal);
    assert.equal(scan.rows, 4);
    assert.equal(scan.labels, 2);
    assert.equal(scan.repeated.size, 1);
    const training = await readTrainingRows(filesOf(rows), digest, chosen, signal);
    assert.deepEqual(training.rows, [{ text: 'one', label: 'x' }]);
    const occurrenceOf = countOccurrences(scan.repeated);
    const occurrences: number[] = [];
    for await (const batch of readAskedRows(filesOf(rows), digest, chosen, signal)) {
      occurrences.push(...batch.map(row => occurrenceOf(row.digest)));
    }
    assert.deepEqual(occurrences, [0, 1, 0, 0]);
  });

  it('changes its digest with content and order, not with columns nobody asks for', async () => {
    const of = async (list: readonly object[]) =>
      (await scanDataset(filesOf(list), digest, selection(), signal)).digest;
    const base = await of([
      { q: 'a', a: '1' },
      { q: 'b', a: '2' },
    ]);
    assert.equal(
      await of([
        { q: 'a', a: '1', note: 'n' },
        { q: 'b', a: '2' },
      ]),
      base,
    );
    assert.notEqual(
      await of([
        { q: 'b', a: '2' },
        { q: 'a', a: '1' },
      ]),
      base,
    );
    assert.notEqual(
      await of([
        { q: 'a', a: '1' },
        { q: 'b', a: '3' },
      ]),
      base,
    );
  });

  it('asks no more rows than the limit', async () => {
    assert.equal((await scanDataset(filesOf(rows), digest, selection({ split }, 2), signal)).rows, 2);
  });

  it('names the line and the column of a row that lacks one', async () => {
    await assert.rejects(
      scanDataset(filesOf([{ q: 'a', a: '1' }, { q: 'b' }]), digest, selection(), signal),
      /d\.jsonl:2: .*no column "a"/,
    );
    await assert.rejects(
      scanDataset(filesOf([{ q: null, a: '1' }]), digest, selection(), signal),
      /d\.jsonl:1: .*empty \(null\)/,
    );
  });

  it('refuses an empty split and training without a training split', async () => {
    await assert.rejects(
      scanDataset(filesOf(rows), digest, selection({ split: { ...split, test: 'dev' } }), signal),
      /no row has s = "dev"/,
    );
    await assert.rejects(readTrainingRows(filesOf(rows), digest, selection(), signal), /no training split/);
  });
});
