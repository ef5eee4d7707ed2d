/** A proof bundle's own list of what is in it, `manifest.json`; its digest stands in `manifest.sha256`. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly bundle: 'aiwb-proof';
  /** Id of the assessment it proves. */
  readonly assessment: string;
  readonly model: string;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly workbench: string;
  readonly files: readonly ManifestFile[];
  /** What belongs to the proof and is not in it, a sentence each. */
  readonly left: readonly string[];
}

export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** What it is, in words. */
  readonly what: string;
}

/** One piece of evidence that a record names by its digest, in `evidence.json`. */
export interface EvidenceEntry {
  readonly control: string;
  readonly check: string;
  readonly kind: string;
  readonly title: string;
  readonly sha256: string;
  /** Where its bytes are in the bundle; absent where they are not. */
  readonly path?: string;
}

/** Names of a bundle's files. Records are canonical JSON: the SHA-256 of the file is the digest of the record. */
export const bundlePaths = {
  manifest: 'manifest.json',
  manifestDigest: 'manifest.sha256',
  readme: 'README.txt',
  scorecard: 'scorecard.json',
  audit: 'audit.jsonl',
  evidence: 'evidence.json',
  verifier: 'verify.mjs',
  record: (id: string): string => `records/${id}.json`,
  signature: (id: string): string => `signatures/${id}.dsse.json`,
} as const;

/** The files of a bundle by their path, with forward slashes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** One line of what a verifier found. A note is for people and decides nothing. */
export interface BundleCheck {
  readonly result: 'ok' | 'failed' | 'note';
  readonly sentence: string;
}

export function passed(sentence: string): BundleCheck {
  return { result: 'ok', sentence };
}

export function failed(sentence: string): BundleCheck {
  return { result: 'failed', sentence };
}

export function note(sentence: string): BundleCheck {
  return { result: 'note', sentence };
}

/** One passed check, or a failed one for each fault. */
export function conclude(faults: readonly string[], sentence: string): BundleCheck[] {
  return faults.length === 0 ? [passed(sentence)] : faults.map(failed);
}

export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
