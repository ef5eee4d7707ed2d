import type { LeaseOwner } from './store.ts';

/** One thing below a folder, as it lies there: links are told and never followed. */
export interface FoundEntry {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Whether the file may be executed, where the system knows that. */
  readonly executable: boolean;
}

/** A file that grows at its end. */
export interface GrowingFile {
  /** Bytes that are there. */
  readonly size: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Makes durable what was written, and closes the file. */
  close(): Promise<void>;
}

/** The right to work on one ingestion. */
export interface WorkClaim {
  /** Throws `run-lease-lost` where another process took over. */
  require(): Promise<void>;
  release(): Promise<void>;
}

/** Where content from outside lies until it was checked. Failures are WorkbenchErrors, as of `Files`. Paths are absolute. */
export interface Quarantine {
  /** Everything below a folder in the order of names, folders before what they hold. */
  walk(folder: string, signal: AbortSignal): AsyncIterable<FoundEntry>;
  /** Opens a file to go on with at byte `from`: what lies behind is cut off. Makes it and its folders where they are missing. Never through a link. */
  openAppend(path: string, from: number): Promise<GrowingFile>;
  /** Removes a file or folder with all it holds; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /** Renames; makes the target's folders. */
  move(from: string, to: string): Promise<void>;
  /** Gives a file a second name, or copies it where the disk cannot; makes the target's folders. Both are the same content from then on. */
  link(from: string, to: string): Promise<void>;
  /** Decompresses as it comes. Throws `file-unreadable` for what does not decompress. */
  gunzip(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The same for raw DEFLATE. */
  inflate(packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Takes the work on a folder, also from a process that is gone. Throws `run-active` while another one works on it. */
  claim(folder: string, owner: LeaseOwner): Promise<WorkClaim>;
}
