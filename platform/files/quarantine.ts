import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, opendir, readFile, rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createInflateRaw } from 'node:zlib';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { FoundEntry, GrowingFile, Quarantine, WorkClaim } from '../../engine/ports/quarantine.ts';
import type { LeaseOwner } from '../../engine/ports/store.ts';
import { isAlive } from '../host/alive.ts';
import { describeReadFailure, describeWriteFailure, systemCode } from './failures.ts';

const chunkBytes = 256 * 1024;
/** Windows has no such flag. */
const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
/** Milliseconds after which a claim of another machine that nobody renewed is over. */
const claimLife = 60_000;
const renewEvery = 10_000;

/** Quarantine on the local disk. */
export function createQuarantine(): Quarantine {
  return {
    walk: (folder, signal) => walk(folder, '', signal),
    openAppend,
    async remove(target) {
      try {
        await rm(target, { recursive: true, force: true, maxRetries: 5 });
      } catch (error) {
        throw describeWriteFailure(error, target);
      }
    },
    async move(from, to) {
      try {
        await mkdir(path.dirname(to), { recursive: true });
        await rename(from, to);
      } catch (error) {
        throw describeWriteFailure(error, to);
      }
    },
    async link(from, to) {
      try {
        await mkdir(path.dirname(to), { recursive: true });
        await rm(to, { force: true });
        // Some file systems have no second names, and none has them across disks.
        await link(from, to).catch(() => copyFile(from, to));
      } catch (error) {
        throw describeWriteFailure(error, to);
      }
    },
    gunzip: packed => decompress(packed, createGunzip({ chunkSize: chunkBytes })),
    inflate: packed => decompress(packed, createInflateRaw({ chunkSize: chunkBytes })),
    claim,
  };
}

async function* walk(folder: string, prefix: string, signal: AbortSignal): AsyncIterable<FoundEntry> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(path.join(folder, prefix))) {
      signal.throwIfAborted();
      names.push(name);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw describeReadFailure(error, path.join(folder, prefix));
  }
  for (const name of names.sort()) {
    signal.throwIfAborted();
    const inside = prefix === '' ? name : `${prefix}/${name}`;
    const facts = await lstat(path.join(folder, inside)).catch((error: unknown) => {
      throw describeReadFailure(error, path.join(folder, inside));
    });
    const kind = facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : facts.isSymbolicLink() ? 'link' : 'other';
    yield { path: inside, kind, size: facts.size, executable: kind === 'file' && (facts.mode & 0o111) !== 0 };
    if (kind === 'folder') yield* walk(folder, inside, signal);
  }
}

async function openAppend(file: string, from: number): Promise<GrowingFile> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    // What comes in is never executable, and a link that somebody laid there is not followed.
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT | noFollow, 0o600);
    await handle.truncate(from);
    let size = from;
    return {
      get size() {
        return size;
      },
      async write(chunk) {
        try {
          let done = 0;
          while (done < chunk.byteLength) {
            const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done, size);
            done += bytesWritten;
            size += bytesWritten;
          }
        } catch (error) {
          throw describeWriteFailure(error, file);
        }
      },
      async close() {
        try {
          await handle.sync();
        } catch (error) {
          throw describeWriteFailure(error, file);
        } finally {
          await handle.close();
        }
      },
    };
  } catch (error) {
    throw describeWriteFailure(error, file);
  }
}

async function* decompress(packed: AsyncIterable<Uint8Array>, inflated: Transform): AsyncIterable<Uint8Array> {
  // A failure of the source is kept: what reaches the loop below would else be called a fault of the archive.
  let sourceFailed: Error | undefined;
  const source = Readable.from(
    (async function* () {
      try {
        yield* packed;
      } catch (error) {
        sourceFailed = error instanceof Error ? error : new Error(String(error));
        throw error;
      }
    })(),
    { objectMode: true },
  );
  pipeline(source, inflated, () => undefined);
  try {
    for await (const chunk of inflated) yield chunk as Uint8Array;
  } catch (error) {
    if (sourceFailed !== undefined) throw sourceFailed;
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkbenchError('file-unreadable', `A packed part cannot be unpacked: ${reason}.`, {
      remedy: 'The file may be damaged or cut off: fetch it again.',
      cause: error,
    });
  } finally {
    inflated.destroy();
  }
}

interface Held extends LeaseOwner {
  readonly token: string;
}

const claimName = 'claim.json';

async function claim(folder: string, owner: LeaseOwner): Promise<WorkClaim> {
  const file = path.join(folder, claimName);
  const token = randomUUID();
  await mkdir(folder, { recursive: true });
  for (let attempt = 0; ; attempt++) {
    if (await writeNew(file, JSON.stringify({ ...owner, token }))) break;
    if (attempt > 5 || !(await removeStale(file, owner))) throw isWorkedOn(folder, await readHeld(file));
  }
  const renewing = setInterval(() => {
    const now = new Date();
    // Where the file is gone, `require` says so.
    utimes(file, now, now).catch(() => undefined);
  }, renewEvery);
  renewing.unref();
  return {
    async require() {
      if ((await readHeld(file))?.token === token) return;
      throw new WorkbenchError('run-lease-lost', `Another process has taken over ${path.basename(folder)}.`, {
        remedy: 'Follow it with `aiwb registry ingestions`.',
      });
    },
    async release() {
      clearInterval(renewing);
      if ((await readHeld(file))?.token === token) await rm(file, { force: true });
    },
  };
}

async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw describeWriteFailure(error, file);
  }
}

/** Takes a claim away whose holder is gone. By renaming, so that of several who try only one does. */
async function removeStale(file: string, me: LeaseOwner): Promise<boolean> {
  const held = await readHeld(file);
  const facts = await lstat(file).catch(() => undefined);
  if (facts === undefined) return true;
  const isOld = Date.now() - facts.mtimeMs > claimLife;
  const isHere = held !== undefined && held.host === me.host;
  const isGone = isHere && (held.bootId !== me.bootId || !isAlive(held.pid));
  // A claim without a holder is one that is being written, or whose writer was killed.
  if (!(isGone || (!isHere && isOld))) return false;
  const aside = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    await rename(file, aside);
  } catch (error) {
    return systemCode(error) === 'ENOENT';
  }
  await rm(aside, { force: true });
  return true;
}

async function readHeld(file: string): Promise<Held | undefined> {
  try {
    const held = JSON.parse(await readFile(file, 'utf8')) as Partial<Held> | null;
    const { token, host, bootId, pid } = held ?? {};
    if (token === undefined || host === undefined || bootId === undefined || pid === undefined) return undefined;
    return { token, host, bootId, pid };
  } catch {
    // Gone, or half written: nobody who can be named holds it.
    return undefined;
  }
}

function isWorkedOn(folder: string, held: Held | undefined): WorkbenchError {
  const who = held === undefined ? 'another process' : `process ${String(held.pid)} on ${held.host}`;
  return new WorkbenchError('run-active', `The ingestion ${path.basename(folder)} is being worked on by ${who}.`, {
    remedy: 'Wait for it to end, or stop it first.',
  });
}
