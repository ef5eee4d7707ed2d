import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Source } from './parse.ts';
import { encodeAws, signGet, type AwsCredentials } from './sigv4.ts';
import { refused, type HeadersFor, type Transfer } from './transfer.ts';

export type S3Source = Extract<Source, { kind: 's3' }>;

/** How a bucket is reached. */
export interface S3Access {
  /** Of a service that speaks S3, such as http://localhost:9000; absent: Amazon's own. */
  readonly endpoint?: string;
  readonly region: string;
  /** For the origin they may be sent to; absent: asked without. */
  readonly credentialsFor: (origin: string, signal: AbortSignal) => Promise<AwsCredentials | undefined>;
}

export interface S3Object {
  readonly key: string;
  /** Its path below the source's key. */
  readonly path: string;
  readonly size: number;
  readonly url: string;
}

export interface S3Listing {
  readonly objects: readonly S3Object[];
  readonly headers: HeadersFor;
}

const largestPage = 16 * 2 ** 20;
const mostPages = 1000;

/** Lists what a key stands for: the object itself, or all below it where it is a folder. */
export async function listS3(
  source: S3Source,
  access: S3Access,
  transfer: Transfer,
  ports: { readonly digest: Digest; readonly clock: Clock },
  signal: AbortSignal,
): Promise<S3Listing> {
  const { base, origin } = addressOf(source, access);
  const credentials = await access.credentialsFor(origin, signal);
  const headers: HeadersFor = async url =>
    credentials === undefined ? {} : signGet(url, access.region, credentials, ports.clock.now(), ports.digest);
  const found: { readonly key: string; readonly size: number }[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const query = [
      ...(token === undefined ? [] : [`continuation-token=${encodeAws(token, false)}`]),
      'encoding-type=url',
      'list-type=2',
      `prefix=${encodeAws(source.key, false)}`,
    ].join('&');
    const answer = await transfer.get(`${base}/?${query}`.replace(/\/\/\?/, '/?'), headers, largestPage, signal);
    if (answer.status !== 200) throw refused(base, answer.status);
    const text = new TextDecoder().decode(answer.bytes);
    for (const [, inner = ''] of text.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
      const key = decodeKey(valueOf(inner, 'Key') ?? '');
      const size = Number(valueOf(inner, 'Size'));
      if (key !== undefined && Number.isSafeInteger(size)) found.push({ key, size });
    }
    token = valueOf(text, 'IsTruncated') === 'true' ? valueOf(text, 'NextContinuationToken') : undefined;
    if (token === undefined) break;
  }
  const itself = found.find(({ key }) => key === source.key && !key.endsWith('/'));
  const folder = source.key.endsWith('/') ? source.key : `${source.key}/`;
  const chosen =
    itself === undefined ? found.filter(({ key }) => key.startsWith(folder) && !key.endsWith('/')) : [itself];
  if (chosen.length === 0)
    throw new WorkbenchError('registry-not-found', `s3://${source.bucket}/${source.key} holds nothing.`, {
      remedy: 'Check bucket and key, and what the credentials may list.',
    });
  return {
    headers,
    objects: chosen.map(({ key, size }) => ({
      key,
      size,
      path: itself === undefined ? key.slice(folder.length) : key.slice(key.lastIndexOf('/') + 1),
      url: `${base}/${encodeAws(key, true)}`,
    })),
  };
}

/** Amazon has the bucket in the host's name, others in the path. A bucket with dots has no certificate of its own. */
function addressOf(
  { bucket }: S3Source,
  { endpoint, region }: S3Access,
): { readonly base: string; readonly origin: string } {
  if (endpoint !== undefined) {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
    if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
      throw new WorkbenchError('usage', `"${endpoint.slice(0, 200)}" is no endpoint of S3.`, {
        remedy: 'Write it as https://HOST.',
      });
    return { base: `${url.href.replace(/\/+$/, '')}/${bucket}`, origin: url.origin };
  }
  const host = `s3.${region}.amazonaws.com`;
  const base = bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
  return { base, origin: new URL(base).origin };
}

function valueOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

function decodeKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A service that ignores `encoding-type` sends it as it is.
    return text === '' ? undefined : text;
  }
}
