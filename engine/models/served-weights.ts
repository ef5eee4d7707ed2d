import type { Connection } from '../../schemas/generated/files.ts';
import { digestOfFile } from '../datasets/pinned.ts';
import type { HttpClient } from '../ports/http.ts';
import type { ConnectPorts } from './connect-context.ts';
import { addressOf, modelNameOf, originOf, publishedOrigins } from './connections.ts';
import { createEndpoint, type Endpoint } from './http/endpoint.ts';
import { createExchange } from './http/exchange.ts';
import { writeHeaders } from './http/headers.ts';
import { isRecord } from './http/json.ts';
import { openCredential } from './http/open.ts';
import type { HttpCall, ReplyFormat } from './http/protocol.ts';
import { AttemptFailure } from './pacing/attempt-failure.ts';
import { emptyDigests, readDigests, readLooseDigest, type ServedDigests } from './served-digests.ts';

/** What an endpoint says of the weights that answer. All of it is its own word, but for digests of files that were read here. */
export interface ServedWeights extends ServedDigests {
  /** An adapter changes what the weights answer. */
  readonly adapter?: boolean;
  /** What it calls its model, for people; one short line. */
  readonly says?: string;
  /** Why nothing is known, a sentence. */
  readonly silence?: string;
}

type Ask = (call: HttpCall) => Promise<unknown>;

/** Asks one kind of server; undefined where the endpoint is none, or says nothing of the model. */
type Probe = (ask: Ask, context: ProbeContext) => Promise<ServedWeights | undefined>;

interface ProbeContext {
  readonly provider: Connection['provider'];
  readonly endpoint: Endpoint;
  readonly ports: ConnectPorts;
  readonly signal: AbortSignal;
}

/** Milliseconds one request may take. */
const patience = 10_000;

/** Bytes of a weights file on this machine that are read for its digest: some ten seconds. */
const largestFile = 4 * 2 ** 30;

const probes: { readonly [P in Connection['provider']]?: readonly Probe[] } = {
  openai: [askModels, askKserve, askOllama, askLlamaCpp],
  ollama: [askOllama],
  'llama-cpp': [askLlamaCpp, askModels],
};

/**
 * Asks an endpoint which weights it serves a model with; sends the connection's key and no prompt. What servers do not tell is left out: that
 * is no failure. Throws what `openCredential` throws, or the signal's reason.
 */
export async function readServedWeights(
  connection: Connection,
  name: string,
  ports: ConnectPorts,
  signal: AbortSignal,
): Promise<ServedWeights> {
  const origin = originOf(connection) ?? '';
  // A provider that keeps its weights to itself has no digest to tell.
  const own = publishedOrigins.includes(origin) ? [] : (probes[connection.provider] ?? []);
  if (own.length === 0) return { ...emptyDigests, silence: 'Such an endpoint does not tell which weights it serves.' };
  const key = (await openCredential(connection, origin, ports, signal))?.current();
  const headers = 'headers' in connection ? connection.headers : undefined;
  const settings = { name, baseUrl: addressOf(connection) ?? '', model: modelNameOf(connection), apiKey: key, headers };
  const endpoint = createEndpoint(settings);
  const client = ports.createHttp(endpoint.origin, { connections: 1, ...ports.networkFor(origin) });
  const { plain } = writeHeaders(headers ?? {}, {}, key === undefined ? {} : { authorization: `Bearer ${key}` });
  const ask = createAsk(endpoint, client, plain, ports, signal);
  try {
    return await askAll(own, ask, { provider: connection.provider, endpoint, ports, signal });
  } finally {
    await client.close();
  }
}

/** The first that tells a digest; else what the first of them said. */
async function askAll(own: readonly Probe[], ask: Ask, context: ProbeContext): Promise<ServedWeights> {
  let first: ServedWeights | undefined;
  let failure: AttemptFailure | undefined;
  for (const probe of own) {
    try {
      const told = await probe(ask, context);
      if (told !== undefined && told.weights.length + told.models.length > 0) return told;
      first ??= told;
    } catch (error) {
      if (!(error instanceof AttemptFailure)) throw error;
      failure ??= error;
      if (error.unreachable) break;
    }
  }
  if (first !== undefined) return first;
  return { ...emptyDigests, ...(failure === undefined ? {} : { silence: failure.message }) };
}

function createAsk(
  endpoint: Endpoint,
  client: HttpClient,
  headers: Readonly<Record<string, string>>,
  { clock }: ConnectPorts,
  signal: AbortSignal,
): Ask {
  const exchange = createExchange(endpoint, client, clock);
  return async call => {
    let found: unknown;
    const format: ReplyFormat<undefined> = {
      reply: 'description of its model',
      remedy: `Check that ${endpoint.field} is the address of the API.`,
      readBody(body) {
        found = body;
        return true;
      },
    };
    await exchange(call, headers, format, undefined, patience, signal);
    return found;
  };
}

