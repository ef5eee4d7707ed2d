import type { PathSort } from '../../engine/documents/path-fields.ts';

/** A sort of file that fields name by its path. */
export interface FileSort {
  /** What it is, as in "Open the …". */
  readonly noun: string;
  /** Names of files that fit where its path is written; absent where a path is not all that can be written, or starts elsewhere. */
  readonly fits?: RegExp;
  /** A folder of our own, and not a file. */
  readonly isFolder?: boolean;
  /** Nobody wants it on the screen. */
  readonly isSecret?: boolean;
}

const certificates = /\.(pem|crt|cer|key)$/i;

export const fileSorts = {
  answers: { noun: 'recorded answers', fits: /\.(jsonl|ndjson)$/i },
  benchmark: { noun: 'benchmark', fits: /\.bench\.ya?ml$/i },
  card: { noun: 'card', fits: /\.md$/i },
  certificate: { noun: 'certificate', fits: certificates },
  dataset: { noun: 'dataset', fits: /\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i },
  document: { noun: 'document', fits: /\.(pdf|md|docx?|html?|txt)$/i },
  image: { noun: 'image' },
  privateKey: { noun: 'private key', fits: certificates, isSecret: true },
  prompt: { noun: 'prompt', fits: /\.prompt\.ya?ml$/i },
  rubric: { noun: 'rubric', fits: /\.(md|txt)$/i },
  schema: { noun: 'JSON schema', fits: /\.json$/i },
  scorecard: { noun: 'scorecard', fits: /\.scorecard\.json$/i },
  sound: { noun: 'sound' },
  store: { noun: 'store', fits: /^$/, isFolder: true },
  testRows: { noun: 'test rows' },
  trainingRows: { noun: 'training rows' },
  used: { noun: 'file', fits: /\.(bench|tune|policy|prompt)\.ya?ml$/i },
  words: { noun: 'list of words', fits: /\.txt$/i },
} as const satisfies Readonly<Record<Exclude<PathSort, 'model'> | 'testRows' | 'trainingRows' | 'used', FileSort>>;
