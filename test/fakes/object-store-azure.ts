import { createHash, createHmac } from 'node:crypto';
import {
  answerRange,
  escapeXml,
  serveObjects,
  xmlError,
  type ObjectServer,
  type StoreRequest,
  type StoreResponse,
} from './object-store.ts';

export interface AzureServerOptions {
  readonly container: string;
  /** Blobs a page of a listing holds. */
  readonly page?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface AzureServer extends ObjectServer {
  /** Blocks that were put and belong to no blob yet, by blob and id. */
  readonly blocks: Map<string, Buffer>;
  /** A shared access signature for the container. */
  sas(permissions: string, until: number): string;
}

/** A storage account with its key. */
export interface AzureAccount {
  readonly account: string;
  readonly key: Buffer;
}

const fake: AzureAccount = { account: 'fakeaccount', key: Buffer.from('a key of a fake account, 32 bytes') };
const version = '2021-08-06';

/** A container that verifies the signature of the container's SAS, its permissions and its end, as Azure documents them. */
export async function startAzureServer(options: AzureServerOptions): Promise<AzureServer> {
  const { container, page = 5000, now = () => Date.now() } = options;
  const objects = new Map<string, Buffer>();
  const blocks: AzureServer['blocks'] = new Map();

  function answer(request: StoreRequest): StoreResponse {
    const { searchParams } = request.url;
    const comp = searchParams.get('comp');
    const [, name, ...rest] = request.rawPath.split('/').map(decodeURIComponent);
    const blob = rest.join('/');
    const needed = comp === 'list' ? 'l' : request.method === 'GET' ? 'r' : request.method === 'PUT' ? 'w' : 'd';
    const refusal = verify(searchParams, container, needed, now());
    if (refusal !== undefined) return refusal;
    if (name !== container) return xmlError(404, 'ContainerNotFound', 'The specified container does not exist.');
    if (comp === 'list') return list(searchParams);
    const content = objects.get(blob);
    if (request.method === 'GET')
      return content === undefined
        ? xmlError(404, 'BlobNotFound', 'The specified blob does not exist.')
        : answerRange(content, `"0x${createHash('md5').update(content).digest('hex')}"`, request);
    if (request.method === 'DELETE') {
      if (!objects.delete(blob)) return xmlError(404, 'BlobNotFound', 'The specified blob does not exist.');
      return { status: 202 };
    }
    if (comp === 'block') {
      blocks.set(`${blob}\n${searchParams.get('blockid') ?? ''}`, request.body);
      return { status: 201 };
    }
    if (comp === 'blocklist') return commit(blob, request);
    if (request.headers['x-ms-blob-type'] !== 'BlockBlob')
      return xmlError(400, 'MissingRequiredHeader', 'x-ms-blob-type is missing.');
    objects.set(blob, request.body);
    return { status: 201 };
  }

  function commit(blob: string, { body }: StoreRequest): StoreResponse {
    const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id]) => `${blob}\n${id ?? ''}`);
    const found = ids.map(id => blocks.get(id));
    if (found.includes(undefined)) return xmlError(400, 'InvalidBlockList', 'A block is missing.');
    objects.set(blob, Buffer.concat(found as Buffer[]));
    for (const id of ids) blocks.delete(id);
    return { status: 201 };
  }

  function list(query: URLSearchParams): StoreResponse {
    if (query.get('restype') !== 'container') return xmlError(400, 'InvalidQueryParameterValue', 'restype is missing.');
    const prefix = query.get('prefix') ?? '';
    const after = query.get('marker') ?? '';
    const names = [...objects.keys()].filter(blob => blob.startsWith(prefix) && blob > after).sort();
    const shown = names.slice(0, page);
    const blobs = shown.map(
      blob =>
        `<Blob><Name>${escapeXml(blob)}</Name><Properties><Content-Length>${String(objects.get(blob)?.length)}</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
    );
    const marker = names.length > shown.length ? escapeXml(shown.at(-1) ?? '') : '';
    return {
      status: 200,
      body: `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="${container}"><Blobs>${blobs.join('')}</Blobs><NextMarker>${marker}</NextMarker></EnumerationResults>`,
    };
  }

  return {
    ...(await serveObjects(objects, answer)),
    blocks,
    sas: (permissions, until) => signContainer(fake, container, permissions, until),
  };
}

/** A shared access signature for a container. */
export function signContainer(by: AzureAccount, container: string, permissions: string, until: number): string {
  const query = new URLSearchParams({ sv: version, se: timeOf(until), sr: 'c', sp: permissions });
  query.set('sig', sign(query, container, by));
  return query.toString();
}

/** A shared access signature for making containers. */
export function signAccount({ account, key }: AzureAccount, until: number): string {
  const fields = { sp: 'c', ss: 'b', srt: 'c', st: '', se: timeOf(until), sip: '', spr: '', sv: version };
  const text = [account, ...Object.values(fields), '', ''].join('\n');
  const sig = createHmac('sha256', key).update(text).digest('base64');
  const query = Object.entries({ ...fields, sig }).filter(([, value]) => value !== '');
  return new URLSearchParams(query).toString();
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** Of a service SAS for a container, version 2020-12-06 and later. */
function sign(query: URLSearchParams, container: string, { account, key }: AzureAccount = fake): string {
  const field = (name: string) => query.get(name) ?? '';
  const text = [
    field('sp'),
    field('st'),
    field('se'),
    `/blob/${account}/${container}`,
    ...['si', 'sip', 'spr', 'sv', 'sr', 'snapshot', 'ses', 'rscc', 'rscd', 'rsce', 'rscl', 'rsct'].map(field),
  ].join('\n');
  return createHmac('sha256', key).update(text).digest('base64');
}

function verify(query: URLSearchParams, container: string, needed: string, now: number): StoreResponse | undefined {
  if (!query.has('sig')) return xmlError(403, 'NoAuthenticationInformation', 'The request is not signed.');
  if (query.get('sig') !== sign(query, container))
    return xmlError(403, 'AuthenticationFailed', 'Signature did not match.');
  if (now > Date.parse(query.get('se') ?? ''))
    return xmlError(403, 'AuthenticationFailed', 'Signed expiry time is over.');
  if (!(query.get('sp') ?? '').includes(needed))
    return xmlError(
      403,
      'AuthorizationPermissionMismatch',
      'This request is not authorized to perform this operation.',
    );
  return undefined;
}
