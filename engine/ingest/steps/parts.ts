import { WorkbenchError } from '../../base/errors.ts';
import { countOf, groupDigits } from '../../reports/format.ts';
import { placesOf } from '../places.ts';
import type { IngestPorts } from '../ports.ts';
import { fileSource, piecesOf } from '../scan/bytes.ts';

/** One thing that was fetched and what is to be made of it. */
export interface Part {
  /** In the download folder. */
  readonly file: string;
  readonly packing: 'raw' | 'tar' | 'tar+gzip' | 'zip';
  /** Path of a raw one below the model's folder. */
  readonly name: string;
}

export async function readParts(id: string, ports: IngestPorts, signal: AbortSignal): Promise<readonly Part[]> {
  return JSON.parse(await ports.files.readText(placesOf(id, ports).parts, signal, 64 * 2 ** 20)) as readonly Part[];
}

export function writeParts(parts: readonly Part[], id: string, ports: IngestPorts): Promise<void> {
  return ports.files.writeText(placesOf(id, ports).parts, JSON.stringify(parts));
}

/** Copies what is not there yet; a copy of the same size that was finished stays. */
export async function copyFile(
  from: string,
  size: number,
  to: string,
  { files, quarantine }: IngestPorts,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<void> {
  if ((await files.facts(to)) !== undefined) return;
  const part = `${to}.part-of-copy`;
  const target = await quarantine.openAppend(part, 0);
  try {
    for await (const chunk of files.stream(from, signal)) {
      await target.write(chunk);
      onProgress(target.size);
      if (target.size > size)
        throw new WorkbenchError('file-unreadable', `${from} grew while it was copied.`, {
          remedy: 'Take it in again.',
        });
    }
  } finally {
    await target.close();
  }
  await quarantine.move(part, to);
}

/**
 * The artefact's own digest, which `pin` must be. A digest that may be meant for the weights inside is compared when those are known; so is
 * that of a file which is the weights, and need not be read twice.
 */
export async function checkArtifact(
  path: string,
  size: number,
  { pin, packing }: { readonly pin?: string | undefined; readonly packing: Part['packing'] },
  ports: IngestPorts,
  signal: AbortSignal,
): Promise<{ readonly evidence?: string }> {
  if (pin === undefined && packing === 'raw') return {};
  const hash = ports.digest.startSha256();
  for await (const piece of piecesOf(fileSource(ports.files, path, size, signal), signal)) hash.update(piece);
  const evidence = hash.hex();
  if (pin === undefined || pin === evidence) return { evidence };
  // What is wrong is not kept: the next attempt would else go on with it.
  await ports.quarantine.remove(path);
  throw new WorkbenchError('gate-not-met', `What came has the digest ${evidence} and not ${pin}.`, {
    remedy: 'Fetch it again; where it stays so, it is not what you were promised.',
  });
}

export async function hashFile(path: string, { files, digest }: IngestPorts, signal: AbortSignal): Promise<string> {
  const hash = digest.startSha256();
  for await (const chunk of files.stream(path, signal)) hash.update(chunk);
  return hash.hex();
}

export function tooLarge(limit: number): WorkbenchError {
  return new WorkbenchError('file-too-large', `It has more than ${groupDigits(limit)} bytes.`, {
    remedy: 'Where that is right, raise --max-bytes.',
  });
}

export function tooMany(limit: number): WorkbenchError {
  return new WorkbenchError('file-too-large', `It has more than ${countOf(limit, 'file')}.`, {
    remedy: 'Where that is right, raise --max-files.',
  });
}
