import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AzureBlobStorage, S3Storage } from '../../../schemas/generated/files.ts';
import { startAzureServer, type AzureServer } from '../../../test/fakes/object-store-azure.ts';
import { startS3Server, type S3Server, type S3ServerOptions } from '../../../test/fakes/object-store-s3.ts';
import { xmlError } from '../../../test/fakes/object-store.ts';
import { download, storageContract } from '../../../test/fakes/storage-contract.ts';
import { storagePorts } from '../../../test/fakes/storage.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { createStorage } from './create-storage.ts';
import type { JobStorage } from './storage.ts';

const never = new AbortController().signal;
const canary = 'canary-secret-4f5e6d7c8b9a';
const hour = 3_600_000;

describe('storages of jobs', () => {
  let folder: string;
  const cleanups: (() => unknown)[] = [];
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-storage-'));
  });
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Awaits a refusal with this message, which gives no secret away. */
  async function refuses(work: Promise<unknown>, message: RegExp, code = 'storage-refused'): Promise<void> {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof WorkbenchError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, message);
      assert.ok(!`${error.message}${error.remedy ?? ''}`.includes(canary));
      return true;
    });
  }

  describe('a folder', () => {
    const open = (more: object = {}): JobStorage =>
      createStorage({ type: 'folder', path: folder, ...more }, storagePorts({}));
    for (const [name, check] of Object.entries(storageContract))
      it(name, async () => {
        const local = mkdtempSync(path.join(os.tmpdir(), 'aiwb-local-'));
        cleanups.push(() => rmSync(local, { recursive: true }));
        await check(open(), local);
      });

    it('names files as the platform sees them', async () => {
      const address = async (remotePath: string) =>
        (await open({ remotePath }).address('aiwb-1/a b.txt', 'get', 60, never)).url;
      assert.equal(await address('/shared tuning/'), 'file:///shared%20tuning/aiwb-1/a%20b.txt');
      assert.equal(await address('D:\\shared'), 'file:///D:/shared/aiwb-1/a%20b.txt');
    });

    it('does not list what is still being written', async () => {
      writeFileSync(path.join(folder, '.half.tmp'), 'x');
      assert.deepEqual(await open().list('', never), []);
    });

    it('tells a folder that is missing or cannot be written before anything is paid', async () => {
      const missing = await createStorage(
        { type: 'folder', path: path.join(folder, 'none') },
        storagePorts({}),
      ).preflight(never);
      assert.deepEqual(
        missing.map(({ level }) => level),
        ['error'],
      );
      assert.match(missing[0]?.message ?? '', /is not there/);
      if (process.getuid?.() === 0) return; // Root may write everywhere.
      chmodSync(folder, 0o500);
      assert.deepEqual(
        (await open().preflight(never)).map(({ level }) => level),
        ['error'],
      );
      chmodSync(folder, 0o700);
    });
  });

  describe('S3', () => {
    const credentials = { accessKey: 'AKIDEXAMPLE', secretKey: canary };
    const settings: S3Storage = {
      type: 's3',
      bucket: 'tuning',
      region: 'eu-central-1',
      prefix: 'team a/aiwb',
      accessKey: { env: 'KEY' },
      secretKey: { env: 'SECRET' },
    };

    async function start(more: Partial<S3ServerOptions> = {}): Promise<S3Server> {
      const server = await startS3Server({
        bucket: 'tuning',
        region: 'eu-central-1',
        ...credentials,
        page: 1,
        ...more,
      });
      cleanups.push(() => server.close());
      return server;
    }
    const open = (server: S3Server, more: Partial<S3Storage> = {}, now?: () => number): JobStorage =>
      createStorage(
        { ...settings, endpoint: server.origin, ...more },
        storagePorts({ KEY: credentials.accessKey, SECRET: canary, TOKEN: 'token/+=' }, now),
      );

    for (const [name, check] of Object.entries(storageContract))
      it(name, async () => {
        const server = await start();
        await check(open(server), folder);
        assert.deepEqual([...server.objects.keys(), ...server.uploads.keys()], []);
      });

    it('keeps below its prefix, in parts where a file is large', async () => {
      const server = await start();
      writeFileSync(path.join(folder, 'large'), Buffer.alloc(17 * 2 ** 20));
      await open(server).put('aiwb-1/x', { path: path.join(folder, 'large') }, never);
      assert.deepEqual([...server.objects.keys()], ['team a/aiwb/aiwb-1/x']);
      const sent = server.requests.map(({ method, body }) => [method, body.length]);
      assert.deepEqual(sent.slice(1, 3), [
        ['PUT', 16 * 2 ** 20],
        ['PUT', 2 ** 20],
      ]);
    });

    it('signs with temporary credentials, also addresses', async () => {
      const server = await start({ sessionToken: 'token/+=' });
      const storage = open(server, { sessionToken: { env: 'TOKEN' } });
      await storage.put('aiwb-1/x', new Uint8Array([1]), never);
      const { url } = await storage.address('aiwb-1/x', 'get', 60, never);
      assert.equal((await fetch(url)).status, 200);
      await refuses(open(server).read('aiwb-1/x', never), /session token for the bucket tuning has expired/);
    });

    it('gives addresses that end', async () => {
      let now = Date.now();
      const server = await start({ now: () => now });
      const { url } = await open(server).address('aiwb-1/x', 'put', 60, never);
      assert.equal((await fetch(url, { method: 'PUT', body: 'x' })).status, 200);
      assert.equal((await fetch(url)).status, 403, 'an address for writing does not read');
      now += 61_000;
      assert.equal((await fetch(url, { method: 'PUT', body: 'y' })).status, 403);
      await refuses(open(server).address('aiwb-1/x', 'put', 604_801, never), /at most 7 days/);
    });

    it('tells a wrong region, a wrong clock, wrong keys and a missing bucket', async () => {
      const server = await start();
      await refuses(open(server, { region: 'us-east-1' }).read('x', never), /is in eu-central-1, not in us-east-1/);
      await refuses(open(server, {}, () => Date.now() - hour).read('x', never), /clock is 60 minutes off/);
      await refuses(open(server, { bucket: 'other' }).read('x', never), /There is no bucket other/);
      const storage = createStorage(
        { ...settings, endpoint: server.origin },
        storagePorts({ KEY: 'AKIDEXAMPLE', SECRET: `${canary}x` }),
      );
      await refuses(storage.list('', never), /secret key for the bucket tuning is not the access key’s/);
      const [finding] = await storage.preflight(never);
      assert.equal(finding?.level, 'error');
      server.faults.push({ respond: xmlError(301, 'PermanentRedirect', `Not here, ${canary}`) });
      await refuses(open(server).read('x', never), /redirects/);
    });

    it('tries again after failures that pass, and makes nothing twice', async () => {
      const server = await start();
      const storage = open(server);
      server.faults.push(
        { respond: xmlError(503, 'SlowDown', 'Slow down.') },
        { respond: xmlError(500, 'InternalError', 'Again.') },
        { method: 'PUT', lose: true },
      );
      await storage.put('aiwb-1/x', new TextEncoder().encode('content'), never);
      server.faults.push({ method: 'GET', path: /aiwb-1/, cutAfter: 3 });
      assert.equal(Buffer.from((await storage.read('aiwb-1/x', never)) ?? []).toString(), 'content');
      assert.deepEqual([...server.objects.keys()], ['team a/aiwb/aiwb-1/x']);
    });

    it('goes on with a download where its connection broke, and refuses one that was replaced', async () => {
      const server = await start();
      const storage = open(server);
      const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => `line ${String(index)}`).join('\n'));
      await storage.put('aiwb-1/x', content, never);
      server.faults.push({ method: 'GET', cutAfter: 100 }, { method: 'GET', cutAfter: 2000 });
      const target = path.join(folder, 'x');
      assert.equal(await download(storage, 'aiwb-1/x', target), true);
      assert.deepEqual(readFileSync(target), content);
      const ranges = server.requests.slice(-2).map(({ headers }) => headers.range);
      assert.deepEqual(ranges, ['bytes=100-', 'bytes=2100-']);

      // It has another ETag now, or the service ignores what part was asked for.
      for (const respond of [xmlError(412, 'PreconditionFailed', 'Replaced.'), { status: 200, body: content }]) {
        server.faults.push({ method: 'GET', cutAfter: 100 }, { method: 'GET', respond });
        await refuses(download(storage, 'aiwb-1/x', target), /was replaced while it was read/, 'storage-unreachable');
      }
      assert.deepEqual(readFileSync(target), content, 'what was there is left alone');
    });

    it('removes the parts of an upload that fails, and of one that nobody completed', async () => {
      const server = await start();
      const storage = open(server);
      writeFileSync(path.join(folder, 'large'), Buffer.alloc(17 * 2 ** 20));
      server.faults.push({ method: 'PUT', path: /partNumber=2/, respond: xmlError(403, 'AccessDenied', 'No.') });
      await refuses(storage.put('aiwb-1/x', { path: path.join(folder, 'large') }, never), /may not do this/);
      assert.equal(server.uploads.size, 0);

      server.uploads.set('left', { key: 'team a/aiwb/aiwb-1/y', parts: new Map() });
      server.uploads.set('else', { key: 'team a/aiwb/aiwb-2/y', parts: new Map() });
      await storage.remove('aiwb-1', never);
      assert.deepEqual([...server.uploads.keys()], ['else']);
    });

    it('takes an upload as put together whose answer was lost', async () => {
      const server = await start();
      writeFileSync(path.join(folder, 'large'), Buffer.alloc(17 * 2 ** 20, 7));
      server.faults.push({ method: 'POST', path: /uploadId=/, lose: true });
      await open(server).put('aiwb-1/x', { path: path.join(folder, 'large') }, never);
      assert.equal(server.objects.get('team a/aiwb/aiwb-1/x')?.length, 17 * 2 ** 20);
    });

    it('tells a service that cannot be reached', async () => {
      const server = await start();
      await server.close();
      await refuses(open(server).read('x', never), /cannot be reached/, 'storage-unreachable');
    });

    it('asks Amazon by the bucket’s own host, but for buckets with dots', async () => {
      const url = async (bucket: string) => {
        const storage = createStorage({ ...settings, bucket }, storagePorts({ KEY: 'A', SECRET: canary }));
        return (await storage.address('k', 'get', 60, never)).url.split('?')[0];
      };
      assert.equal(await url('tuning'), 'https://tuning.s3.eu-central-1.amazonaws.com/team%20a/aiwb/k');
      assert.equal(await url('my.tuning'), 'https://s3.eu-central-1.amazonaws.com/my.tuning/team%20a/aiwb/k');
    });
  });

  describe('Azure Blob Storage', () => {
    async function start(): Promise<AzureServer> {
      const server = await startAzureServer({ container: 'tuning', page: 1 });
      cleanups.push(() => server.close());
      return server;
    }
    const open = (
      server: AzureServer,
      sas = server.sas('rcwdl', Date.now() + 24 * hour),
      more: Partial<AzureBlobStorage> = {},
    ) =>
      createStorage(
        { type: 'azure-blob', container: `${server.origin}/tuning`, prefix: 'team a', sas: { env: 'SAS' }, ...more },
        storagePorts({ SAS: sas }),
      );

    for (const [name, check] of Object.entries(storageContract))
      it(name, async () => {
        const server = await start();
        await check(open(server), folder);
        assert.deepEqual([...server.objects.keys()], []);
      });

    it('takes a signature with its question mark, and puts large files in blocks', async () => {
      const server = await start();
      writeFileSync(path.join(folder, 'large'), Buffer.alloc(17 * 2 ** 20, 7));
      const storage = open(server, `?${server.sas('rcwdl', Date.now() + hour)}`);
      await storage.put('aiwb-1/x', { path: path.join(folder, 'large') }, never);
      assert.deepEqual(server.objects.get('team a/aiwb-1/x'), Buffer.alloc(17 * 2 ** 20, 7));
      assert.equal(server.blocks.size, 0);
    });

    it('gives no address that ends before the machine must', async () => {
      const server = await start();
      const storage = open(server, server.sas('rcwdl', Date.now() + hour));
      await storage.address('x', 'put', 1800, never);
      await refuses(storage.address('x', 'put', 7200, never), /ends at .*, before the machine must/);
    });

    it('tells a signature that has ended, lacks a permission, is for elsewhere or is none, and never shows it', async () => {
      const server = await start();
      const until = Date.now() + hour;
      await refuses(open(server, server.sas('rcwdl', Date.now() - hour)).read('x', never), /is not accepted/);
      await refuses(open(server, server.sas('r', until)).list('', never), /may not do this/);
      const elsewhere = { container: `${server.origin}/other` };
      await refuses(
        open(server, server.sas('rcwdl', until), elsewhere).read('x', never),
        /no such container|not accepted/,
      );
      await refuses(open(server, canary).read('x', never), /it has no `sig`/, 'secret-missing');
      server.faults.push({ respond: xmlError(400, 'InvalidUri', `Bad ?sig=${canary}`) });
      await refuses(open(server, `se=2099-01-01&sig=${canary}`).read('x', never), /\[hidden\]/);
      const [finding] = await open(server, server.sas('rwl', until)).preflight(never);
      assert.equal(finding?.level, 'error', 'it could not remove what it had tried');
    });
  });
});
