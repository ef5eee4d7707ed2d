import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { makeTar, makeZip, type ArchiveEntry } from '../../../test/fakes/archives.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createQuarantine } from '../../../platform/files/quarantine.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { memorySource } from '../scan/bytes.ts';
import { readSafePath } from '../../base/safe-path.ts';
import { Gate, unpackTar, unpackZip, type UnpackLimits } from './unpack.ts';

const { signal } = new AbortController();
const ports = { files: createFiles(), quarantine: createQuarantine() };

describe('unpacking', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'aiwb-archive-'));
    folder = path.join(root, 'inside');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const limits: UnpackLimits = { bytes: 200_000_000, files: 100, ratio: 100 };
  async function* inPieces(bytes: Uint8Array, size = 100): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const untar = (bytes: Uint8Array, gzip = false, own = limits): Promise<void> =>
    unpackTar(inPieces(bytes), gzip, folder, new Gate('a.tar', bytes.length, own), ports, signal);
  const unzip = (bytes: Uint8Array, own = limits): Promise<void> =>
    unpackZip(memorySource(bytes), 'a.zip', folder, new Gate('a.zip', bytes.length, own), ports, signal);
  const refuses = async (work: Promise<void>, message: RegExp): Promise<void> => {
    await assert.rejects(work, error => {
      assert.ok(error instanceof WorkbenchError, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.deepEqual(
      readdirSync(root).filter(name => name !== 'inside'),
      [],
      'nothing lies outside the folder',
    );
  };
  const content = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

  const files: readonly ArchiveEntry[] = [
    { name: 'm/' },
    { name: 'm/config.json', content: '{}' },
    { name: './m/weights.bin', content: 'x'.repeat(1300) },
    { name: `m/${'long-'.repeat(38)}.txt`, content: 'long' },
    { name: 'empty', content: '' },
  ];

  it('takes files out of TAR, TAR.GZ and ZIP archives', async () => {
    for (const [name, unpack] of [
      ['tar', () => untar(makeTar(files))],
      ['tar.gz', () => untar(gzipSync(makeTar(files)), true)],
      ['zip', () => unzip(makeZip(files))],
      ['stored zip', () => unzip(makeZip(files, { stored: true }))],
    ] as const) {
      rmSync(folder, { recursive: true, force: true });
      await unpack();
      assert.equal(content('m/config.json'), '{}', name);
      assert.equal(content('m/weights.bin').length, 1300);
      assert.equal(content(`m/${'long-'.repeat(38)}.txt`), 'long');
      assert.equal(content('empty'), '');
    }
  });

  it('refuses what would leave the folder or is no plain file', async () => {
    for (const [entry, message] of [
      [{ name: '../evil', content: 'x' }, /leads out/],
      [{ name: 'a/../../evil', content: 'x' }, /leads out/],
      [{ name: '/etc/evil', content: 'x' }, /absolute/],
      [{ name: 'C:/evil', content: 'x' }, /absolute/],
      [{ name: 'a\\..\\evil', content: 'x' }, /backslash/],
      [{ name: 'evil\u202etxt', content: 'x' }, /unseen/],
      [{ name: 'NUL.txt', content: 'x' }, /device/],
      [{ name: 'a. ', content: 'x' }, /not every system/],
      [{ name: 'link', link: '../evil' }, /link/],
      [{ name: 'device', type: '3' }, /special file/],
    ] as const) {
      await refuses(untar(makeTar([entry])), message);
      if (!('type' in entry)) await refuses(unzip(makeZip([entry])), message);
    }
    await refuses(untar(makeTar([{ name: 'hard', link: 'm', type: '1' }])), /link/);
    await refuses(untar(makeTar([{ name: 'sparse', content: 'x', type: 'S' }])), /special file/);
  });

  it('refuses names that are there twice on some systems', async () => {
    for (const [first, second] of [
      ['a', 'a'],
      ['Model.bin', 'model.BIN'],
      ['\u00e9', 'e\u0301'],
      ['a/b', 'A/c'],
      ['a', 'a/b'],
    ] as const) {
      const twice = [
        { name: first, content: '1' },
        { name: second, content: '2' },
      ];
      rmSync(folder, { recursive: true, force: true });
      await refuses(untar(makeTar(twice)), /twice|case/);
      rmSync(folder, { recursive: true, force: true });
      await refuses(unzip(makeZip(twice)), /twice|case/);
    }
  });

  it('stops at bombs', async () => {
    const bomb = [{ name: 'zeros', content: '\0'.repeat(80_000_000) }];
    const tar = gzipSync(makeTar(bomb));
    const zip = makeZip(bomb);
    assert.ok(tar.length < 200_000 && zip.length < 200_000);
    await refuses(untar(tar, true), /100 times its size/);
    await refuses(unzip(zip), /100 times its size/);
    await refuses(untar(tar, true, { ...limits, bytes: 1000 }), /more than 1000 bytes/);
    const many = Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, content: '' }));
    await refuses(untar(makeTar(many)), /more than 100 files/);
    await refuses(unzip(makeZip(many)), /more than 100 files/);
  });

  it('refuses ZIP archives whose parts contradict each other', async () => {
    const plain = [
      { name: 'one', content: 'first' },
      { name: 'two', content: 'second' },
    ];
    await refuses(unzip(makeZip(plain, { localName: 'other' })), /calls it something else/);
    await refuses(unzip(makeZip(plain, { overlap: true, stored: true })), /shares its bytes/);
    await refuses(unzip(makeZip(plain, { claimedSize: 3 })), /larger than it claims/);
    await refuses(unzip(makeZip(plain, { encrypted: true })), /encrypted/);
    await refuses(unzip(makeZip(plain, { method: 99 })), /method 99/);
    await refuses(unzip(Buffer.concat([Buffer.from('before'), makeZip(plain)])), /6 bytes stand before/);
    await refuses(unzip(makeZip(plain).subarray(0, 60)), /no directory/);
  });

  it('tells damaged archives from whole ones', async () => {
    const tar = makeTar(files);
    await refuses(untar(tar.subarray(0, 700)), /cut off/);
    await refuses(untar(Buffer.from('no archive at all'.repeat(40))), /does not begin as one/);
    const gzip = gzipSync(tar);
    await refuses(untar(gzip.subarray(0, gzip.length - 20), true), /cannot be unpacked|cut off/);
    await refuses(untar(Buffer.alloc(2048)), /holds nothing/);
  });

  it('neither fails otherwise nor leaves the folder over random damage', async function () {
    this.timeout(60_000);
    const random = createSeeded(3);
    const archives = [makeTar(files), makeZip(files), makeZip(files, { stored: true })];
    for (let round = 0; round < 150; round++) {
      const kind = round % archives.length;
      const bytes = Buffer.from(archives[kind] ?? []);
      for (let change = 0; change < 4; change++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      rmSync(folder, { recursive: true, force: true });
      try {
        await (kind === 0 ? untar(bytes) : unzip(bytes));
      } catch (error) {
        assert.ok(error instanceof WorkbenchError, String(error));
      }
      assert.deepEqual(
        readdirSync(root).filter(name => name !== 'inside'),
        [],
      );
    }
  });

  it('does not write through a link that lies in its way', async () => {
    const outside = path.join(root, 'inside', 'target');
    await untar(makeTar([{ name: 'a', content: '1' }]));
    writeFileSync(outside, 'kept');
    const { symlinkSync } = await import('node:fs');
    symlinkSync(outside, path.join(folder, 'm'));
    await assert.rejects(untar(makeTar([{ name: 'm', content: 'overwritten' }])));
    assert.equal(readFileSync(outside, 'utf8'), 'kept');
    assert.ok(existsSync(outside));
  });

  it('knows which paths may be', () => {
    assert.deepEqual(readSafePath('./a//b/'), { path: 'a/b' });
    assert.ok('why' in readSafePath('a/..'));
    assert.ok('why' in readSafePath('x'.repeat(401)));
  });
});
