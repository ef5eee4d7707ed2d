import { WorkbenchError } from '../../../base/errors.ts';
import { encodeAws } from '../../../ingest/sources/sigv4.ts';
import { isRecord } from '../../../models/http/json.ts';
import type { MachineRequest } from '../../machines/machine.ts';
import { receiveReply, startReply } from '../../storage/receive.ts';
import { quoteShell } from '../job-names.ts';
import type { AzureMlPorts, AzureWorkspace } from './workspace.ts';
import { product } from './workspace.ts';

/** The file that sets a job's environment and starts its program. */
const file = 'aiwb-job.sh';
const folder = 'job';
/** What a job's definition shows. */
export const command = `sh ./${file}`;
const uploadTimeout = 60_000;

/**
 * Puts a job's program with its environment into a code asset, for a job's definition is shown to everybody who may read the workspace, its environment
 * variables among them. Files of code assets lie in the workspace's own storage, which takes the right to read data there. Gives the asset's
 * ARM id.
 */
export async function putProgram(
  workspace: AzureWorkspace,
  name: string,
  { argv, env }: Pick<MachineRequest, 'argv' | 'env'>,
  ports: AzureMlPorts,
  signal: AbortSignal,
): Promise<string> {
  const version = String(ports.clock.now()); // An asset is never changed: each try has its own.
  const path = `/codes/${encodeURIComponent(name)}/versions/${version}`;
  const begun = await workspace.send(
    {
      method: 'POST',
      path: `${path}/startPendingUpload`,
      body: { pendingUploadType: 'TemporaryBlobReference' },
      repeatable: true,
    },
    signal,
  );
  const { blobUri, sasUri } = readTarget(begun.json);
  const lines = Object.entries(env).map(([key, value]) => `export ${key}=${quoteShell([value])}\n`);
  await upload(sasUri, `${lines.join('')}exec ${quoteShell(argv)}\n`, ports, signal);
  const codeUri = `${blobUri.replace(/\/+$/, '')}/${folder}`;
  const properties = { codeUri, description: 'Starts a tuning job.', isAnonymous: true };
  await workspace.send({ method: 'PUT', path, body: { properties } }, signal);
  return `${workspace.id}${path}`;
}

/** Blobs are put below a container's address that carries a signature. */
async function upload(sasUri: string, text: string, ports: AzureMlPorts, signal: AbortSignal): Promise<void> {
  const [container = '', query = ''] = sasUri.split('?');
  const url = `${container.replace(/\/+$/, '')}/${folder}/${encodeAws(file, false)}?${query}`;
  const { origin } = new URL(url);
  const client = ports.createHttp(origin, { connections: 1, ...ports.networkFor(origin) });
  try {
    const headers = { 'x-ms-blob-type': 'BlockBlob' };
    const timeouts = { headTimeout: uploadTimeout, idleTimeout: uploadTimeout };
    const started = await startReply(client, { method: 'PUT', url, headers, body: text, ...timeouts }, signal);
    const { status } = await receiveReply(started, 64 * 1024);
    if (status < 200 || status > 299) throw unstored(`HTTP ${String(status)}`);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkbenchError) throw error;
    throw unstored(error instanceof Error ? error.message : String(error));
  } finally {
    await client.close();
  }
}

function readTarget(json: unknown): { readonly blobUri: string; readonly sasUri: string } {
  const reference = isRecord(json) ? json['blobReferenceForConsumption'] : undefined;
  const { blobUri, credential } = isRecord(reference) ? reference : {};
  const sasUri = isRecord(credential) ? credential['sasUri'] : undefined;
  const isUsable = typeof blobUri === 'string' && typeof sasUri === 'string' && URL.canParse(sasUri);
  if (isUsable) return { blobUri, sasUri };
  throw new WorkbenchError('platform-refused', `${product} gave no place for the job’s program.`, {
    remedy: 'The workspace’s storage must accept signatures of its account: see its network and key settings.',
  });
}

function unstored(why: string): WorkbenchError {
  return new WorkbenchError(
    'platform-refused',
    `The job’s program could not be put into the workspace’s storage: ${why}.`,
    {
      remedy: 'The workspace’s storage must be reachable from here and accept signatures of its account.',
    },
  );
}
