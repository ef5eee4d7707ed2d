import { findOpen } from '../documents.ts';
import { isBelow } from '../paths.ts';
import type { Scene } from './offer.ts';

/** Absolute path of a file that may be made: inside the document's workspace, also when links are followed. */
export async function resolveInside(scene: Scene, path: string): Promise<string | undefined> {
  const { ports, workspace } = scene.server;
  const { files } = ports;
  const root = await workspace.rootOf(scene.uri);
  const absolute = workspace.resolve(scene.uri, path);
  if (root === undefined || absolute === undefined || path.trim() === '' || /[\0\r\n]/.test(path)) return undefined;
  if (!isBelow(files, root, absolute)) return undefined;
  const realRoot = await files.realPath(root);
  let folder = files.parent(absolute);
  while ((await files.realPath(folder)) === undefined && files.parent(folder) !== folder) folder = files.parent(folder);
  const real = await files.realPath(folder);
  if (realRoot === undefined || real === undefined) return undefined;
  return real === realRoot || isBelow(files, realRoot, real) ? absolute : undefined;
}

/** The first of `wanted`, `wanted-2` … that is no file yet and may be made; `ending` follows the number. */
export async function findFreePath(
  scene: Scene,
  wanted: string,
  ending: string,
): Promise<{ readonly path: string; readonly absolute: string } | undefined> {
  for (let number = 1; number < 100; number++) {
    const path = `${wanted}${number === 1 ? '' : `-${number}`}${ending}`;
    const absolute = await resolveInside(scene, path);
    if (absolute === undefined) return undefined;
    if ((await scene.server.ports.files.facts(absolute)) === undefined) return { path, absolute };
  }
  return undefined;
}

/** A file's text, as the editor has it where it is open there; absent when it cannot be read. */
export async function readCurrent({ server }: Scene, path: string, signal: AbortSignal): Promise<string | undefined> {
  const open = findOpen(server.documents, path);
  if (open !== undefined) return open.getText();
  try {
    return await server.ports.files.readText(path, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
