import type { PreflightFinding } from '../../../schemas/generated/messages.ts';

/** An address a machine may use by itself, without any credential of ours. As secret as a key. */
export interface StorageAddress {
  /** `https:`, `http:` or `file:`. */
  readonly url: string;
  /** Headers a `PUT` there must carry. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Addresses of an object's numbered parts (`partKey`), in as few words as can be: a machine is given them in an environment variable. */
export interface PartAddresses {
  /** With `{part}` where the number goes: four digits, from 0001. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly count: number;
  /** What replaces `{signature}` in the parts' addresses, where each has its own. */
  readonly signatures?: readonly string[];
}

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Where a job's data goes to a platform and what it made comes back. Keys are relative, with forward slashes. Throws WorkbenchErrors:
 * `storage-unreachable`, `storage-refused`.
 */
export interface JobStorage {
  preflight(signal: AbortSignal): Promise<readonly PreflightFinding[]>;
  put(key: string, content: Uint8Array | { readonly path: string }, signal: AbortSignal): Promise<void>;
  /** Undefined where there is none. `from` skips so many bytes, for files that grow. */
  read(key: string, signal: AbortSignal, from?: number): Promise<Uint8Array | undefined>;
  /** An object of any size as it comes; where a connection breaks, the next one goes on from there. Undefined where there is none. */
  stream(key: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  list(prefix: string, signal: AbortSignal): Promise<readonly StoredObject[]>;
  /** Keys of uploads that were begun and never completed: they cost money, and no listing of objects shows them. */
  unfinished(prefix: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Removes everything below a prefix, such uploads among it. */
  remove(prefix: string, signal: AbortSignal): Promise<void>;
  /** For so many seconds. */
  address(key: string, use: 'get' | 'put', seconds: number, signal: AbortSignal): Promise<StorageAddress>;
  addressParts(
    key: string,
    use: 'get' | 'put',
    count: number,
    seconds: number,
    signal: AbortSignal,
  ): Promise<PartAddresses>;
}
