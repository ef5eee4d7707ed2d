import { WorkbenchError } from '../../base/errors.ts';
import type { Digest } from '../../ports/digest.ts';
import { quoted } from '../scan/findings.ts';
import { isRecord } from '../scan/safetensors.ts';
import type { Source } from './parse.ts';
import { refused, type Answer, type HeadersFor, type Transfer } from './transfer.ts';

export type OciSource = Extract<Source, { kind: 'oci' }>;

/** One layer to fetch. */
export interface OciLayer {
  readonly url: string;
  readonly digest: string;
  readonly size: number;
  /** `raw` is the file itself; the others hold files. */
  readonly packing: 'raw' | 'tar' | 'tar+gzip';
  /** What a raw layer is called. */
  readonly name: string;
}

export interface OciArtifact {
  /** Digest of the manifest, `sha256:…`. */
  readonly digest: string;
  readonly layers: readonly OciLayer[];
  /** Carries the token; for the registry's own origin alone. */
  readonly headers: HeadersFor;
  /** Asks for a new token: they are short-lived, and layers are large. */
  renew(): Promise<void>;
}

/** Basic credentials for an origin that they may be sent to; undefined where there are none. */
export type BasicFor = (origin: string, signal: AbortSignal) => Promise<string | undefined>;

const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const largestManifest = 4 * 2 ** 20;
const mostLayers = 10_000;

/** Reads an artefact's manifest by the OCI distribution API. Its digest is checked, as each layer's is when it is fetched. */
export async function readOciArtifact(
  source: OciSource,
  transfer: Transfer,
  basicFor: BasicFor,
  digest: Digest,
  signal: AbortSignal,
): Promise<OciArtifact> {
  const { origin, repository } = source;
  let authorization: string | undefined;
  const headers: HeadersFor = async () => headerOf(authorization);
  const ask = async (reference: string): Promise<{ readonly answer: Answer; readonly digest: string }> => {
    const url = `${origin}/v2/${repository}/manifests/${reference}`;
    const accept: HeadersFor = async () => ({ ...(await headers(url, signal)), accept: manifestTypes.join(', ') });
    let answer = await transfer.get(url, accept, largestManifest, signal);
    if (answer.status === 401) {
      authorization = await authorize(answer, source, transfer, basicFor, signal);
      answer = await transfer.get(url, accept, largestManifest, signal);
    }
    if (answer.status !== 200) throw refused(url, answer.status);
    const found = `sha256:${digest.sha256(answer.bytes)}`;
    const told = reference.startsWith('sha256:') ? reference : answer.headers['docker-content-digest'];
    if (told !== undefined && told.startsWith('sha256:') && told !== found)
      throw malformed(source, `its manifest has the digest ${found} and not ${told}`);
    return { answer, digest: found };
  };
  let { answer, digest: found } = await ask(source.digest ?? source.tag ?? 'latest');
  let manifest = parseManifest(answer.bytes, source);
  if (Array.isArray(manifest['manifests'])) {
    ({ answer, digest: found } = await ask(chooseManifest(manifest['manifests'] as unknown[], source)));
    manifest = parseManifest(answer.bytes, source);
  }
  const { layers } = manifest;
  if (!Array.isArray(layers)) throw malformed(source, 'its manifest has no layers');
  if (layers.length > mostLayers) throw malformed(source, 'it has too many layers');
  return {
    digest: found,
    layers: (layers as unknown[]).map((layer, index) => readLayer(layer, index, source)),
    headers,
    async renew() {
      authorization = undefined;
      await ask(found);
    },
  };
}

function parseManifest(bytes: Uint8Array, source: OciSource): Readonly<Record<string, unknown>> {
  let manifest: unknown;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw malformed(source, 'its manifest is no JSON');
  }
  if (!isRecord(manifest)) throw malformed(source, 'its manifest is no object');
  return manifest;
}

