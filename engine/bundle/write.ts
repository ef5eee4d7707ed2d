import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { collectBundle, type BundleRequest } from './collect.ts';
import { writeZip } from './zip.ts';

export interface WrittenBundle {
  /** Absolute path of the folder or archive. */
  readonly path: string;
  readonly files: number;
  /** Bytes of all of them. */
  readonly bytes: number;
}

/**
 * Writes the proof bundle of an assessment: an archive where `path` ends in `.zip`, else a folder, which must not be there yet
 * (`usage`). `verifier` gives the text of the standalone verifier, which is packed along. Throws what `collectBundle` throws.
 */
export async function writeBundle(
  { path, ...request }: BundleRequest & { readonly path: string },
  verifier: () => Promise<string>,
  ports: Pick<GovernancePorts, 'store' | 'digest' | 'files' | 'clock' | 'workbench'>,
  signal: AbortSignal,
): Promise<WrittenBundle> {
  const { files } = ports;
  const isArchive = path.toLowerCase().endsWith('.zip');
  if (!isArchive && (await files.facts(path)) !== undefined) {
    throw new WorkbenchError('usage', `${path} is there already: what lies in it would become part of the proof.`, {
      remedy: 'Name a folder that does not exist, or a file that ends in .zip.',
    });
  }
  const packed = await collectBundle(request, verifier, ports, signal);
  const bytes = [...packed.values()].reduce((sum, content) => sum + content.length, 0);
  if (isArchive) {
    // One folder inside, so that unpacking it spills nothing.
    const inside = new Map([...packed].map(([name, content]) => [`proof/${name}`, content]));
    await files.writePieces(path, once(writeZip(inside)));
  } else {
    for (const [name, content] of packed) {
      signal.throwIfAborted();
      await files.writePieces(files.resolve(path, name), once(content));
    }
  }
  return { path, files: packed.size, bytes };
}

async function* once(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}
