/** What a signature was checked with. */
export interface VerifiedBy {
  readonly ok: boolean;
  /** SHA-256 of the public key's PEM text as OpenSSL writes it, hex. */
  readonly fingerprint?: string;
  /** Subject and alternative names of the signing certificate. */
  readonly subject?: string;
  readonly names?: readonly string[];
  readonly issuer?: string;
  /** Why not. */
  readonly reason?: string;
}

/** Public-key cryptography, as the host's own library does it. Nothing here throws for bad input: it is told as `reason`. */
export interface Signatures {
  /** ECDSA over P-256, P-384 or P-521 with the hash of that size, or Ed25519. `hint` is the fingerprint that the signer wrote down. */
  verifyWithKey(pem: string, data: Uint8Array, signature: Uint8Array, hint?: string): VerifiedBy;
  /**
   * The same by the certificate `chain[0]` (DER), which must lead over the others to one of the trusted ones (PEM or DER), each valid at
   * `at` (milliseconds since the epoch; default: when the signing certificate began), and be made for signing.
   */
  verifyWithChain(
    chain: readonly Uint8Array[],
    trusted: readonly (string | Uint8Array)[],
    data: Uint8Array,
    signature: Uint8Array,
    at?: number,
  ): VerifiedBy;
  /** Verifies by a public key in DER (SPKI). */
  verifyWithSpki(spki: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
}
