import type { FolderStorage } from '../../../schemas/generated/files.ts';
import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { folderOf, partUrl, requireKey } from './keys.ts';
import type { StoragePorts } from './ports.ts';
import type { JobStorage, StoredObject } from './storage.ts';

/** Bytes of an object that are read into memory at most. */
export const mostRead = 256 * 2 ** 20;

/** A folder that this machine and the platform both see. Objects are replaced whole, so nobody reads half of one. */
export function createFolderStorage(settings: FolderStorage, { files, quarantine, random }: StoragePorts): JobStorage {
  const root = settings.path;
  const pathOf = (key: string) => files.resolve(root, requireKey(key));

  const urlOf = (key: string) => fileUrl(settings.remotePath ?? root, requireKey(key));

  /** An object's size; undefined where there is none. */
  async function sizeOf(key: string): Promise<number | undefined> {
    const facts = await files.facts(pathOf(key));
    return facts?.kind === 'file' ? facts.size : undefined;
  }

  async function* listBelow(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject> {
    const below = folderOf(prefix);
    const folder = below === '' ? root : pathOf(below.slice(0, -1));
    if ((await files.facts(folder))?.kind !== 'folder') return;
    for await (const { path, kind, size } of quarantine.walk(folder, signal)) {
      // What is being written has a hidden name until it is whole.
      const isHidden = path.slice(path.lastIndexOf('/') + 1).startsWith('.');
      if (kind === 'file' && !isHidden) yield { key: below + path, bytes: size };
    }
  }

  return {
    preflight: signal => tryOut(root, { files, quarantine, random }, signal),
    async put(key, content, signal) {
      signal.throwIfAborted();
      const pieces = content instanceof Uint8Array ? once(content) : files.stream(content.path, signal);
      await files.writePieces(pathOf(key), pieces);
    },
    async read(key, signal, from = 0) {
      signal.throwIfAborted();
      const size = await sizeOf(key);
      if (size === undefined) return undefined;
      if (size - from > mostRead) throw tooLarge(key, size);
      return files.readRange(pathOf(key), from, size, signal);
    },
    async stream(key, signal) {
      return (await sizeOf(key)) === undefined ? undefined : files.stream(pathOf(key), signal);
    },
    async list(prefix, signal) {
      const found: StoredObject[] = [];
      for await (const object of listBelow(prefix, signal)) found.push(object);
      return found;
    },
    unfinished: () => Promise.resolve([]),
    async remove(prefix, signal) {
      signal.throwIfAborted();
      await quarantine.remove(pathOf(folderOf(prefix).slice(0, -1)));
    },
    address: key => Promise.resolve({ url: urlOf(key), headers: {} }),
    addressParts: (key, _use, count) => Promise.resolve({ url: partUrl(urlOf(key)), headers: {}, count }),
  };
}

/** The `file:` address of a key below a folder, also of one written as Windows does. */
function fileUrl(folder: string, key: string): string {
  const path = `${folder.replaceAll('\\', '/').replace(/\/+$/, '')}/${key}`;
  const names = path
    .split('/')
    .map((name, index) => (index === 0 && /^[A-Za-z]:$/.test(name) ? name : encodeURIComponent(name)));
  return `file://${path.startsWith('/') ? '' : '/'}${names.join('/')}`;
}

async function tryOut(
  root: string,
  { files, quarantine, random }: Pick<StoragePorts, 'files' | 'quarantine' | 'random'>,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  signal.throwIfAborted();
  try {
    if ((await files.facts(root))?.kind !== 'folder') {
      const remedy = 'Make it, or mount it, so that this machine and the platform both see it.';
      return [{ check: 'storage', level: 'error', message: `The folder ${root} is not there.`, remedy }];
    }
    const probe = files.resolve(root, `aiwb-probe-${String(Math.floor(random() * 1e9))}`);
    await files.writeText(probe, 'probe');
    await quarantine.remove(probe);
    return [{ check: 'storage', level: 'ok', message: `The folder ${root} can be written.` }];
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    const { message, remedy } = error;
    return [{ check: 'storage', level: 'error', message, ...(remedy === undefined ? {} : { remedy }) }];
  }
}

async function* once(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}

/** What is thrown where an object that is read into memory is larger than anything honest. */
export function tooLarge(key: string, bytes: number): WorkbenchError {
  return new WorkbenchError(
    'storage-refused',
    `${key} in the storage has ${String(bytes)} bytes; at most ${String(mostRead)} are read.`,
    {
      remedy: 'See what wrote it: a job’s events and answers are far smaller.',
    },
  );
}
