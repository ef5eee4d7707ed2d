import type { AzureBlobStorage } from '../../../schemas/generated/files.ts';
import { encodeBase64 } from '../../base/base64.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { toSecretReference } from '../../ports/secrets.ts';
import { explainAzure } from './azure-errors.ts';
import { createStorageClient, elementOf } from './client.ts';
import { partUrl } from './keys.ts';
import { createObjectStorage, objectUrl } from './object-store.ts';
import type { Part } from './parts.ts';
import type { StoragePorts } from './ports.ts';
import type { JobStorage, StoredObject } from './storage.ts';

const mostPages = 1000;
/** A blob that is put whole must say which kind it is. */
const blockBlob = { 'x-ms-blob-type': 'BlockBlob' };
/** Of the API; everything used here has been the same since. */
const version = '2021-08-06';

/**
 * A container of Azure Blob Storage, by a shared access signature. Addresses carry that signature, so a machine may do with the container
 * what the signature allows, for as long as it allows it.
 */
export function createAzureBlobStorage(settings: AzureBlobStorage, ports: StoragePorts): JobStorage {
  const { prefix = '' } = settings;
  const container = settings.container.replace(/\/+$/, '');
  const name = `the container ${container.slice(container.lastIndexOf('/') + 1)}`;
  let found: Promise<string> | undefined;

  const client = createStorageClient(
    {
      name,
      baseUrl: container,
      field: 'container',
      authorize: async ({ url, headers = {} }, signal) => ({
        url: withSas(url, await sas(signal)),
        headers: { ...headers, 'x-ms-version': version },
      }),
      explain: (status, code, said) => explainAzure(name, status, code, said),
      expired: ['AuthenticationFailed'],
      renew: () => (found = undefined),
    },
    ports,
  );
  const urlOf = (key: string, query = ''): string => objectUrl({ baseUrl: container, prefix }, key, query);

  /** The signature's query, without its question mark. */
  function sas(signal: AbortSignal): Promise<string> {
    found ??= lookUp(signal).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  }

  async function lookUp(signal: AbortSignal): Promise<string> {
    const written = await ports.secrets.resolve(toSecretReference(settings.sas), client.endpoint.origin, signal);
    const query = written.trim().replace(/^\?/, '');
    const signature = fieldOf(query, 'sig');
    if (signature === undefined)
      throw new WorkbenchError(
        'secret-missing',
        `The shared access signature for ${name} is none: it has no \`sig\`.`,
        {
          remedy: 'Give its query, as Azure writes it: `sv=…&se=…&sig=…`.',
        },
      );
    client.endpoint.hide(query);
    client.endpoint.hide(signature);
    return query;
  }

  async function putWhole(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    await client.send({ method: 'PUT', url: urlOf(key), headers: blockBlob, body }, signal);
  }

  /** Blocks that are never made a blob of are removed by Azure after a week. */
  async function putBlocks(key: string, parts: AsyncIterable<Part>, signal: AbortSignal): Promise<void> {
    const ids: string[] = [];
    for await (const { number, bytes } of parts) {
      const id = encodeBase64(new TextEncoder().encode(String(number).padStart(8, '0')));
      const url = urlOf(key, `blockid=${encodeURIComponent(id)}&comp=block`);
      await client.send({ method: 'PUT', url, body: bytes }, signal);
      ids.push(`<Latest>${id}</Latest>`);
    }
    const body = new TextEncoder().encode(
      `<?xml version="1.0" encoding="utf-8"?><BlockList>${ids.join('')}</BlockList>`,
    );
    await client.send({ method: 'PUT', url: urlOf(key, 'comp=blocklist'), body }, signal);
  }

  /** Blobs whose whole names begin with `start`. */
  async function list(start: string, signal: AbortSignal): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    let marker = '';
    for (let page = 0; page < mostPages; page++) {
      const url = `${container}?comp=list&marker=${encodeURIComponent(marker)}&prefix=${encodeURIComponent(start)}&restype=container`;
      const { bytes } = await client.send({ method: 'GET', url }, signal);
      const text = new TextDecoder().decode(bytes);
      if (!text.includes('<EnumerationResults')) throw notAzure(name);
      for (const [, inner = ''] of text.matchAll(/<Blob>([\s\S]*?)<\/Blob>/g)) {
        const written = elementOf(inner, 'Name') ?? '';
        const key = /<Name Encoded="true"/i.test(inner) ? decodeURIComponent(written) : written;
        objects.push({ key, bytes: Number(elementOf(inner, 'Content-Length')) });
      }
      marker = elementOf(text, 'NextMarker') ?? '';
      if (marker === '') return objects;
    }
    return objects;
  }

  const address: JobStorage['address'] = async (key, use, seconds, signal) => {
    const query = await sas(signal);
    const ends = Date.parse(decodeURIComponent(fieldOf(query, 'se') ?? ''));
    if (ends < ports.clock.now() + seconds * 1000)
      throw new WorkbenchError(
        'storage-refused',
        `The shared access signature for ${name} ends at ${new Date(ends).toISOString()}, before the machine must.`,
        {
          remedy: `Make one that lasts ${String(Math.ceil(seconds / 3600))} hours more, or give the job a shorter \`deadline\`.`,
        },
      );
    return { url: withSas(urlOf(key), query), headers: use === 'put' ? blockBlob : {} };
  };

  const addressParts: JobStorage['addressParts'] = async (key, use, count, seconds, signal) => {
    const { url, headers } = await address(key, use, seconds, signal);
    return { url: partUrl(url), headers, count };
  };

  return createObjectStorage(
    { name, baseUrl: container, prefix, client, putWhole, putParts: putBlocks, list, address, addressParts },
    ports,
  );
}

function withSas(url: string, sas: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${sas}`;
}

/** A field of a query, still percent-encoded. */
function fieldOf(query: string, name: string): string | undefined {
  const field = query.split('&').find(pair => pair.startsWith(`${name}=`));
  return field?.slice(name.length + 1);
}

function notAzure(name: string): WorkbenchError {
  return new WorkbenchError('storage-refused', `What answers for ${name} does not speak Azure’s protocol.`, {
    remedy: 'Check the container’s address in workbench.yaml.',
  });
}
