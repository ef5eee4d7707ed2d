import { encodeAws } from '../../ingest/sources/sigv4.ts';
import type { StorageClient } from './client.ts';
import { mostRead } from './folder.ts';
import { folderOf, joinKey, requireKey } from './keys.ts';
import { partsOf, type Part } from './parts.ts';
import type { StoragePorts } from './ports.ts';
import { tryOutStorage } from './preflight.ts';
import { readRest } from './read-rest.ts';
import type { JobStorage, StoredObject } from './storage.ts';

const deletesAtOnce = 8;

export interface Upload {
  /** The object's whole key, prefix included. */
  readonly key: string;
  /** Removes its parts. */
  abort(): Promise<unknown>;
}

/** What one object store's protocol does its own way. */
export interface ObjectStore {
  /** For messages: `the bucket tuning`. */
  readonly name: string;
  /** Address of the bucket or container, without a slash at its end. */
  readonly baseUrl: string;
  /** Folder in it. */
  readonly prefix: string;
  readonly client: StorageClient;
  putWhole(key: string, body: Uint8Array, signal: AbortSignal): Promise<void>;
  putParts(key: string, parts: AsyncIterable<Part>, signal: AbortSignal): Promise<void>;
  /** Objects whose whole keys, prefix included, begin with `start`. */
  list(start: string, signal: AbortSignal): Promise<readonly StoredObject[]>;
  /** Uploads that were begun and never completed, of objects whose whole keys begin with `start`. */
  listUploads?(start: string, signal: AbortSignal): Promise<readonly Upload[]>;
  readonly address: JobStorage['address'];
  readonly addressParts: JobStorage['addressParts'];
}

/** Address of an object by its key below the prefix. */
export function objectUrl(
  { baseUrl, prefix }: Pick<ObjectStore, 'baseUrl' | 'prefix'>,
  key: string,
  query = '',
): string {
  return `${baseUrl}/${encodeAws(joinKey(prefix, requireKey(key)), true)}${query === '' ? '' : `?${query}`}`;
}

/** A job's storage in an object store. */
export function createObjectStorage(store: ObjectStore, ports: StoragePorts): JobStorage {
  const { client, prefix } = store;
  const storage: JobStorage = {
    preflight: signal => tryOutStorage(store.name, storage, ports, signal),
    async put(key, content, signal) {
      if (content instanceof Uint8Array) return store.putWhole(key, content, signal);
      const { whole, parts } = await partsOf(content.path, ports.files, signal);
      return whole === undefined ? store.putParts(key, parts, signal) : store.putWhole(key, whole, signal);
    },
    read: (key, signal, from = 0) => readRest(client, objectUrl(store, key), from, mostRead, signal),
    stream: (key, signal) => client.open(objectUrl(store, key), signal),
    async list(below, signal) {
      const own = folderOf(prefix);
      const objects = await store.list(own + folderOf(below), signal);
      return objects.map(({ key, bytes }) => ({ key: key.slice(own.length), bytes }));
    },
    async unfinished(below, signal) {
      const own = folderOf(prefix);
      const uploads = (await store.listUploads?.(own + folderOf(below), signal)) ?? [];
      return uploads.map(({ key }) => key.slice(own.length));
    },
    async remove(below, signal) {
      const start = folderOf(prefix) + folderOf(requireKey(joinKey(below)));
      const keys = (await store.list(start, signal)).map(({ key }) => key);
      const removeOne = (key: string) =>
        client.send({ method: 'DELETE', url: `${store.baseUrl}/${encodeAws(key, true)}` }, signal, [404]);
      for (let at = 0; at < keys.length; at += deletesAtOnce)
        await Promise.all(keys.slice(at, at + deletesAtOnce).map(removeOne));
      for (const upload of (await store.listUploads?.(start, signal)) ?? []) await upload.abort();
    },
    address: (key, use, seconds, signal) => store.address(key, use, seconds, signal),
    addressParts: (key, use, count, seconds, signal) => store.addressParts(key, use, count, seconds, signal),
  };
  return storage;
}
