import assert from 'node:assert/strict';
import type { SamplePage, SampleQuery, SampleRow } from '../../schemas/generated/messages.ts';
import { RowWindow } from './row-window.ts';

const { signal } = new AbortController();

/** A host over ids in some order. Keeps what it is asked. */
function createHost(ids: readonly number[]) {
  const host = {
    asked: [] as Partial<SampleQuery>[],
    async fetch(place: Partial<SampleQuery> & { limit: number }): Promise<SamplePage> {
      host.asked.push(place);
      const { after, find, limit } = place;
      const found = find === undefined ? -1 : ids.indexOf(find);
      const from =
        after !== undefined ? ids.indexOf(after) + 1 : found >= 0 ? found - (found % limit) : (place.offset ?? 0);
      const rows = ids.slice(from, from + limit).map(rowOf);
      return { total: ids.length, rows, offset: from, ...(found < 0 ? {} : { found }) };
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
  /** 10,000 ids, no two neighbours consecutive. */
  const shuffled = Array.from({ length: 10_000 }, (_, index) => ((index * 7919) % 10_007) + 1);
  const idsAt = (first: number, last: number): readonly number[] => shuffled.slice(first, last + 1);

  it('finds rows exactly in any order, wherever it jumps', async () => {
    const host = createHost(shuffled);
    const list = new RowWindow(place => host.fetch(place));
    for (const first of [0, 5000, 4790, 9960, 9700, 120, 7777]) {
      assert.deepEqual(await show(list, first, first + 39), idsAt(first, first + 39));
    }
    assert.ok(host.asked.length < 12);
  });

  it('reads on behind the last row that is here, and by position after a jump', async () => {
    const host = createHost(shuffled);
    const list = new RowWindow(place => host.fetch(place));
    await show(list, 0, 399);
    await show(list, 4000, 4010);
    assert.deepEqual(host.asked, [{ limit: 200 }, { after: shuffled[199], limit: 200 }, { offset: 4000, limit: 200 }]);
  });

  it('locates a sample with the rows around it, and tells where there is none', async () => {
    const host = createHost(shuffled);
    const list = new RowWindow(place => host.fetch(place));
    assert.equal(await list.locate(shuffled[6_123] ?? 0, signal), 6_123);
    assert.deepEqual(await show(list, 6_000, 6_199), idsAt(6_000, 6_199));
    assert.equal(host.asked.length, 1);
    assert.equal(await list.locate(-5, signal), undefined);
    assert.equal(list.total, 10_000);
  });

  it('knows an empty list', async () => {
    const host = createHost([]);
    const list = new RowWindow(place => host.fetch(place));
    await list.loadBlock(0, signal);
    assert.equal(list.total, 0);
    assert.equal(list.missingBlock(0, 10), undefined);
  });

  it('forgets rows far away', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index + 1);
    const host = createHost(many);
    const list = new RowWindow(place => host.fetch(place));
    for (let first = 0; first <= 15_000; first += 200) await show(list, first, first + 30);
    assert.equal(list.rowAt(0), undefined);
    assert.equal(list.rowAt(15_000)?.id, 15_001);
  });
});
