/** Decompression as the host's own library does it. What does not decompress, or to more than `limit` bytes, rejects with `file-unreadable`. */
export interface Inflate {
  /** Raw DEFLATE, without a header (RFC 1951). */
  deflated(bytes: Uint8Array, limit: number): Promise<Uint8Array>;
  /** Zstandard (RFC 8878). */
  zstandard(bytes: Uint8Array, limit: number): Promise<Uint8Array>;
}
