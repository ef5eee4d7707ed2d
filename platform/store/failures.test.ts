import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { describeStoreFailure, storeUnwritable } from './failures.ts';

describe('storeUnwritable', () => {
  const store = path.join(os.tmpdir(), 'aiwb-nowhere', '.aiwb');

  it('names a full disk, which SQLite tells as an I/O error', () => {
    const error = storeUnwritable(store, 'disk I/O error', undefined, 'full');
    assert.deepEqual([error.code, error.place?.path], ['store-full', store]);
    assert.match(`${error.message} ${error.remedy ?? ''}`, /disk is full: .* Free some space/);
  });

  it('names a disk that is mounted read-only', () => {
    const error = storeUnwritable(store, 'its folder cannot be made (ENOENT)', undefined, 'read-only');
    assert.equal(error.code, 'store-unwritable');
    assert.match(`${error.message} ${error.remedy ?? ''}`, /mounted read-only.*--store/);
  });

  it('tells what the system said where the disk is neither', () => {
    const failed = Object.assign(new Error('unable to open database file'), { errcode: 14 });
    const error = describeStoreFailure(failed, store) as Error;
    assert.match(error.message, /cannot be written or opened: unable to open database file/);
  });
});
