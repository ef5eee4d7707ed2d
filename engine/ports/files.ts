export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/**
 * Files as the engine sees them. Paths are absolute, in the host's own notation. Failures are WorkbenchErrors:
 * `file-not-found`, `file-unreadable`, `file-unwritable`, `store-full` for a full disk.
 */
export interface Files {
  /** Whole text as UTF-8; a byte order mark is removed. Refuses files over `limit` bytes (default 16 MiB) with `file-too-large`. */
  readText(path: string, signal: AbortSignal, limit?: number): Promise<string>;
  /** The file's bytes in order, a chunk at a time. */
  stream(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /**
   * The bytes a gzip file holds, in order, a chunk at a time: as many as come, so the caller bounds them. Throws `file-unreadable` for
   * what is no gzip or ends too early.
   */
  streamGzip(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** The bytes from `start` up to `end`, in memory of their own; fewer where the file ends before. */
  readRange(path: string, start: number, end: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Absolute path with every link on the way followed. Absent when nothing is there. */
  realPath(path: string): Promise<string | undefined>;
  /** Absent when nothing is there. */
  facts(path: string): Promise<FileFacts | undefined>;
  /**
   * Absolute paths of the files under a folder whose names end in one of `endings`, sorted; hidden folders, `node_modules` and links
   * are left out. Stops at `limit` files (default 2,000).
   */
  find(folder: string, endings: readonly string[], signal: AbortSignal, limit?: number): Promise<readonly string[]>;
  /** Replaces the file atomically: readers see the old text or the new, never half. Creates parent folders. */
  writeText(path: string, text: string): Promise<void>;
  /** The same for a content too large to hold: the pieces, text or bytes, are written as they come. */
  writePieces(path: string, pieces: AsyncIterable<string | Uint8Array>): Promise<void>;
  /** Absolute path of `relative` seen from the folder `base`; an absolute `relative` is returned as it is. */
  resolve(base: string, relative: string): string;
  /** Path of `path` seen from `base`, with forward slashes. */
  relative(base: string, path: string): string;
  /** The folder a path lies in. */
  parent(path: string): string;
}