/** Models are made for no machine: an index of one is that one. */
function chooseManifest(manifests: readonly unknown[], source: OciSource): string {
  const candidates = manifests.filter(isRecord).filter(({ digest }) => isDigest(digest));
  const models = candidates.filter(({ artifactType }) => /model/i.test(String(artifactType)));
  const [only, ...others] = models.length > 0 ? models : candidates;
  if (only === undefined) throw malformed(source, 'its index names no manifest');
  if (others.length > 0) {
    throw new WorkbenchError('usage', `${nameOf(source)} is an index of ${String(others.length + 1)} artefacts.`, {
      remedy: `Name one by its digest: ${[only, ...others]
        .slice(0, 5)
        .map(({ digest }) => String(digest))
        .join(', ')}.`,
    });
  }
  return String(only['digest']);
}

function readLayer(layer: unknown, index: number, source: OciSource): OciLayer {
  if (!isRecord(layer)) throw malformed(source, 'a layer is no object');
  const { digest, size, mediaType, annotations } = layer;
  if (!isDigest(digest))
    throw malformed(source, `a layer has the digest ${quoted(String(digest))}, and only sha256 is read`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw malformed(source, 'a layer has no size');
  const type = String(mediaType);
  const notes = isRecord(annotations) ? annotations : {};
  const title = notes['org.cncf.model.filepath'] ?? notes['org.opencontainers.image.title'];
  const unpacks = notes['io.deis.oras.content.unpack'] === 'true';
  const packing =
    /[.+]tar[.+]gzip$|\.tar\.gzip$|tar\+gzip$/.test(type) || unpacks
      ? 'tar+gzip'
      : /(?:^|[.+])tar$/.test(type)
        ? 'tar'
        : 'raw';
  const hex = digest.slice('sha256:'.length);
  return {
    url: `${source.origin}/v2/${source.repository}/blobs/${digest}`,
    digest: hex,
    size,
    packing,
    name: typeof title === 'string' && title !== '' ? title : nameByType(type, index),
  };
}

/** Ollama's layers have no names. */
function nameByType(type: string, index: number): string {
  const kind = /^application\/vnd\.ollama\.image\.(\w+)$/.exec(type)?.[1];
  if (kind === 'model') return 'model.gguf';
  if (kind !== undefined) return `${kind}.txt`;
  return `layer-${String(index + 1)}`;
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}

/** Answers a challenge: Basic, or a token from the realm it names. */
async function authorize(
  { headers }: Answer,
  source: OciSource,
  transfer: Transfer,
  basicFor: BasicFor,
  signal: AbortSignal,
): Promise<string> {
  const challenge = headers['www-authenticate'] ?? '';
  if (/^basic\b/i.test(challenge)) {
    const basic = await basicFor(source.origin, signal);
    if (basic === undefined) throw refused(source.origin, 401);
    return basic;
  }
  const values = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  const realm = values.get('realm') ?? '';
  if (!/^bearer\b/i.test(challenge) || !URL.canParse(realm))
    throw malformed(source, 'it asks for credentials in a way that is not known');
  const realmUrl = new URL(realm);
  if (new URL(source.origin).protocol === 'https:' && realmUrl.protocol !== 'https:')
    throw malformed(source, 'it wants its token asked for without encryption');
  const scope = values.get('scope') ?? `repository:${source.repository}:pull`;
  const service = values.get('service');
  const query = [
    ...(service === undefined ? [] : [`service=${encodeURIComponent(service)}`]),
    `scope=${encodeURIComponent(scope)}`,
  ].join('&');
  const url = `${realm}${realm.includes('?') ? '&' : '?'}${query}`;
  const basic = await basicFor(realmUrl.origin, signal);
  const answer = await transfer.get(url, async () => headerOf(basic), 1024 * 1024, signal);
  if (answer.status !== 200) throw refused(url, answer.status);
  const reply = parseManifest(answer.bytes, source);
  const token = reply['token'] ?? reply['access_token'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))
    throw malformed(source, 'its token server gave no token');
  return `Bearer ${token}`;
}

function headerOf(authorization: string | undefined): Readonly<Record<string, string>> {
  return authorization === undefined ? {} : { authorization };
}

export function nameOf({ origin, repository, tag, digest }: OciSource): string {
  const host = origin.replace(/^https?:\/\//, '');
  return `oci://${host}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function malformed(source: OciSource, what: string): WorkbenchError {
  return new WorkbenchError('registry-malformed', `${nameOf(source)} cannot be read: ${what}.`, {
    remedy: 'Check the address; push the artefact again where it is yours.',
  });
}
