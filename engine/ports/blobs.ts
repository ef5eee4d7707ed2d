/** A file kept under its own SHA-256: weights, model cards. */
export interface BlobFacts {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Content kept by digest, written whole or not at all. What is there is never changed; content nobody refers to is removed by
 * `collectGarbage`.
 */
export interface Blobs {
  put(content: Uint8Array): Promise<BlobFacts>;
  /** Throws `blob-missing` when there is none, `record-tampered` when what is there no longer has this digest. */
  read(digest: string): Promise<Uint8Array>;
  has(digest: string): Promise<boolean>;
  /**
   * Takes a file in without holding it in memory. Its content is hashed on the way: throws `record-tampered` where it has another digest.
   * One that is `ours`, such as a file in quarantine that is removed afterwards, is not copied where the disk can do without.
   */
  adopt(file: string, digest: string, ours: boolean): Promise<BlobFacts>;
  /** Absolute path where the content of this digest lies or would lie. */
  locate(digest: string): string;
}
