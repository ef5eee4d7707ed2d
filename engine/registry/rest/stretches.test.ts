import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { WorkbenchError } from '../../base/errors.ts';
import { inParallel, pageThrough, splitInto } from './stretches.ts';

describe('several listings as one', () => {
  const read = (group: string, token: string | undefined) => {
    const at = Number(token ?? 0);
    const next = at + 2 < group.length ? String(at + 2) : undefined;
    return Promise.resolve({ items: Array.from(group.slice(at, at + 2)).filter(one => one !== '-'), next });
  };
  async function all(groups: readonly string[]): Promise<string> {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await pageThrough(groups, after, read);
      seen.push(page.items.join(''));
      after = page.next;
    } while (after !== undefined);
    return seen.join('|');
  }

  it('gives every page of every listing once, in their order', async () => {
    assert.equal(await all(['abc', 'd', 'efgh']), 'ab|c|d|ef|gh');
    assert.equal(await all([]), '');
    assert.equal(await all(['']), '');
  });

  it('passes over pages and listings with nothing left in them', async () => {
    assert.equal(await all(['--a', '----', 'b', '-']), 'a|b|');
  });

  it('refuses a place that is none', async () => {
    await assert.rejects(
      pageThrough(['a'], 'x', read),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'usage',
    );
    assert.deepEqual(await pageThrough(['a'], '7:', read), { items: [] });
  });

  it('splits lists, and leaves none over', () => {
    assert.deepEqual(splitInto([1, 2, 3, 4, 5], 2), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(splitInto([], 2), []);
  });
});

describe('work done at once', () => {
  it('never has more under way than it may, and keeps the order', async () => {
    let now = 0;
    let most = 0;
    const results = await inParallel([5, 1, 4, 2, 3], 2, async item => {
      now += 1;
      most = Math.max(most, now);
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
      now -= 1;
      return item * 10;
    });
    assert.deepEqual(results, [50, 10, 40, 20, 30]);
    assert.equal(most, 2);
  });

  it('begins nothing more once something failed, and tells of it', async () => {
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4, 5, 6], 2, async item => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('two');
    });
    await assert.rejects(work, /two/);
    assert.ok(begun.length < 6);
  });
});
