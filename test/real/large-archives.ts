import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import path from 'node:path';
import assert from 'node:assert/strict';
import { trainerFolder } from '../../cli/composition.ts';
import type { TrainerSync } from '../../schemas/generated/messages.ts';
import { keysOf } from '../../engine/tuning/machines/job-desk.ts';
import { openArchive } from '../../engine/tuning/machines/stored-archive.ts';
import { addressMachine } from '../../engine/tuning/machines/sync.ts';
import type { JobStorage } from '../../engine/tuning/storage/storage.ts';
import { unpackTrained } from '../../engine/tuning/trainer/pack.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createQuarantine } from '../../platform/files/quarantine.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { makeBundle } from '../fakes/machines.ts';
import type { Checks } from './main.ts';

const { signal } = new AbortController();
const mebibyte = 2 ** 20;
const partBytes = { usual: 5 * mebibyte, most: 8 * mebibyte };
const bundle = makeBundle();
const keys = keysOf(bundle);

/** What a proxy does once, to the next request whose first line matches. */
interface Fault {
  readonly line: RegExp;
  /** Breaks the connection after so many bytes of the request, or of what is answered. */
  readonly cutRequest?: number;
  readonly cutAnswer?: number;
  /** Waits before it passes the request on. */
  readonly hold?: () => Promise<void>;
}

export interface Proxy {
  readonly url: string;
  readonly faults: Fault[];
  close(): void;
}

