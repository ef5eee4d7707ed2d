import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request was. */
export interface SourceRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
  readonly sent: number;
}

export interface ModelSource {
  readonly origin: string;
  readonly requests: readonly SourceRequest[];
  close(): Promise<void>;
}

export interface ModelSourceOptions {
  /** Content by path, such as `/m/model.safetensors`. */
  readonly files?: Map<string, Buffer>;
  /** Where a path leads instead. */
  readonly redirects?: Map<string, string>;
  /** The connection is cut after this many bytes of a body, so often. */
  readonly cut?: { bytes: number; times: number };
  /** Bodies are sent no faster than this. */
  readonly bytesPerSecond?: number;
  /** Without, no version of a file is told, so that nothing can be gone on with. */
  readonly etags?: boolean;
  /** A bearer token that every request needs. */
  readonly token?: string;
  /** OCI: every request of `/v2/` needs a token, which is given for this name and password. */
  readonly oci?: {
    readonly username: string;
    readonly password: string;
    /** Requests that one token is good for. */
    readonly uses?: number;
  };
  /** S3: requests must be signed with these. */
  readonly s3?: { readonly accessKey: string; readonly secretKey: string; readonly region: string };
}

/** Serves models as file servers, OCI registries and S3 do: ranges, versions, redirects, tokens and signatures. */
export async function startModelSource(options: ModelSourceOptions = {}): Promise<ModelSource> {
  const { files = new Map<string, Buffer>(), redirects = new Map<string, string>() } = options;
  const requests: { path: string; authorization: string | undefined; range: string | undefined; sent: number }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(url.pathname);
    const noted = { path, authorization: request.headers.authorization, range: request.headers.range, sent: 0 };
    requests.push(noted);
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`) {
      response.writeHead(401).end();
      return;
    }
    if (options.oci !== undefined && !answersOci(request, response, url, options.oci)) return;
    if (options.s3 !== undefined) {
      if (!isSigned(request, options.s3)) {
        response.writeHead(403).end('<Error><Code>SignatureDoesNotMatch</Code></Error>');
        return;
      }
      if (url.searchParams.get('list-type') === '2') {
        answerList(response, path, url, files);
        return;
      }
    }
    const target = redirects.get(path);
    if (target !== undefined) {
      response.writeHead(302, { location: target }).end();
      return;
    }
    const content = files.get(path);
    if (content === undefined) response.writeHead(404).end();
    else sendFile(request, response, content, options, noted);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  { etags = true, cut, bytesPerSecond }: ModelSourceOptions,
  noted: { sent: number },
): void {
  const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 16)}"`;
  const version = etags ? { etag } : {};
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? Number.NaN);
  const condition = headers['if-range'];
  const isPartial = !Number.isNaN(from) && (condition === undefined || (etags && condition === etag));
  if (isPartial && from >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const body = isPartial ? content.subarray(from) : content;
  response.writeHead(isPartial ? 206 : 200, {
    ...version,
    'content-length': body.length,
    'docker-content-digest': `sha256:${createHash('sha256').update(content).digest('hex')}`,
    ...(isPartial ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  });
  if (cut !== undefined && cut.times > 0 && body.length > cut.bytes) {
    cut.times -= 1;
    noted.sent = cut.bytes;
    response.write(body.subarray(0, cut.bytes), () => response.destroy());
    return;
  }
  noted.sent = body.length;
  if (bytesPerSecond === undefined) {
    response.end(body);
    return;
  }
  const each = Math.ceil(bytesPerSecond / 50);
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, at + each));
    at += each;
    if (at < body.length && !response.destroyed) return;
    clearInterval(timer);
    response.end();
  }, 20);
}

const ociToken = 'token-of-the-registry';
const tokenUses = new WeakMap<object, { given: number; left: number }>();

