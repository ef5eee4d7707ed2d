import { validateTrainerIndex } from '../../../schemas/generated/validators.js';
import { WorkbenchError } from '../../base/errors.ts';
import type { Digest } from '../../ports/digest.ts';
import { partKey } from '../storage/keys.ts';
import type { JobStorage } from '../storage/storage.ts';
import { refused } from '../trainer/output.ts';

/**
 * The archive that a trainer has put in parts; undefined where its index is not there. Parts come one after the other and are never held
 * whole; where a connection breaks, the next one goes on from there. Each is held against its digest before the next is fetched: what does
 * not agree throws `record-tampered`.
 */
export async function openArchive(
  storage: Pick<JobStorage, 'read' | 'stream'>,
  index: string,
  slots: readonly string[],
  digest: Digest,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const read = await storage.read(index, signal);
  signal.throwIfAborted();
  if (read === undefined) return undefined;
  const { slot, parts } = parseIndex(index, read);
  const key = slots[slot];
  if (key === undefined) throw refused(`names slot ${String(slot)} in ${index}, and there is none`);

  return (async function* () {
    for (const [at, part] of parts.entries()) yield* takePart(storage, partKey(key, at + 1), part, digest, signal);
  })();
}

function parseIndex(index: string, bytes: Uint8Array) {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refused(`has put an index that is no JSON as ${index}`);
  }
  if (!validateTrainerIndex(value)) throw refused(`has put something else than an index as ${index}`);
  return value;
}

async function* takePart(
  storage: Pick<JobStorage, 'stream'>,
  key: string,
  expected: { readonly bytes: number; readonly digest: string },
  digest: Digest,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const pieces = await storage.stream(key, signal);
  signal.throwIfAborted();
  if (pieces === undefined)
    throw new WorkbenchError('storage-unreachable', `${key} is not in the storage, though its index names it.`, {
      remedy: 'Resume the run: it is looked for again.',
    });
  const hash = digest.startSha256();
  let bytes = 0;
  for await (const piece of pieces) {
    signal.throwIfAborted();
    bytes += piece.length;
    if (bytes > expected.bytes) break;
    hash.update(piece);
    yield piece;
  }
  if (bytes !== expected.bytes || hash.hex() !== expected.digest)
    throw refused(`tells of ${key} another size or digest than what lies in the storage has`);
}