/** Passes bytes on to a server of this machine, with faults. */
export async function startProxy(port: number): Promise<Proxy> {
  const faults: Fault[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer(client => {
    const upstream = connect(port, '127.0.0.1');
    let left = { request: Infinity, answer: Infinity };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    const pass = (to: Socket, chunk: Buffer, which: 'request' | 'answer'): void => {
      to.write(chunk.subarray(0, Math.min(chunk.length, left[which])));
      left[which] -= chunk.length;
      if (left[which] <= 0) to.end(() => client.destroy());
    };
    client.on('data', (chunk: Buffer) => {
      const line = chunk.toString('latin1', 0, 400).split('\r\n')[0] ?? '';
      const at = faults.findIndex(fault => fault.line.test(line));
      const fault = at < 0 ? undefined : faults.splice(at, 1)[0];
      if (fault !== undefined) left = { request: fault.cutRequest ?? Infinity, answer: fault.cutAnswer ?? Infinity };
      if (fault?.hold === undefined) {
        pass(upstream, chunk, 'request');
        return;
      }
      client.pause();
      void fault.hold().then(() => {
        pass(upstream, chunk, 'request');
        client.resume();
      });
    });
    upstream.on('data', (chunk: Buffer) => pass(client, chunk, 'answer'));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    faults,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Machine {
  readonly status: number | null;
  readonly printed: string;
  readonly errors: string;
}

interface Setting {
  readonly name: string;
  readonly storage: JobStorage;
  /** Of a Python that is new enough for the trainer. */
  readonly python: string;
  readonly folder: string;
  /** What stands between, and addresses that end in so many seconds; a folder has neither. */
  readonly remote?: { readonly proxy: Proxy; readonly endingSoon: (seconds: number) => JobStorage };
}

/** Thirty mebibytes in parts of five, by the trainer's own code and the workbench's, through faults. */
export async function checkLargeArchives(setting: Setting, check: Checks['check']): Promise<void> {
  const { name, storage, remote } = setting;
  const { sync } = await addressMachine(storage, bundle, 3600, signal, partBytes);
  const contents = [1, 2].map(() => makeFolder(setting.folder));
  const [first = '', second = ''] = contents;

  await check(`${name} takes a model of 30 MiB in parts and gives it back, whatever breaks`, async () => {
    remote?.proxy.faults.push(
      { line: /^PUT .*model\.tar\.0003/, cutRequest: 2 * mebibyte },
      { line: /^PUT .*model\.tar\.0003/, cutAnswer: 1 },
      { line: /^GET .*model\.tar\.0002/, cutAnswer: 3 * mebibyte },
      { line: /^GET .*model\.tar\.0005/, cutAnswer: 100 },
    );
    await succeed(runMachine(setting, sync, ['put', 'model', '0', first]));
    const listed = (await storage.list(keys.made, signal)).filter(({ key }) => /\.\d{4}$/.test(key));
    assert.deepEqual(
      listed.map(({ bytes }) => Math.ceil(bytes / mebibyte)),
      [5, 5, 5, 5, 5, 5, 1],
    );
    const target = mkdtempSync(path.join(setting.folder, 'fetched-'));
    await fetchModel(storage, target);
    assert.deepEqual(contentOf(target), contentOf(first));
    assert.deepEqual(remote?.proxy.faults ?? [], [], 'each fault has happened');
  });

  await check(`${name} keeps the state before, where a machine is killed before the next is whole`, async () => {
    await succeed(runMachine(setting, sync, ['put', 'state', '0', first]));
    if (remote === undefined) {
      // All parts but no index, as a machine leaves it that is killed between the two.
      await fillSlot(setting, sync, second);
    } else {
      const kill = new AbortController();
      const ended = runMachine(setting, sync, ['put', 'state', '1', second], kill.signal);
      const hold = async (): Promise<void> => {
        kill.abort();
        await ended;
      };
      remote.proxy.faults.push({ line: /^PUT .*state\.json/, hold });
      assert.equal((await ended).status, null);
    }
    assert.ok((await storage.list(bundle.output, signal)).some(({ key }) => key.includes('state-b.tar.0007')));
    assert.deepEqual(await readState(setting, sync), ['0', contentOf(first)]);
    remote?.proxy.faults.push({ line: /^GET .*state-b\.tar\.0004/, cutAnswer: mebibyte });
    await succeed(runMachine(setting, sync, ['put', 'state', '1', second]));
    assert.deepEqual(await readState(setting, sync), ['1', contentOf(second)]);
  });

  if (remote !== undefined)
    await check(`${name} keeps the state before, where addresses end midway`, async () => {
      const seconds = 10;
      const until = Date.now() + (seconds + 2) * 1000;
      const [key = ''] = keys.stateSlots;
      const soon = await remote.endingSoon(seconds).addressParts(key, 'put', 64, seconds - 2, signal);
      const slots = sync.put.state.slots.with(0, { ...soon, signatures: [...(soon.signatures ?? [])] });
      if (soon.signatures === undefined) delete slots[0]?.signatures;
      const ending = { ...sync, put: { ...sync.put, state: { ...sync.put.state, slots } } };
      const hold = () => new Promise<void>(resolve => setTimeout(resolve, Math.max(0, until - Date.now())));
      remote.proxy.faults.push({ line: /^PUT .*state-a\.tar\.0004/, hold });
      const { status, errors } = await runMachine(setting, ending, ['put', 'state', '0', first]);
      assert.equal(status, 1);
      assert.match(errors, /state-a\.tar\.0004: HTTP 403/);
      assert.doesNotMatch(errors, /sig=|X-Amz-Signature/i);
      assert.deepEqual(await readState(setting, sync), ['1', contentOf(second)]);
    });

  await check(`${name} has nothing of it left when the job is over`, async () => {
    await storage.remove(keys.prefix, signal);
    assert.deepEqual(await storage.list(keys.prefix, signal), []);
  });
}

function makeFolder(parent: string): string {
  const folder = mkdtempSync(path.join(parent, 'made-'));
  mkdirSync(path.join(folder, 'checkpoints'));
  writeFileSync(path.join(folder, 'checkpoints', 'model.safetensors'), randomBytes(30 * mebibyte));
  writeFileSync(path.join(folder, 'progress.json'), '{}');
  return folder;
}

function contentOf(folder: string): Record<string, string> {
  const digest = createDigest();
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  const paths = found.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
  return Object.fromEntries(paths.map(file => [path.relative(folder, file), digest.sha256(readFileSync(file))]));
}

async function fetchModel(storage: JobStorage, target: string): Promise<void> {
  const pieces = await openArchive(storage, keys.model, keys.modelSlots, createDigest(), signal);
  if (pieces === undefined) assert.fail('There is no model.');
  await unpackTrained(pieces, target, { files: createFiles(), quarantine: createQuarantine() }, signal);
}

async function readState(setting: Setting, sync: TrainerSync): Promise<[string, Record<string, string>]> {
  const target = mkdtempSync(path.join(setting.folder, 'state-'));
  const { printed } = await succeed(runMachine(setting, sync, ['get', target]));
  return [printed.trim(), contentOf(target)];
}

/** Stores into the second slot, and puts the index back that was there. */
async function fillSlot(setting: Setting, sync: TrainerSync, content: string): Promise<void> {
  const index = (await setting.storage.read(keys.state, signal)) ?? assert.fail();
  await succeed(runMachine(setting, sync, ['put', 'state', '1', content]));
  await setting.storage.put(keys.state, index, signal);
}

async function succeed(machine: Promise<Machine>): Promise<Machine> {
  const ended = await machine;
  assert.equal(ended.status, 0, ended.errors);
  return ended;
}

async function runMachine(
  { python }: Setting,
  sync: TrainerSync,
  args: readonly string[],
  kill?: AbortSignal,
): Promise<Machine> {
  const script = path.join(import.meta.dirname, 'large_archives.py');
  const env = { ...process.env, PYTHONPATH: trainerFolder, AIWB_SYNC: JSON.stringify(sync) };
  const child = spawn(python, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  kill?.addEventListener('abort', () => child.kill('SIGKILL'));
  let [printed, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, printed, errors };
}
