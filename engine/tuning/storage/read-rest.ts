import { isMissingObject, type StorageClient } from './client.ts';

/** An object from byte `from` on, in memory; undefined where there is none. */
export async function readRest(
  client: StorageClient,
  url: string,
  from: number,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const headers: Record<string, string> = from === 0 ? {} : { range: `bytes=${String(from)}-` };
  const reply = await client.send({ method: 'GET', url, headers }, signal, [404, 416], limit);
  if (reply.status === 416) return new Uint8Array(); // It is not longer than what was skipped.
  if (reply.status !== 404) return reply.status === 206 ? reply.bytes : reply.bytes.subarray(from);
  if (isMissingObject(reply)) return undefined;
  throw client.explain(reply);
}
