import type { ModelFile } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Blobs } from '../../ports/blobs.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { Quarantine } from '../../ports/quarantine.ts';
import { readSafePath } from '../../base/safe-path.ts';

export interface LayModelPorts {
  readonly blobs: Pick<Blobs, 'has' | 'locate'>;
  readonly files: Files;
  readonly digest: Digest;
  readonly quarantine: Quarantine;
}

/** Name of the file that is written last: a folder without it is half laid. */
const readyName = '.aiwb-laid';

/**
 * A folder below `folder` with these files, by second names of the store's blobs where the disk can, and gives its path. Each content is
 * checked once. The folder is kept for the next time: its name is the digest of what it holds. Throws `blob-missing`, `record-tampered`.
 */
export async function layModel(
  model: string,
  modelFiles: readonly ModelFile[],
  folder: string,
  { blobs, files, digest, quarantine }: LayModelPorts,
  signal: AbortSignal,
): Promise<string> {
  const content = JSON.stringify(modelFiles.map(file => [file.path, file.digest]));
  const target = files.resolve(folder, digest.sha256(content));
  if ((await files.facts(files.resolve(target, readyName)))?.kind === 'file') return target;
  for (const file of modelFiles) {
    signal.throwIfAborted();
    const safe = readSafePath(file.path);
    if ('why' in safe || safe.path !== file.path) throw tampered(model, file.path, 'its path leads elsewhere');
    if (!(await blobs.has(file.digest))) throw missing(model, file.path);
    const source = blobs.locate(file.digest);
    const hash = digest.startSha256();
    for await (const chunk of files.stream(source, signal)) hash.update(chunk);
    if (hash.hex() !== file.digest) throw tampered(model, file.path, 'its content is not what was stored');
    await quarantine.link(source, files.resolve(target, file.path));
  }
  await files.writeText(files.resolve(target, readyName), `${model}\n`);
  return target;
}

function missing(model: string, path: string): WorkbenchError {
  return new WorkbenchError('blob-missing', `${model}: its file ${path} is not in the store.`, {
    remedy: 'Restore the store from a backup, or run the tuning job again.',
  });
}

function tampered(model: string, path: string, why: string): WorkbenchError {
  return new WorkbenchError('record-tampered', `${model}: its file ${path} cannot be used: ${why}.`, {
    remedy: 'Restore the store from a backup, or run the tuning job again.',
  });
}
