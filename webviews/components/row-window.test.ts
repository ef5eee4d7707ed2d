import assert from 'node:assert/strict';
import type { SamplePage, SampleRow } from '../../schemas/generated/messages.ts';
import { RowWindow } from './row-window.ts';

const { signal } = new AbortController();

/** A host over ids, some of which a filter leaves out. Counts what it is asked. */
function createHost(ids: readonly number[]) {
  const host = {
    asked: 0,
    async fetch(after: number | undefined, limit: number): Promise<SamplePage> {
      host.asked++;
      const from = after === undefined ? 0 : ids.findIndex(id => id > after);
      const found = from < 0 ? [] : ids.slice(from, from + limit);
      return { total: ids.length, rows: found.map(rowOf) };
    },
  };
  return host;
}

function rowOf(id: number): SampleRow {
  return { id, variant: 0, row: id, repeat: 0, state: 'answered', input: '', target: '', scores: {}, slices: {} };
}

async function show(list: RowWindow, first: number, last: number): Promise<number[]> {
  for (let block = list.missingBlock(first, last); block !== undefined; block = list.missingBlock(first, last)) {
    await list.loadBlock(block, signal);
  }
  return Array.from({ length: last - first + 1 }, (_, offset) => list.rowAt(first + offset)?.id ?? -1);
}

describe('a window on rows', () => {
  const base = 7 * 2 ** 32;
  const consecutive = Array.from({ length: 10_000 }, (_, index) => base + 1 + index);
  const idsAt = (ids: readonly number[], first: number, last: number): readonly number[] => ids.slice(first, last + 1);

  it('finds consecutive rows exactly, wherever it jumps', async () => {
    const host = createHost(consecutive);
    const list = new RowWindow((after, limit) => host.fetch(after, limit), consecutive.length);
    for (const first of [0, 5000, 4790, 9960, 9700, 120, 7777]) {
      assert.deepEqual(await show(list, first, first + 39), idsAt(consecutive, first, first + 39));
    }
    assert.ok(host.asked < 16);
  });

  it('reads on exactly behind a filter, and ends with the last row', async () => {
    const filtered = consecutive.filter(id => (id * 7919) % 13 < 2);
    const host = createHost(filtered);
    const list = new RowWindow((after, limit) => host.fetch(after, limit), consecutive.length);
    const last = filtered.length - 1;
    assert.deepEqual(await show(list, 0, 699), idsAt(filtered, 0, 699));
    assert.equal((await show(list, last - 30, last)).at(-1), filtered.at(-1));
    const middle = await show(list, 1000, 1030);
    assert.deepEqual(
      middle,
      [...middle].sort((a, b) => a - b),
    );
    assert.deepEqual(await show(list, 0, last), filtered);
  });

  it('knows an empty list', async () => {
    const host = createHost([]);
    const list = new RowWindow((after, limit) => host.fetch(after, limit), 0);
    await list.loadBlock(0, signal);
    assert.equal(list.total, 0);
    assert.equal(list.missingBlock(0, 10), undefined);
  });

  it('forgets rows far away', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index + 1);
    const host = createHost(many);
    const list = new RowWindow((after, limit) => host.fetch(after, limit), many.length);
    for (let first = 0; first <= 15_000; first += 200) await show(list, first, first + 30);
    assert.equal(list.rowAt(0), undefined);
    assert.equal(list.rowAt(15_000)?.id, 15_001);
  });
});