/** `/v1/models`, where a server may add digests to its entries. */
async function askModels(ask: Ask, { endpoint, provider }: ProbeContext): Promise<ServedWeights | undefined> {
  const isLlamaCpp = provider === 'llama-cpp';
  const body = await ask({ method: 'GET', url: endpoint.urlOf(isLlamaCpp ? '/v1/models' : '/models') });
  const entries = listOf(isRecord(body) ? (body['data'] ?? body['models']) : body);
  // llama.cpp answers with the one model it has loaded, whatever it is called.
  const only = isLlamaCpp && entries.length === 1 ? entries[0] : undefined;
  const entry = entries.find(one => one['id'] === endpoint.model) ?? only;
  if (entry === undefined) return undefined;
  const root = entry['root'];
  return { ...readDigests(entry), ...saying(typeof root === 'string' ? root : entry['id'], endpoint) };
}

/** The metadata of KServe's own protocol (V2), beside its OpenAI-compatible paths. */
async function askKserve(ask: Ask, { endpoint }: ProbeContext): Promise<ServedWeights | undefined> {
  const body = await ask({
    method: 'GET',
    url: `${endpoint.origin}/v2/models/${encodeURIComponent(endpoint.model)}`,
  });
  if (!isRecord(body) || body['name'] !== endpoint.model) return undefined;
  return { ...readDigests(body), ...saying(body['platform'], endpoint) };
}

/** Ollama's list has the digest of the manifest, and the model's file names the blob of its weights by their digest. */
async function askOllama(ask: Ask, { endpoint }: ProbeContext): Promise<ServedWeights | undefined> {
  const list = await ask({ method: 'GET', url: `${endpoint.origin}/api/tags` });
  const wanted = endpoint.model.includes(':') ? endpoint.model : `${endpoint.model}:latest`;
  const entry = listOf(isRecord(list) ? list['models'] : undefined).find(
    one => one['name'] === wanted || one['model'] === wanted,
  );
  if (entry === undefined) return undefined;
  const loose = readLooseDigest(entry['digest']);
  const told = { ...emptyDigests, loose: loose === undefined ? [] : [loose], ...saying(wanted, endpoint) };
  const show = await ask({ url: `${endpoint.origin}/api/show`, body: JSON.stringify({ model: endpoint.model }) }).catch(
    (error: unknown) => {
      if (error instanceof AttemptFailure) return undefined;
      throw error;
    },
  );
  const file = isRecord(show) && typeof show['modelfile'] === 'string' ? show['modelfile'] : '';
  const blob = /^FROM\s[^\n]*sha256[-:]([0-9a-f]{64})\s*$/m.exec(file)?.[1];
  return {
    ...told,
    weights: blob === undefined ? [] : [blob],
    ...(/^ADAPTER\s/m.test(file) ? { adapter: true } : {}),
  };
}

/** llama.cpp names the file it has loaded. It is read for its digest where it lies on this machine and is not too large. */
async function askLlamaCpp(ask: Ask, { endpoint, ports, signal }: ProbeContext): Promise<ServedWeights | undefined> {
  const props = await ask({ method: 'GET', url: `${endpoint.origin}/props` });
  const path = isRecord(props) ? props['model_path'] : undefined;
  if (typeof path !== 'string' || path === '') return undefined;
  const said = saying(path, endpoint);
  const isHere = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/.test(endpoint.origin);
  if (!isHere || !/^(\/|[A-Za-z]:[\\/]).*\.(gguf|safetensors)$/i.test(path) || path.length > 4000)
    return { ...emptyDigests, ...said };
  const facts = await ports.files.facts(path);
  if (facts?.kind !== 'file') return { ...emptyDigests, ...said };
  if (facts.size > largestFile) {
    const size = `${(facts.size / 2 ** 30).toFixed(1)} GiB`;
    const silence = `Its file ${endpoint.quote(path)} has ${size}: too large to be read for its digest before each run.`;
    return { ...emptyDigests, silence };
  }
  const digest = await digestOfFile(ports.files, ports.digest, path, signal);
  return { ...emptyDigests, weights: [digest.replace(/^sha256:/, '')], ...said };
}

function saying(text: unknown, endpoint: Endpoint): { readonly says?: string } {
  return typeof text === 'string' && text !== '' ? { says: endpoint.quote(text) } : {};
}

/** Most entries of a list that are looked at. */
const mostEntries = 2_000;

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.slice(0, mostEntries).filter(isRecord) : [];
}
