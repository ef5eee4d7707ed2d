import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { partKey } from '../../engine/tuning/storage/keys.ts';
import type { JobStorage, PartAddresses } from '../../engine/tuning/storage/storage.ts';
import { createFiles } from '../../platform/files/files.ts';

const never = new AbortController().signal;
const text = (content: string) => new TextEncoder().encode(content);

/** Writes an object into a file; false where there is none. */
export async function download(storage: JobStorage, key: string, to: string): Promise<boolean> {
  const pieces = await storage.stream(key, never);
  if (pieces !== undefined) await createFiles().writePieces(to, pieces);
  return pieces !== undefined;
}

/** What every storage keeps to, by name: run over fakes beside the code, and over real servers. `folder` is for local files. */
export const storageContract: Readonly<Record<string, (storage: JobStorage, folder: string) => Promise<void>>> = {
  async 'gives back what was put, whole and from a byte on'(storage) {
    await storage.put('aiwb-1/events.jsonl', text('one\ntwo\n'), never);
    assert.equal(Buffer.from((await storage.read('aiwb-1/events.jsonl', never)) ?? []).toString(), 'one\ntwo\n');
    assert.equal(Buffer.from((await storage.read('aiwb-1/events.jsonl', never, 4)) ?? []).toString(), 'two\n');
    assert.equal((await storage.read('aiwb-1/events.jsonl', never, 8))?.length, 0);
    await storage.put('aiwb-1/events.jsonl', text('again'), never);
    assert.equal(Buffer.from((await storage.read('aiwb-1/events.jsonl', never)) ?? []).toString(), 'again');
    await storage.put('aiwb-1/empty', new Uint8Array(), never);
    assert.equal((await storage.read('aiwb-1/empty', never))?.length, 0);
    await storage.remove('aiwb-1', never);
  },
  async 'says that there is nothing'(storage, folder) {
    assert.equal(await storage.read('aiwb-1/none', never), undefined);
    assert.equal(await download(storage, 'aiwb-1/none', path.join(folder, 'none')), false);
    assert.equal(existsSync(path.join(folder, 'none')), false);
    assert.deepEqual(await storage.list('aiwb-none', never), []);
    await storage.remove('aiwb-none', never);
  },
  async 'moves files larger than it holds in memory'(storage, folder) {
    const content = randomBytes(35 * 2 ** 20 + 7);
    writeFileSync(path.join(folder, 'large'), content);
    await storage.put('aiwb-2/model.tar', { path: path.join(folder, 'large') }, never);
    assert.deepEqual(await storage.list('aiwb-2', never), [{ key: 'aiwb-2/model.tar', bytes: content.length }]);
    assert.equal(await download(storage, 'aiwb-2/model.tar', path.join(folder, 'back', 'large')), true);
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(readFileSync(path.join(folder, 'back', 'large'))), digest(content));
    assert.deepEqual(readdirSync(path.join(folder, 'back')), ['large'], 'nothing half written is left');
    await storage.remove('aiwb-2', never);
  },
  async 'lists and removes what lies below a prefix, and nothing beside it'(storage) {
    const keys = ['aiwb-1/a.txt', 'aiwb-1/in/b c+d&é.txt', 'aiwb-10/a.txt'];
    for (const key of keys) await storage.put(key, text(key), never);
    const listed = async (prefix: string) => (await storage.list(prefix, never)).map(({ key }) => key).sort();
    assert.deepEqual(await listed('aiwb-1'), keys.slice(0, 2));
    assert.deepEqual(await listed('aiwb-1/in/'), [keys[1]]);
    assert.equal(Buffer.from((await storage.read(keys[1] ?? '', never)) ?? []).toString(), keys[1]);
    await storage.remove('aiwb-1', never);
    assert.deepEqual(await listed('aiwb-1'), []);
    assert.deepEqual(await listed('aiwb-10'), ['aiwb-10/a.txt']);
    await storage.remove('aiwb-10', never);
    for (const key of ['', '../x', 'a/../../x']) await assert.rejects(storage.remove(key, never), key);
  },
  async 'gives addresses that need no credential'(storage) {
    const put = await storage.address('aiwb-3/out put.tar', 'put', 60, never);
    const get = await storage.address('aiwb-3/out put.tar', 'get', 60, never);
    if (put.url.startsWith('file:')) {
      await storage.put('aiwb-3/out put.tar', text('from the machine'), never);
      assert.equal(readFileSync(fileURLToPath(get.url), 'utf8'), 'from the machine');
    } else {
      const missing = await fetch(get.url, { headers: get.headers });
      assert.equal(missing.status, 404, await missing.text());
      const written = await fetch(put.url, { method: 'PUT', headers: put.headers, body: 'from the machine' });
      assert.ok(written.ok, `${String(written.status)} ${await written.text()}`);
      assert.equal(await (await fetch(get.url)).text(), 'from the machine');
      const other = get.url.replace('out%20put.tar', 'other.tar');
      assert.notEqual((await fetch(other)).status, 200);
    }
    assert.equal(Buffer.from((await storage.read('aiwb-3/out put.tar', never)) ?? []).toString(), 'from the machine');
    await storage.remove('aiwb-3', never);
  },
  async 'gives addresses of numbered parts, each of its own object'(storage) {
    const put = await storage.addressParts('aiwb-4/model {part}.tar', 'put', 12, 60, never);
    const get = await storage.addressParts('aiwb-4/model {part}.tar', 'get', 12, 60, never);
    const urlOf = ({ url, signatures }: PartAddresses, part: number): string =>
      url
        .replace('{part}', String(part).padStart(4, '0'))
        .replace('{signature}', signatures?.[part - 1] ?? 'there are none');
    assert.equal(put.count, 12);
    for (const part of [1, 12]) {
      const [key, content] = [partKey('aiwb-4/model {part}.tar', part), `part ${String(part)}`];
      if (put.url.startsWith('file:')) {
        mkdirSync(path.dirname(fileURLToPath(urlOf(put, part))), { recursive: true });
        writeFileSync(fileURLToPath(urlOf(put, part)), content);
      } else {
        const request = { method: 'PUT', headers: put.headers, body: content };
        const written = await fetch(urlOf(put, part), request);
        assert.ok(written.ok, `${String(written.status)} ${await written.text()}`);
        assert.equal(await (await fetch(urlOf(get, part))).text(), content);
      }
      assert.equal(Buffer.from((await storage.read(key, never)) ?? []).toString(), content);
    }
    const left = await storage.list('aiwb-4', never);
    assert.deepEqual(
      left.map(({ key }) => key).sort(),
      [1, 12].map(part => partKey('aiwb-4/model {part}.tar', part)),
    );
    await storage.remove('aiwb-4', never);
  },
  async 'is tried out before anything is paid, and left as it was'(storage) {
    const before = await storage.list('', never);
    assert.deepEqual(
      (await storage.preflight(never)).map(({ check, level }) => [check, level]),
      [['storage', 'ok']],
    );
    assert.deepEqual(await storage.list('', never), before);
  },
};
