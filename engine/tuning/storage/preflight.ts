import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { HttpFailure } from '../../ports/http.ts';
import type { StoragePorts } from './ports.ts';
import { receiveReply, startReply } from './receive.ts';
import type { JobStorage } from './storage.ts';

const probeSeconds = 300;
const text = 'This object is removed at once.\n';

/** Writes a small object, reads it as a machine would, and removes it: what may fail then fails before anything is paid. */
export async function tryOutStorage(
  name: string,
  storage: JobStorage,
  ports: StoragePorts,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const folder = `aiwb-probe-${String(Math.floor(ports.random() * 1e9))}`;
  const key = `${folder}/probe.txt`;
  try {
    await storage.put(key, new TextEncoder().encode(text), signal);
    const { url } = await storage.address(key, 'get', probeSeconds, signal);
    const status = await fetchText(url, ports, signal);
    await storage.remove(folder, signal);
    if (status !== undefined)
      return [
        {
          check: 'storage',
          level: 'error',
          message: `A machine could not read from ${name}: ${status}.`,
          remedy: 'Check that signed addresses are allowed there, and this machine’s clock.',
        },
      ];
    return [{ check: 'storage', level: 'ok', message: `A machine can be given addresses in ${name}.` }];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WorkbenchError)) throw error;
    const { message, remedy } = error;
    return [{ check: 'storage', level: 'error', message, ...(remedy === undefined ? {} : { remedy }) }];
  }
}

/** Undefined where the address gives the text; else what it gave instead. */
async function fetchText(url: string, ports: StoragePorts, signal: AbortSignal): Promise<string | undefined> {
  const { origin } = new URL(url);
  const client = ports.createHttp(origin, { connections: 1, ...ports.networkFor(origin) });
  try {
    const started = await startReply(client, { method: 'GET', url, headers: {}, headTimeout: 20_000 }, signal);
    const { status, bytes } = await receiveReply(started, 64 * 1024);
    if (status !== 200) return `HTTP ${String(status)}`;
    return new TextDecoder().decode(bytes) === text ? undefined : 'it has another content';
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    signal.throwIfAborted();
    return error.message;
  } finally {
    await client.close();
  }
}