/** Returns whether the request may go on to a file. */
function answersOci(
  { headers }: IncomingMessage,
  response: ServerResponse,
  url: URL,
  oci: { readonly username: string; readonly password: string; readonly uses?: number },
): boolean {
  const { username, password, uses = Number.POSITIVE_INFINITY } = oci;
  const state = tokenUses.get(oci) ?? { given: 0, left: 0 };
  tokenUses.set(oci, state);
  if (url.pathname === '/token') {
    const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const isRight = headers.authorization === basic && url.searchParams.get('service') === 'models';
    response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' });
    if (isRight) Object.assign(state, { given: state.given + 1, left: uses });
    response.end(JSON.stringify(isRight ? { token: `${ociToken}-${state.given}` } : {}));
    return false;
  }
  if (!url.pathname.startsWith('/v2/')) return true;
  if (headers.authorization === `Bearer ${ociToken}-${state.given}` && state.left-- > 0) return true;
  const challenge = `Bearer realm="http://${headers.host ?? ''}/token",service="models",scope="repository:team/tiny:pull"`;
  response.writeHead(401, { 'www-authenticate': challenge }).end();
  return false;
}

function answerList(response: ServerResponse, path: string, url: URL, files: ReadonlyMap<string, Buffer>): void {
  const bucket = path.replace(/\/$/, '');
  const prefix = url.searchParams.get('prefix') ?? '';
  const keys = [...files.keys()]
    .filter(key => key.startsWith(`${bucket}/`))
    .map(key => key.slice(bucket.length + 1))
    .filter(key => key.startsWith(prefix))
    .sort();
  // Pages of one, so that paging is tried.
  const after = url.searchParams.get('continuation-token');
  const at = after === null ? 0 : keys.indexOf(after) + 1;
  const key = keys[at];
  const more = at + 1 < keys.length;
  const contents =
    key === undefined
      ? ''
      : `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${files.get(`${bucket}/${key}`)?.length ?? 0}</Size></Contents>`;
  const next = more && key !== undefined ? `<NextContinuationToken>${key}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<ListBucketResult>${contents}<IsTruncated>${String(more)}</IsTruncated>${next}</ListBucketResult>`);
}

/** Recomputes the signature of a request (AWS Signature Version 4), from what arrived. */
function isSigned(
  request: IncomingMessage,
  { accessKey, secretKey, region }: { readonly accessKey: string; readonly secretKey: string; readonly region: string },
): boolean {
  const { headers, method = '', url = '' } = request;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (match === null || match[1] !== accessKey || match[3] !== region) return false;
  const [, , day = '', , names = '', signature] = match;
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path,
    query.split('&').sort().join('&'),
    ...names.split(';').map(name => `${name}:${String(headers[name] ?? '').trim()}`),
    '',
    names,
    String(headers['x-amz-content-sha256']),
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${day}/${region}/s3/aws4_request\n${hash}`;
  const hmac = (key: string | Buffer, value: string): Buffer => createHmac('sha256', key).update(value).digest();
  const key = ['s3', 'aws4_request'].reduce(hmac, hmac(hmac(`AWS4${secretKey}`, day), region));
  return hmac(key, text).toString('hex') === signature;
}

/** Files of an OCI artefact in a registry: its manifest under tag and digest, its layers under theirs. */
export function makeOciArtifact(
  repository: string,
  tag: string,
  layers: readonly { readonly content: Buffer; readonly mediaType: string; readonly title?: string }[],
): { readonly files: Map<string, Buffer>; readonly digest: string } {
  const files = new Map<string, Buffer>();
  const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const config = Buffer.from('{}');
  files.set(`/v2/${repository}/blobs/${digestOf(config)}`, config);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.model.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: layers.map(({ content, mediaType, title }) => ({
        mediaType,
        digest: digestOf(content),
        size: content.length,
        ...(title === undefined ? {} : { annotations: { 'org.cncf.model.filepath': title } }),
      })),
    }),
  );
  for (const { content } of layers) files.set(`/v2/${repository}/blobs/${digestOf(content)}`, content);
  const digest = digestOf(manifest);
  files.set(`/v2/${repository}/manifests/${tag}`, manifest);
  files.set(`/v2/${repository}/manifests/${digest}`, manifest);
  return { files, digest };
}
