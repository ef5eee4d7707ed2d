import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeSample, makeStoreFolder } from '../../test/fakes/runs.ts';
import { createContentKeeper, type ContentKeeper } from './contents.ts';
import { openDriver, type Driver } from './driver.ts';
import { migrate } from './schema.ts';

describe('createContentKeeper', () => {
  let folder = '';
  let driver: Driver;
  const open = (): Driver => openDriver(path.join(folder, 'store.db'), { readOnly: false });

  beforeEach(() => {
    folder = makeStoreFolder();
    mkdirSync(folder, { recursive: true });
    driver = open();
    migrate(driver);
  });
  afterEach(() => {
    driver.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const store = (keeper: ContentKeeper, from: number, count: number, by = driver): number[] =>
    by.write(() => {
      keeper.begin();
      const keys = Array.from({ length: count }, (_, index) => {
        const { rowDigest, input, target } = makeSample(from + index);
        return keeper.keyOf(rowDigest, input, target, '{}');
      });
      keeper.end();
      return keys;
    });
  const count = (table: string): unknown => driver.get(`SELECT count(*) AS n FROM ${table}`)?.['n'];

  it('finds what it stored, filed or not, now or later', () => {
    const keeper = createContentKeeper(driver, 10);
    const keys = [...store(keeper, 0, 7), ...store(keeper, 7, 7), ...store(keeper, 14, 4)];
    assert.equal(count('contents'), 18);
    assert.equal(count('content_heads'), 14);
    assert.deepEqual(store(keeper, 0, 18), keys);
    assert.deepEqual(store(createContentKeeper(driver, 10), 0, 18), keys);
    assert.equal(count('contents'), 18);
  });

  it('sees what another connection stored or filed meanwhile', () => {
    const other = open();
    const ours = createContentKeeper(driver, 10);
    const theirs = createContentKeeper(other, 10);
    const first = store(ours, 0, 6);
    assert.deepEqual(store(theirs, 3, 6, other).slice(0, 3), first.slice(3));
    const keys = store(ours, 0, 9);
    store(theirs, 9, 3, other);
    assert.equal(count('content_heads'), 12);
    assert.deepEqual(store(ours, 0, 12).slice(0, 9), keys);
    assert.equal(count('contents'), 12);
    other.close();
  });

  it('forgets what a rolled back transaction stored', () => {
    const keeper = createContentKeeper(driver, 10);
    store(keeper, 0, 3);
    assert.throws(() =>
      driver.write(() => {
        keeper.begin();
        keeper.keyOf(makeSample(9).rowDigest, '', '', '{}');
        throw new Error('stop');
      }),
    );
    keeper.forget();
    assert.equal(store(keeper, 9, 1)[0], 4);
    assert.equal(count('contents'), 4);
  });

  it('looks again after a cleaning', () => {
    const keeper = createContentKeeper(driver, 2);
    store(keeper, 0, 4);
    driver.exec('DELETE FROM contents; DELETE FROM content_heads; UPDATE store_state SET cleanings = 1, indexed = 0');
    store(keeper, 2, 4);
    assert.equal(count('contents'), 4);
    assert.equal(count('content_heads'), 4);
  });
});
