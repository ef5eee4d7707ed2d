import type { PreflightFinding } from '../../../schemas/generated/messages.ts';

/** An address a machine may use by itself, without any credential of ours. As secret as a key. */
export interface StorageAddress {
  /** `https:`, `http:` or `file:`. */
  readonly url: string;
  /** Headers a `PUT` there must carry. */
  readonly headers: Readonly<Record<string, string>>;
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
  /** Writes the object into a file; false where there is none. */
  download(key: string, path: string, signal: AbortSignal): Promise<boolean>;
  list(prefix: string, signal: AbortSignal): Promise<readonly StoredObject[]>;
  /** Removes everything below a prefix. */
  remove(prefix: string, signal: AbortSignal): Promise<void>;
  /** For so many seconds. */
  address(key: string, use: 'get' | 'put', seconds: number, signal: AbortSignal): Promise<StorageAddress>;
}
