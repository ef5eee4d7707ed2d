import type { IngestFile } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';

type HashedFile = Pick<IngestFile, 'path' | 'sha256' | 'role'>;

/**
 * What the weights of a model are, as text: `SHA-256  PATH` and a line break for every weights file in the order of the paths' UTF-8
 * bytes, as `sha256sum` prints it.
 */
export function weightsManifest(files: readonly HashedFile[]): string {
  return files
    .filter(({ role }) => role === 'weights')
    .map(({ path, sha256 }) => ({ path, line: `${sha256}  ${path}\n` }))
    .sort((a, b) => compareBytes(a.path, b.path))
    .map(({ line }) => line)
    .join('');
}

/** Digest that names the weights: the file's own where it is one file, else that of the manifest. Undefined where there are none. */
export function weightsDigestOf(files: readonly HashedFile[], digest: Digest): string | undefined {
  const weights = files.filter(({ role }) => role === 'weights');
  if (weights.length <= 1) return weights[0]?.sha256;
  return digest.sha256(weightsManifest(files));
}

/** Compares as UTF-8, which differs from UTF-16 for characters beyond the basic plane. */
export function compareBytes(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
