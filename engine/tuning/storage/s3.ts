import type { S3Storage } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import {
  encodeAws,
  longestAddress,
  signRequest,
  signUrl,
  type AwsCredentials,
  type Signing,
} from '../../ingest/sources/sigv4.ts';
import { toSecretReference } from '../../ports/secrets.ts';
import { createStorageClient, elementOf } from './client.ts';
import { joinKey, partKey, partUrl } from './keys.ts';
import { createObjectStorage, objectUrl, type Upload } from './object-store.ts';
import type { Part } from './parts.ts';
import type { StoragePorts } from './ports.ts';
import { explainS3 } from './s3-errors.ts';
import type { JobStorage, StoredObject } from './storage.ts';

const usualRegion = 'us-east-1';
const mostPages = 1000;

/** A bucket of S3 or of anything that speaks its protocol. */
export function createS3Storage(settings: S3Storage, ports: StoragePorts): JobStorage {
  const { bucket, region = usualRegion, prefix = '' } = settings;
  const baseUrl = addressOf(settings);
  let found: Promise<AwsCredentials> | undefined;

  const client = createStorageClient(
    {
      name: `the bucket ${bucket}`,
      baseUrl,
      field: settings.endpoint === undefined ? 'bucket and region' : 'endpoint',
      async authorize({ method, url, headers = {}, body }, signal) {
        const payload = body === undefined ? {} : { payload: ports.digest.sha256(body) };
        return { url, headers: signRequest({ method, url, headers, ...payload }, await signing(signal)) };
      },
      explain: (status, code, said, reply) =>
        explainS3({ settings, region, now: ports.clock.now() }, status, code, said, reply),
      expired: ['ExpiredToken', 'InvalidToken', 'TokenRefreshRequired'],
      renew: () => (found = undefined),
    },
    ports,
  );
  const urlOf = (key: string, query = ''): string => objectUrl({ baseUrl, prefix }, key, query);

  async function signing(signal: AbortSignal): Promise<Signing> {
    found ??= lookUp(signal).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    const credentials = await found;
    return { region, credentials, at: ports.clock.now(), digest: ports.digest };
  }

  async function lookUp(signal: AbortSignal): Promise<AwsCredentials> {
    const { origin } = client.endpoint;
    const resolve = (reference: Parameters<typeof toSecretReference>[0]) =>
      ports.secrets.resolve(toSecretReference(reference), origin, signal);
    const accessKey = await resolve(settings.accessKey);
    const secretKey = await resolve(settings.secretKey);
    const sessionToken = settings.sessionToken === undefined ? undefined : await resolve(settings.sessionToken);
    for (const secret of [secretKey, sessionToken]) if (secret !== undefined) client.endpoint.hide(secret);
    return { accessKey, secretKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  }

  async function putWhole(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    await client.send({ method: 'PUT', url: urlOf(key), body }, signal);
  }

  async function putParts(key: string, parts: AsyncIterable<Part>, signal: AbortSignal): Promise<void> {
    const begun = await client.send({ method: 'POST', url: urlOf(key, 'uploads=') }, signal);
    const id = elementOf(new TextDecoder().decode(begun.bytes), 'UploadId');
    if (id === undefined) throw notS3(bucket);
    const upload = `uploadId=${encodeAws(id, false)}`;
    try {
      const tags: string[] = [];
      for await (const { number, bytes } of parts) {
        const query = `partNumber=${String(number)}&${upload}`;
        const { headers } = await client.send({ method: 'PUT', url: urlOf(key, query), body: bytes }, signal);
        tags.push(`<Part><PartNumber>${String(number)}</PartNumber><ETag>${headers['etag'] ?? ''}</ETag></Part>`);
      }
      await complete(key, upload, tags, signal);
    } catch (error) {
      // Parts of an upload that is not completed are kept, and paid for, until somebody removes them.
      const cleaning = AbortSignal.any([]);
      await client.send({ method: 'DELETE', url: urlOf(key, upload) }, cleaning, [404]).catch(() => undefined);
      throw error;
    }
  }

  async function complete(key: string, upload: string, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const body = new TextEncoder().encode(`<CompleteMultipartUpload>${tags.join('')}</CompleteMultipartUpload>`);
    const reply = await client.send({ method: 'POST', url: urlOf(key, upload), body }, signal, [404]);
    const text = new TextDecoder().decode(reply.bytes);
    // It may begin with 200 and tell a failure afterwards. An upload that is gone was completed by an attempt whose answer was lost.
    if (reply.status === 404 ? (await sizeOf(key, signal)) !== undefined : !text.includes('<Error>')) return;
    const code = elementOf(text, 'Code');
    throw new WorkbenchError(
      'storage-refused',
      `The bucket ${bucket} did not put an upload together: ${code ?? 'no reason given'}.`,
      {
        remedy: 'Try again.',
      },
    );
  }

  async function sizeOf(key: string, signal: AbortSignal): Promise<number | undefined> {
    const listed = await list(joinKey(prefix, key), signal);
    return listed.find(found => found.key === joinKey(prefix, key))?.bytes;
  }

  /** Objects whose whole keys begin with `start`. */
  async function list(start: string, signal: AbortSignal): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    let token: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const query = [
        ...(token === undefined ? [] : [`continuation-token=${encodeAws(token, false)}`]),
        'encoding-type=url',
        'list-type=2',
        `prefix=${encodeAws(start, false)}`,
      ].join('&');
      const { bytes } = await client.send({ method: 'GET', url: `${baseUrl}/?${query}` }, signal);
      const text = new TextDecoder().decode(bytes);
      if (!text.includes('<ListBucketResult')) throw notS3(bucket);
      const isEncoded = elementOf(text, 'EncodingType') === 'url';
      for (const [, inner = ''] of text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
        const key = elementOf(inner, 'Key') ?? '';
        objects.push({
          key: isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key,
          bytes: Number(elementOf(inner, 'Size')),
        });
      }
      token = elementOf(text, 'IsTruncated') === 'true' ? elementOf(text, 'NextContinuationToken') : undefined;
      if (token === undefined) return objects;
    }
    return objects;
  }

  /** Uploads below a prefix that nobody completed: they cost money and no listing of objects shows them. */
  async function listUploads(start: string, signal: AbortSignal): Promise<Upload[]> {
    const url = `${baseUrl}/?prefix=${encodeAws(start, false)}&uploads=`;
    const reply = await client.send({ method: 'GET', url }, signal, [400, 403, 404, 405, 501]);
    const uploads: Upload[] = [];
    if (reply.status !== 200) return uploads; // Some services do not list them.
    for (const [, inner = ''] of new TextDecoder().decode(reply.bytes).matchAll(/<Upload>([\s\S]*?)<\/Upload>/g)) {
      const [key, id] = [elementOf(inner, 'Key') ?? '', elementOf(inner, 'UploadId') ?? ''];
      if (!key.startsWith(start)) continue;
      const target = `${baseUrl}/${encodeAws(key, true)}?uploadId=${encodeAws(id, false)}`;
      uploads.push({ key, abort: () => client.send({ method: 'DELETE', url: target }, signal, [404]) });
    }
    return uploads;
  }

  const signFor = (key: string, use: 'get' | 'put', seconds: number, signing: Signing): string => {
    if (seconds > longestAddress)
      throw new WorkbenchError(
        'storage-refused',
        `Addresses of S3 live for at most 7 days, and ${String(Math.ceil(seconds / 86_400))} are needed.`,
        {
          remedy: 'Give the job a `deadline` below that.',
        },
      );
    const method = use === 'get' ? 'GET' : 'PUT';
    return signUrl({ method, url: urlOf(key) }, Math.ceil(seconds), signing);
  };

  const address: JobStorage['address'] = async (key, use, seconds, signal) => ({
    url: signFor(key, use, seconds, await signing(signal)),
    headers: {},
  });

  /** Signed at one moment, so that the signatures alone are different. */
  const addressParts: JobStorage['addressParts'] = async (key, use, count, seconds, signal) => {
    const at = await signing(signal);
    const signatures: string[] = [];
    for (let part = 1; part <= count; part++) {
      const url = signFor(partKey(key, part), use, seconds, at);
      signatures.push(url.slice(url.lastIndexOf('=') + 1));
    }
    const url = partUrl(signFor(key, use, seconds, at));
    return { url: `${url.slice(0, url.lastIndexOf('=') + 1)}{signature}`, headers: {}, count, signatures };
  };

  return createObjectStorage(
    {
      name: `the bucket ${bucket}`,
      baseUrl,
      prefix,
      client,
      putWhole,
      putParts,
      list,
      listUploads,
      address,
      addressParts,
    },
    ports,
  );
}

/** Amazon has the bucket in the host's name, others in the path. A bucket with dots has no certificate of its own there. */
export function addressOf({ bucket, endpoint, region = usualRegion }: S3Storage): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${encodeAws(bucket, false)}`;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const host = `s3.${region}.${suffix}`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

function notS3(bucket: string): WorkbenchError {
  return new WorkbenchError('storage-refused', `What answers for the bucket ${bucket} does not speak S3.`, {
    remedy: 'Check the endpoint in workbench.yaml.',
  });
}
