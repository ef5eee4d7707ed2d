import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { describeWriteFailure } from './failures.ts';
import { createFiles } from './files.ts';

describe('createFiles', () => {
  const files = createFiles();
  const signal = new AbortController().signal;
  let folder = '';

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-files-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('reads text without its byte order mark', async () => {
    const file = path.join(folder, 'bom.txt');
    writeFileSync(file, '\uFEFFhällo\n');
    assert.equal(await files.readText(file, signal), 'hällo\n');
  });

  it('refuses a file over the limit', async () => {
    const file = path.join(folder, 'big.txt');
    writeFileSync(file, 'x'.repeat(100));
    await assert.rejects(files.readText(file, signal, 99), hasCode('file-too-large'));
    assert.equal((await files.readText(file, signal, 100)).length, 100);
  });

  it('tells a missing file and a folder apart', async () => {
    const missing = path.join(folder, 'missing.txt');
    await assert.rejects(files.readText(missing, signal), hasCode('file-not-found', missing));
    await assert.rejects(files.readText(folder, signal), hasCode('file-unreadable', folder));
    await assert.rejects(collect(files.stream(missing, signal)), hasCode('file-not-found', missing));
    assert.equal(await files.facts(missing), undefined);
    assert.equal(await files.facts(path.join(folder, 'big.txt', 'below')), undefined);
  });

  it('streams a file in chunks of 256 KiB', async () => {
    const file = path.join(folder, 'stream.bin');
    const bytes = Buffer.alloc(600 * 1024, 7);
    writeFileSync(file, bytes);
    const chunks = await collect(files.stream(file, signal));
    assert.deepEqual(
      chunks.map(chunk => chunk.byteLength / 1024),
      [256, 256, 88],
    );
    assert.ok(Buffer.concat(chunks).equals(bytes));
  });

  it('finds files by their endings, sorted, not in hidden or foreign folders nor behind links', async () => {
    const root = path.join(folder, 'tree');
    const names = ['b.tune.yaml', 'a-b/x.tune.yaml', 'a/x.tune.yaml', 'a/deep/er/y.policy.yaml', '.z.tune.yaml'];
    const left = [
      'a/x.tune.yml',
      'tune.yaml.txt',
      '.git/x.tune.yaml',
      'a/node_modules/p/x.tune.yaml',
      'd.tune.yaml/no',
    ];
    for (const name of [...names, ...left]) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), '');
    }
    symlinkSync(path.join(root, 'a'), path.join(root, 'link'), 'junction');
    if (process.platform !== 'win32') symlinkSync(path.join(root, 'b.tune.yaml'), path.join(root, 'c.tune.yaml'));
    const found = await files.find(root, ['.tune.yaml', '.policy.yaml'], signal);
    assert.deepEqual(found, names.map(name => path.join(root, name)).sort());
    assert.equal((await files.find(root, ['.tune.yaml'], signal, 2)).length, 2);
    assert.deepEqual(await files.find(root, [], signal), []);
    await assert.rejects(
      files.find(path.join(root, 'nothing'), ['.yaml'], signal),
      hasCode('file-not-found', path.join(root, 'nothing')),
    );
    await assert.rejects(files.find(root, ['.yaml'], AbortSignal.abort()), { name: 'AbortError' });
  });

  it('reads a part of a file, and less where the file ends', async () => {
    const file = path.join(folder, 'part.txt');
    writeFileSync(file, 'abcdef');
    const text = async (start: number, end: number): Promise<string> =>
      new TextDecoder().decode(await files.readRange(file, start, end, signal));
    assert.equal(await text(2, 4), 'cd');
    assert.equal(await text(4, 99), 'ef');
    assert.equal(await text(9, 12), '');
    assert.equal(await text(3, 1), '');
    const missing = path.join(folder, 'missing.txt');
    await assert.rejects(files.readRange(missing, 0, 1, signal), hasCode('file-not-found', missing));
    await assert.rejects(files.readRange(folder, 0, 1, signal), hasCode('file-unreadable', folder));
    await assert.rejects(files.readRange(file, 0, 1, AbortSignal.abort()), { name: 'AbortError' });
  });

  it('unpacks gzip as it comes, members one after another', async () => {
    const file = path.join(folder, 'x.gz');
    writeFileSync(file, Buffer.concat([gzipSync('one '), gzipSync('two')]));
    assert.equal(Buffer.concat(await collect(files.streamGzip(file, signal))).toString(), 'one two');
    for (const bytes of [Buffer.from('plain'), gzipSync('cut off').subarray(0, 12)]) {
      writeFileSync(file, bytes);
      await assert.rejects(collect(files.streamGzip(file, signal)), hasCode('file-unreadable', file));
    }
    const missing = path.join(folder, 'missing.gz');
    await assert.rejects(collect(files.streamGzip(missing, signal)), hasCode('file-not-found', missing));
    writeFileSync(file, gzipSync(Buffer.alloc(8 * 1024 * 1024)));
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const chunk of files.streamGzip(file, abort.signal)) if (chunk.byteLength > 0) abort.abort();
    };
    await assert.rejects(read(), { name: 'AbortError' });
    // Breaking off early closes the file.
    for await (const chunk of files.streamGzip(file, signal)) if (chunk.byteLength > 0) break;
  });

  it('follows links to where a file really is', async () => {
    const target = path.join(folder, 'target.txt');
    writeFileSync(target, '');
    const link = path.join(folder, 'a-link.txt');
    if (process.platform !== 'win32') symlinkSync(target, link);
    else writeFileSync(link, '');
    const real = process.platform === 'win32' ? link : target;
    assert.equal(await files.realPath(link), realpathSync(real));
    assert.equal(await files.realPath(path.join(folder, 'nothing')), undefined);
    assert.equal(await files.realPath('a\0b'), undefined);
  });

  it('stops streaming when aborted', async () => {
    const file = path.join(folder, 'stream.bin');
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const chunk of files.stream(file, abort.signal)) if (chunk.byteLength > 0) abort.abort();
    };
    await assert.rejects(read(), { name: 'AbortError' });
  });

  it('writes atomically, creating folders and leaving nothing beside', async () => {
    const file = path.join(folder, 'new', 'deep', 'out.txt');
    await files.writeText(file, 'one');
    chmodSync(file, 0o640);
    await Promise.all([files.writeText(file, 'two'), files.writeText(file, 'two')]);
    assert.equal(await files.readText(file, signal), 'two');
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(path.dirname(file)), ['out.txt']);
    assert.equal((await files.facts(file))?.kind, 'file');
    assert.equal((await files.facts(path.dirname(file)))?.kind, 'folder');
  });

  it('writes pieces as they come, and keeps the old text when they fail', async () => {
    const file = path.join(folder, 'pieces.txt');
    await files.writePieces(file, pieces(3));
    assert.equal(await files.readText(file, signal), 'piece 0\npiece 1\npiece 2\n');
    await assert.rejects(files.writePieces(file, pieces(3, 1)), /broken/);
    assert.equal((await files.readText(file, signal)).length, 24);
    assert.deepEqual(
      readdirSync(folder).filter(name => name.endsWith('.tmp')),
      [],
    );
  });

  it('tells why a file cannot be written', async () => {
    const blocked = path.join(folder, 'big.txt', 'below.txt');
    await assert.rejects(files.writeText(blocked, ''), hasCode('file-unwritable', blocked));
    await assert.rejects(files.writeText(path.join(folder, 'new'), ''), hasCode('file-unwritable'));
    const full = describeWriteFailure(Object.assign(new Error('full'), { code: 'ENOSPC' }), blocked);
    assert.ok(hasCode('store-full', blocked)(full));
  });

  it('finds nothing at a path no file can have', async () => {
    assert.equal(await files.facts(path.join(folder, 'a\0b')), undefined);
  });

  it('resolves and relates paths with forward slashes', () => {
    assert.equal(files.resolve(folder, 'a/b'), path.join(folder, 'a', 'b'));
    assert.equal(files.resolve('/elsewhere', folder), folder);
    assert.equal(files.relative(folder, path.join(folder, 'a', 'b')), 'a/b');
    assert.equal(files.parent(path.join(folder, 'a')), folder);
  });
});

async function* pieces(count: number, broken?: number): AsyncIterable<string> {
  for (let index = 0; index < count; index++) {
    if (index === broken) throw new Error('broken');
    yield `piece ${index}\n`;
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function hasCode(code: string, place?: string): (error: unknown) => boolean {
  return error =>
    error instanceof WorkbenchError &&
    error.code === code &&
    error.remedy !== undefined &&
    (place === undefined || error.place?.path === place);
}
