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

export interface S3ServerOptions {
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
  /** Keys a page of a listing holds. */
  readonly page?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface S3Server extends ObjectServer {
  /** Uploads in parts that nobody completed, by id. */
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>;
}

const longestSkew = 15 * 60_000;

/** A bucket that verifies every signature by itself, in headers and in addresses with their expiry, as S3 documents it. */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const { bucket, page = 1000, now = () => Date.now() } = options;
  const objects = new Map<string, Buffer>();
  const uploads: S3Server['uploads'] = new Map();
  let nextUpload = 1;

  function answer(request: StoreRequest): StoreResponse {
    const refusal = verify(request, options, now());
    if (refusal !== undefined) return refusal;
    const [, first = '', ...rest] = request.rawPath.split('/');
    if (decodeURIComponent(first) !== bucket) return xmlError(404, 'NoSuchBucket', 'The bucket does not exist.');
    const key = rest.map(decodeURIComponent).join('/');
    const { searchParams } = request.url;
    if (key === '') return searchParams.has('uploads') ? listUploads(searchParams) : list(searchParams);
    const upload = uploads.get(searchParams.get('uploadId') ?? '');
    if (searchParams.has('uploadId') && upload === undefined) return xmlError(404, 'NoSuchUpload', 'No such upload.');
    switch (request.method) {
      case 'GET': {
        const content = objects.get(key);
        return content === undefined
          ? xmlError(404, 'NoSuchKey', 'No such key.')
          : answerRange(content, tagOf(content), request);
      }
      case 'PUT': {
        if (upload === undefined) objects.set(key, request.body);
        else upload.parts.set(Number(searchParams.get('partNumber')), request.body);
        return { status: 200, headers: { etag: tagOf(request.body) } };
      }
      case 'POST':
        return searchParams.has('uploads') ? begin(key) : complete(key, searchParams.get('uploadId') ?? '', request);
      case 'DELETE': {
        if (upload === undefined) objects.delete(key);
        else uploads.delete(searchParams.get('uploadId') ?? '');
        return { status: 204 };
      }
      default:
        return xmlError(405, 'MethodNotAllowed', 'Not allowed.');
    }
  }

  function begin(key: string): StoreResponse {
    const id = `upload/${String(nextUpload++)}+`;
    uploads.set(id, { key, parts: new Map() });
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    };
  }

  function complete(key: string, id: string, { body }: StoreRequest): StoreResponse {
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)<\/ETag>/g)];
    const parts = uploads.get(id)?.parts ?? new Map<number, Buffer>();
    const found = named.map(([, number, tag]) => {
      const part = parts.get(Number(number));
      return part !== undefined && tagOf(part) === tag ? part : undefined;
    });
    if (found.length === 0 || found.includes(undefined)) return xmlError(400, 'InvalidPart', 'A part is missing.');
    const small = found.slice(0, -1).some(part => (part?.length ?? 0) < 5 * 2 ** 20);
    if (small) return xmlError(400, 'EntityTooSmall', 'A part is too small.');
    objects.set(key, Buffer.concat(found as Buffer[]));
    uploads.delete(id);
    return { status: 200, body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
  }

  function list(query: URLSearchParams): StoreResponse {
    if (query.get('list-type') !== '2') return xmlError(400, 'InvalidArgument', 'Only version 2 is known.');
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter(key => key.startsWith(prefix) && key > after).sort();
    const shown = keys.slice(0, page);
    const isCut = keys.length > shown.length;
    const contents = shown.map(
      key =>
        `<Contents><Key>${encodeURIComponent(key).replaceAll('%2F', '/')}</Key><Size>${String(objects.get(key)?.length)}</Size></Contents>`,
    );
    const next = isCut ? `<NextContinuationToken>${escapeXml(shown.at(-1) ?? '')}</NextContinuationToken>` : '';
    return {
      status: 200,
      body: `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${String(isCut)}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    };
  }

  function listUploads(query: URLSearchParams): StoreResponse {
    const prefix = query.get('prefix') ?? '';
    const found = [...uploads].filter(([, { key }]) => key.startsWith(prefix));
    const entries = found.map(
      ([id, { key }]) => `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId></Upload>`,
    );
    return { status: 200, body: `<ListMultipartUploadsResult>${entries.join('')}</ListMultipartUploadsResult>` };
  }

  return { ...(await serveObjects(objects, answer)), uploads };
}

function tagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

/** Undefined where the request is signed as it must be. */
function verify(request: StoreRequest, options: S3ServerOptions, now: number): StoreResponse | undefined {
  const { searchParams } = request.url;
  const { headers } = request;
  const inQuery = searchParams.has('X-Amz-Signature');
  const said = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  );
  if (!inQuery && said === null) return xmlError(403, 'AccessDenied', 'Anonymous access is not allowed.');
  const [credential = '', names = '', signature = ''] = inQuery
    ? ['X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature'].map(name => searchParams.get(name) ?? '')
    : (said ?? []).slice(1);
  const time = inQuery ? (searchParams.get('X-Amz-Date') ?? '') : String(headers['x-amz-date']);
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const [key, day, region, service, end] = credential.split('/');
  if (key !== options.accessKey) return xmlError(403, 'InvalidAccessKeyId', 'No such key.');
  if (region !== options.region)
    return xmlError(400, 'AuthorizationHeaderMalformed', `The region is wrong.`, `<Region>${options.region}</Region>`);
  if (inQuery) {
    const seconds = Number(searchParams.get('X-Amz-Expires'));
    if (!(seconds >= 1 && seconds <= 604_800)) return xmlError(400, 'AuthorizationQueryParametersError', 'Bad expiry.');
    if (now > at + seconds * 1000) return xmlError(403, 'AccessDenied', 'Request has expired');
  } else if (Math.abs(now - at) > longestSkew) {
    return {
      ...xmlError(403, 'RequestTimeTooSkewed', 'The time is too far off.'),
      headers: { date: new Date(now).toUTCString() },
    };
  }
  const token = inQuery ? (searchParams.get('X-Amz-Security-Token') ?? undefined) : headers['x-amz-security-token'];
  if (token !== options.sessionToken) return xmlError(400, 'InvalidToken', 'The token is not valid.');
  const payload = inQuery ? 'UNSIGNED-PAYLOAD' : String(headers['x-amz-content-sha256']);
  if (!inQuery && payload !== createHash('sha256').update(request.body).digest('hex'))
    return xmlError(400, 'XAmzContentSHA256Mismatch', 'The body has another digest.');
  const query = [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [strictEncode(name), strictEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(pair => pair.join('='))
    .join('&');
  const signed = names.split(';');
  if (!signed.includes('host')) return xmlError(403, 'AccessDenied', 'The host is not signed.');
  const unsigned = Object.keys(headers).find(name => name.startsWith('x-amz-') && !signed.includes(name));
  if (unsigned !== undefined) return xmlError(403, 'AccessDenied', `${unsigned} is not signed.`);
  const canonical = [
    request.method,
    request.rawPath,
    query,
    ...signed.map(name => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    payload,
  ].join('\n');
  const scope = `${String(day)}/${region}/${String(service)}/${String(end)}`;
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  const signing = [day, region, service, end].reduce<Buffer | string>(
    (secret, step) => createHmac('sha256', secret).update(String(step)).digest(),
    `AWS4${options.secretKey}`,
  );
  const expected = createHmac('sha256', signing).update(text).digest('hex');
  return expected === signature ? undefined : xmlError(403, 'SignatureDoesNotMatch', 'The signature is another.');
}

function strictEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
