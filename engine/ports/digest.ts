/** SHA-256, as the host's own library computes it. All digests are lower-case hex of 64 characters. */
export interface Digest {
  sha256(data: string | Uint8Array): string;
  /** For data that arrives in pieces. */
  startSha256(): { update(data: string | Uint8Array): void; hex(): string };
}
