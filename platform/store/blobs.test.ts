import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Blobs } from '../../engine/ports/blobs.ts';
import { makeStoreFolder } from '../../test/fakes/runs.ts';
import { createDigest } from '../host/digest.ts';
import { createBlobs } from './blobs.ts';

describe('blobs', () => {
  const content = new TextEncoder().encode('weights');
  const digest = createDigest().sha256(content);
  let folder = '';
  let blobs: Blobs;

  beforeEach(() => {
    folder = makeStoreFolder();
    blobs = createBlobs(folder, false);
  });
  afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

  it('lie under their digest, and nothing else beside them', async () => {
    assert.equal(await blobs.has(digest), false);
    assert.deepEqual(await blobs.put(content), { digest, bytes: 7 });
    assert.equal(await blobs.has(digest), true);
    const file = path.join(folder, 'blobs', digest.slice(0, 2), digest);
    assert.equal(blobs.locate(digest), file);
    assert.deepEqual(readdirSync(path.dirname(file)), [digest]);
    assert.deepEqual(new Uint8Array(await blobs.read(digest)), content);
    assert.deepEqual((await blobs.put(new Uint8Array())).bytes, 0);
  });

  it('take files over, copied where they are of somebody else, and only with the digest they were said to have', async () => {
    for (const ours of [true, false]) {
      const file = path.join(path.dirname(folder), 'incoming');
      writeFileSync(file, content);
      utimesSync(file, 1, 1);
      assert.deepEqual(await blobs.adopt(file, digest, ours), { digest, bytes: 7 });
      assert.deepEqual(new Uint8Array(await blobs.read(digest)), content);
      assert.ok(statSync(blobs.locate(digest)).mtimeMs > 1_000, 'a garbage collection would take it for old');
      // The same once more, as after a kill.
      await blobs.adopt(file, digest, ours);
      assert.deepEqual(readdirSync(path.dirname(blobs.locate(digest))), [digest]);
      if (!ours) {
        writeFileSync(file, 'changed');
        assert.deepEqual(new Uint8Array(await blobs.read(digest)), content);
      }
      rmSync(file);
      rmSync(blobs.locate(digest));
    }
    const other = path.join(path.dirname(folder), 'other');
    writeFileSync(other, 'something else');
    for (const ours of [true, false])
      await assert.rejects(blobs.adopt(other, digest, ours), { code: 'record-tampered' });
    assert.equal(await blobs.has(digest), false);
    assert.deepEqual(readdirSync(path.dirname(blobs.locate(digest))), []);
  });

  it('may be put by several at once and again', async () => {
    await Promise.all(Array.from({ length: 8 }, () => blobs.put(content)));
    utimesSync(blobs.locate(digest), 1, 1);
    await blobs.put(content);
    assert.deepEqual(readdirSync(path.dirname(blobs.locate(digest))), [digest]);
    assert.ok(statSync(blobs.locate(digest)).mtimeMs > 1_000, 'a garbage collection would take it for old');
  });

  it('are refused once they are missing or changed, and repaired by putting them again', async () => {
    await assert.rejects(blobs.read(digest), hasCode('blob-missing'));
    await blobs.put(content);
    writeFileSync(blobs.locate(digest), 'w3ights');
    await assert.rejects(blobs.read(digest), hasCode('record-tampered'));
    await blobs.put(content);
    assert.deepEqual(new Uint8Array(await blobs.read(digest)), content);
  });

  it('are never looked for outside their folder', async () => {
    writeFileSync(path.join(path.dirname(folder), 'secret'), 'x');
    for (const wanted of [
      '',
      '../../secret',
      `../${digest.slice(3)}`,
      digest.toUpperCase(),
      `${digest}/x`,
      digest.slice(1),
    ]) {
      assert.equal(await blobs.has(wanted), false, wanted);
      assert.throws(() => blobs.locate(wanted), hasCode('blob-missing'), wanted);
      await assert.rejects(blobs.read(wanted), hasCode('blob-missing'), wanted);
    }
  });

  it('leave nothing behind when they cannot be written', async () => {
    writeFileSync(path.join(path.dirname(folder), '.aiwb'), 'a file stands here');
    await assert.rejects(blobs.put(content), hasCode('file-unwritable'));
    assert.equal(readFileSync(folder, 'utf8'), 'a file stands here');
    rmSync(folder);
    const target = blobs.locate(digest);
    mkdirSync(path.join(target, 'below'), { recursive: true });
    await assert.rejects(blobs.put(content), hasCode('file-unwritable'));
    assert.deepEqual(readdirSync(path.dirname(target)), [digest]);
    assert.equal(await blobs.has(digest), false);
  });

  it('cannot be put into a store opened for reading', async () => {
    await assert.rejects(createBlobs(folder, true).put(content), hasCode('store-unwritable'));
    assert.ok(!existsSync(folder));
  });
});

function hasCode(code: string): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
