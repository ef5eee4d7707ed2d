import { WorkbenchError } from '../../base/errors.ts';
import type { Digest } from '../../ports/digest.ts';
import { hasCode, type MlflowApi } from './api.ts';
import { getRun } from './runs.ts';
import type { WireRun } from './wire.ts';

/** The client sends and takes whole files. */
export const mostBytes = 64 * 2 ** 20;
/** Where a version's files lie within its run: this is what MLflow calls the version's source. */
export const filesFolder = 'files';

/** Where a run's files lie in the server's artifact store; absent where it does not pass them on, or another server would. */
export function folderOf({ artifactUri }: WireRun): string | undefined {
  return pathIn(artifactUri);
}

export async function putFile(
  api: MlflowApi,
  digest: Digest,
  run: WireRun,
  name: string,
  content: Uint8Array,
  signal: AbortSignal,
): Promise<string> {
  if (!isSafePath(name)) throw new WorkbenchError('usage', `"${name}" is no name of a file.`);
  if (content.length > mostBytes) {
    const size = Math.ceil(content.length / 2 ** 20);
    throw new WorkbenchError(
      'usage',
      `"${name}" has ${size} MiB: at most 64 MiB are uploaded to MLflow in one piece.`,
      {
        remedy: 'Put it where it can be read from, such as an object store, and publish its address.',
      },
    );
  }
  const place = folderOf(run);
  if (place === undefined) {
    throw new WorkbenchError(
      'usage',
      `The registry ${api.name} stores no files: its server does not serve artifacts.`,
      {
        remedy: 'Start the MLflow server with --serve-artifacts and --artifacts-destination.',
      },
    );
  }
  // By its content, so that a file is never replaced by another of its name.
  const path = `${filesFolder}/${digest.sha256(content).slice(0, 16)}/${name}`;
  await api.writeFile(`${place}/${path}`, content, signal);
  return `runs:/${run.id}/${path}`;
}

/** Reads `mlflow-artifacts:/…` and `runs:/<id>/…`. Throws `blob-missing`. */
export async function readFile(api: MlflowApi, uri: string, signal: AbortSignal): Promise<Uint8Array> {
  const path = await locate(api, uri, signal);
  if (path === undefined) {
    throw new WorkbenchError('blob-missing', `${uri.slice(0, 200)} does not lie in the registry ${api.name}.`, {
      remedy: 'Only files that the MLflow server itself serves are read through it.',
    });
  }
  try {
    return await api.readFile(path, signal);
  } catch (error) {
    if (hasCode(error, 'registry-not-found')) {
      throw new WorkbenchError('blob-missing', `${uri.slice(0, 200)} is not in the registry ${api.name}.`, {
        cause: error,
      });
    }
    throw error;
  }
}

async function locate(api: MlflowApi, uri: string, signal: AbortSignal): Promise<string | undefined> {
  const direct = pathIn(uri);
  if (direct !== undefined) return direct;
  const [, run, path = ''] = /^runs:\/([A-Za-z0-9][\w-]{0,255})\/(.+)$/.exec(uri) ?? [];
  if (run === undefined || !isSafePath(path)) return undefined;
  try {
    const folder = folderOf(await getRun(api, run, signal));
    return folder === undefined ? undefined : `${folder}/${path}`;
  } catch (error) {
    if (hasCode(error, 'registry-not-found')) return undefined;
    throw error;
  }
}

/** The path in the server's own artifact store. An address with a host is another server's, which gets no token of ours. */
function pathIn(uri: string): string | undefined {
  const [, path] = /^mlflow-artifacts:\/([^/].*)$/s.exec(uri) ?? [];
  return path !== undefined && isSafePath(path) ? path : undefined;
}

function isSafePath(path: string): boolean {
  return (
    path.length <= 1000 &&
    !/[\\\p{Cc}]/u.test(path) &&
    path.split('/').every(part => part !== '' && part !== '.' && part !== '..')
  );
}
