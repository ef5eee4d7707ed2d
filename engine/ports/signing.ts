/** A person's Ed25519 key (RFC 8032) on this machine. The private part never leaves it. */
export interface SigningKey {
  /** `ed25519:` and the raw public key, 32 bytes, in base64. */
  readonly publicKey: string;
  /** SHA-256 of the raw public key, hex. */
  readonly keyId: string;
  /** 64 bytes over exactly these. */
  sign(bytes: Uint8Array): Uint8Array;
}

export interface Signing {
  /** The key of whoever works here; absent where there is none. Throws `file-invalid` for one that cannot be used. */
  ownKey(): Promise<SigningKey | undefined>;
  /** Whether these bytes were signed with the key; false for anything that is no key or no signature. */
  verify(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}
