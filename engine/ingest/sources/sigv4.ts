import type { Digest } from '../../ports/digest.ts';

export interface AwsCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
}

/** SHA-256 of nothing: what GET requests have as a body. */
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Headers that sign one GET request for S3 (AWS Signature Version 4). `at` is milliseconds since the epoch. */
export function signGet(
  url: string,
  region: string,
  { accessKey, secretKey, sessionToken }: AwsCredentials,
  at: number,
  digest: Digest,
): Readonly<Record<string, string>> {
  const time = `${new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const day = time.slice(0, 8);
  const { host, path, query } = takeApart(url);
  const headers: Record<string, string> = {
    host,
    'x-amz-content-sha256': emptyDigest,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    'GET',
    path,
    query.split('&').sort().join('&'),
    ...names.map(name => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    emptyDigest,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, digest.sha256(canonical)].join('\n');
  const steps = [day, region, 's3', 'aws4_request', text];
  const signature = steps.reduce<Uint8Array>(
    (key, step) => hmac(key, step, digest),
    new TextEncoder().encode(`AWS4${secretKey}`),
  );
  const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hexOf(signature)}`,
  };
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
