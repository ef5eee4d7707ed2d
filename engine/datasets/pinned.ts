import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { formatOfPath } from './formats.ts';
import { splitKind } from './split.ts';

/** The part of a dataset that says whether its content is pinned, and what would be. */
export interface PinnedDataset {
  readonly path: string;
  /** `sha256:` and the SHA-256 of the file's bytes, in hex. */
  readonly digest?: string;
  readonly split?: { readonly field?: string; readonly train?: string; readonly test: string };
}

/** The digest by which a dataset's content is pinned: `sha256:` and the SHA-256 over the bytes of the file as they lie on disk, packed or not. */
export async function digestOfFile(files: Files, digest: Digest, path: string, signal: AbortSignal): Promise<string> {
  const hash = digest.startSha256();
  for await (const piece of files.stream(path, signal)) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return `sha256:${hash.hex()}`;
}

/** Whether the rows come from other files than the one `path` names, which its digest would say nothing of. */
export function readsOtherFiles({ split }: Pick<PinnedDataset, 'split'>): boolean {
  return (
    split?.field === undefined &&
    split !== undefined &&
    splitKind(split) === 'parts' &&
    formatOfPath(split.test) !== undefined
  );
}

/**
 * Holds a dataset to its digest, where it has one. `path` is absolute. Throws `dataset-changed` when the file holds something else, or is none
 * whose content can be pinned.
 */
export async function requirePinned(
  files: Files,
  digest: Digest,
  dataset: PinnedDataset,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  if (dataset.digest === undefined) return;
  if ((await files.facts(path))?.kind !== 'file' || readsOtherFiles(dataset)) {
    throw new WorkbenchError('dataset-changed', `${path} cannot be held to its \`digest\`: only a single file can.`, {
      remedy: 'Remove `digest` from the dataset.',
      place: { path },
    });
  }
  const actual = await digestOfFile(files, digest, path, signal);
  if (actual === dataset.digest) return;
  throw new WorkbenchError('dataset-changed', `${path} is not the file that was pinned: its digest is ${actual}.`, {
    remedy: 'Restore the file, or set `digest` to the new one when the change is wanted. Nothing was sent.',
    place: { path },
  });
}
