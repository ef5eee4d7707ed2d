import assert from 'node:assert/strict';
import { createPagedLists, type Page } from './paged-lists.ts';

const never = new AbortController().signal;

/** A list of numbers, read in pages, that tells what was asked of it. */
function source(length: number) {
  const asked: { after: string | undefined; limit: number }[] = [];
  const state = { length };
  async function ask(after: string | undefined, limit: number, signal = never): Promise<Page<number>> {
    asked.push({ after, limit });
    await Promise.resolve();
    signal.throwIfAborted();
    const start = after === undefined ? 0 : Number(after);
    const end = Math.min(state.length, start + limit);
    return {
      items: Array.from({ length: end - start }, (_, index) => start + index),
      total: state.length,
      ...(end < state.length ? { next: String(end) } : {}),
    };
  }
  return { asked, ask, state };
}

describe('paged lists', () => {
  it('ask for a page, and for the next one only when more is wanted', async () => {
    const { ask, asked } = source(10_000);
    const lists = createPagedLists<number, Page<number>>(200, 1000);
    const first = await lists.read('a', ask);
    assert.deepEqual([first.items.length, first.total, first.hasMore], [200, 10_000, true]);
    await lists.read('a', ask);
    assert.equal(asked.length, 1);
    lists.more('a');
    const second = await lists.read('a', ask);
    assert.deepEqual(second.items, [...Array(400).keys()]);
    assert.deepEqual(asked, [
      { after: undefined, limit: 200 },
      { after: '200', limit: 200 },
    ]);
  });

  it('ask anew for as much as was known once it is old, in few questions', async () => {
    const { ask, asked, state } = source(10_000);
    const lists = createPagedLists<number, Page<number>>(200, 1000);
    await lists.read('a', ask);
    lists.setWanted('a', 1500);
    assert.equal((await lists.read('a', ask)).items.length, 1500);
    asked.length = 0;
    lists.expire();
    state.length = 1200;
    const again = await lists.read('a', ask);
    assert.deepEqual([again.items.length, again.total, again.hasMore], [1200, 1200, false]);
    assert.deepEqual(asked, [
      { after: undefined, limit: 1000 },
      { after: '1000', limit: 500 },
    ]);
  });

  it('ask once for readers at the same time, and again for what got old meanwhile', async () => {
    const { ask, asked, state } = source(3);
    const lists = createPagedLists<number, Page<number>>(2, 10);
    const both = Promise.all([lists.read('a', ask), lists.read('a', ask)]);
    lists.expire();
    state.length = 1;
    const [one, other] = await both;
    assert.deepEqual(one.items, [0]);
    assert.deepEqual(other.items, [0]);
    assert.equal(asked.length, 2);
  });

  it('stay asked for after a failure, and know nothing of what was called off', async () => {
    const { ask } = source(3);
    const lists = createPagedLists<number, Page<number>>(2, 10);
    await assert.rejects(
      lists.read('a', () => Promise.reject(new Error('gone'))),
      /gone/,
    );
    assert.equal((await lists.read('a', ask)).items.length, 2);
    const reading = lists.read('b', ask);
    lists.clear();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.equal((await lists.read('b', ask)).items.length, 2);
  });

  it('end where a page is empty, whatever it says of a next one', async () => {
    const lists = createPagedLists<number, Page<number>>(2, 10);
    const list = await lists.read('a', () => Promise.resolve({ items: [], total: 9, next: 'again' }));
    assert.deepEqual([list.items, list.hasMore], [[], false]);
  });
});
