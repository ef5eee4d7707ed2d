import type { Digest } from '../../ports/digest.ts';

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
}

/** A request to be signed. */
export interface Signable {
  readonly method: string;
  /** Path and query are already percent-encoded as AWS wants it (`encodeAws`). */
  readonly url: string;
  /** Further headers to sign, by lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hex, or `UNSIGNED-PAYLOAD`; absent: there is none. */
  readonly payload?: string;
}

/** Who signs, when and for where. */
export interface Signing {
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly digest: Digest;
}

/** Seconds that a signed address lives at most. */
export const longestAddress = 7 * 24 * 60 * 60;

/** SHA-256 of nothing: what requests without a body have as one. */
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const algorithm = 'AWS4-HMAC-SHA256';

/** Headers that sign one request for S3 (AWS Signature Version 4), those of the request among them. */
export function signRequest(request: Signable, signing: Signing): Readonly<Record<string, string>> {
  const { payload = emptyDigest } = request;
  const { accessKey, sessionToken } = signing.credentials;
  const { time, scope } = when(signing);
  const { host, query } = takeApart(request.url);
  const sent: Record<string, string> = {
    ...request.headers,
    'x-amz-content-sha256': payload,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const headers: Record<string, string> = { ...sent, host };
  const signature = signatureOf(request, headers, query, payload, signing);
  const names = Object.keys(headers).sort().join(';');
  return {
    ...sent,
    authorization: `${algorithm} Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/**
 * An address that allows one kind of request for so many seconds, at most `longestAddress`, to whoever has it. Only the host is signed, so
 * any body may be sent there.
 */
export function signUrl(request: Pick<Signable, 'method' | 'url'>, seconds: number, signing: Signing): string {
  const { accessKey, sessionToken } = signing.credentials;
  const { time, scope } = when(signing);
  const { host, query } = takeApart(request.url);
  const added = [
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${accessKey}/${scope}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(seconds)],
    ...(sessionToken === undefined ? [] : [['X-Amz-Security-Token', sessionToken]]),
    ['X-Amz-SignedHeaders', 'host'],
  ].map(([name = '', value = '']) => `${name}=${encodeAws(value, false)}`);
  const whole = [...(query === '' ? [] : [query]), ...added].join('&');
  const signature = signatureOf(request, { host }, whole, 'UNSIGNED-PAYLOAD', signing);
  const bare = request.url.split('?')[0] ?? '';
  return `${bare}?${whole}&X-Amz-Signature=${signature}`;
}

/** Headers that sign one GET request. `at` is milliseconds since the epoch. */
export function signGet(
  url: string,
  region: string,
  credentials: AwsCredentials,
  at: number,
  digest: Digest,
): Readonly<Record<string, string>> {
  return signRequest({ method: 'GET', url }, { region, credentials, at, digest });
}

function when({ at, region }: Signing): { readonly time: string; readonly day: string; readonly scope: string } {
  const time = `${new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const day = time.slice(0, 8);
  return { time, day, scope: `${day}/${region}/s3/aws4_request` };
}

function signatureOf(
  { method, url }: Pick<Signable, 'method' | 'url'>,
  headers: Readonly<Record<string, string>>,
  query: string,
  payload: string,
  signing: Signing,
): string {
  const { digest, region, credentials } = signing;
  const { time, day, scope } = when(signing);
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    takeApart(url).path,
    canonicalQuery(query),
    ...names.map(name => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const text = [algorithm, time, scope, digest.sha256(canonical)].join('\n');
  const steps = [day, region, 's3', 'aws4_request', text];
  const start: Uint8Array = new TextEncoder().encode(`AWS4${credentials.secretKey}`);
  return hexOf(steps.reduce((key, step) => hmac(key, step, digest), start));
}

/** Sorted by name, then value; a name alone has an empty value. */
function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map(pair => {
    const equals = pair.indexOf('=');
    return equals < 0 ? ([pair, ''] as const) : ([pair.slice(0, equals), pair.slice(equals + 1)] as const);
  });
  return pairs
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function takeApart(url: string): { readonly host: string; readonly path: string; readonly query: string } {
  const match = /^https?:\/\/([^/?]+)([^?]*)(?:\?(.*))?$/.exec(url);
  return { host: match?.[1] ?? '', path: match?.[2] === '' ? '/' : (match?.[2] ?? '/'), query: match?.[3] ?? '' };
}

/** HMAC-SHA256 (RFC 2104). */
function hmac(key: Uint8Array, text: string, digest: Digest): Uint8Array {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? bytesOf(digest.sha256(key)) : key);
  const message = new TextEncoder().encode(text);
  const inner = new Uint8Array(64 + message.length);
  inner.set(block.map(byte => byte ^ 0x36));
  inner.set(message, 64);
  const outer = new Uint8Array(96);
  outer.set(block.map(byte => byte ^ 0x5c));
  outer.set(bytesOf(digest.sha256(inner)), 64);
  return bytesOf(digest.sha256(outer));
}

/** Percent-encodes as AWS wants it: all but unreserved characters; slashes stay in paths. */
export function encodeAws(text: string, keepSlashes: boolean): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return keepSlashes ? encoded.replaceAll('%2F', '/') : encoded;
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], pair => parseInt(pair, 16));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
