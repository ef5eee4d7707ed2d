import { stringify } from 'yaml';
import type { DetectedConnection, DetectedServer } from '../../schemas/generated/messages.ts';
import type { CreateHttpClient } from '../ports/http.ts';
import { nameAfter } from './connection-name.ts';
import { isRecord } from './http/json.ts';

/** Ports that local servers listen on when nobody says otherwise: Ollama, LM Studio, llama.cpp, vLLM and `transformers serve`. */
const usualPorts: readonly number[] = [11_434, 1234, 8080, 8000];

/** Milliseconds a server has to answer: on this machine it does at once or never. */
const patience = 500;

/** Bytes a list of models may have. */
const replyLimit = 2 ** 20;

/** Models of one server that are offered. */
const mostModels = 200;

export interface DetectOptions {
  readonly http: CreateHttpClient;
  /** `OLLAMA_HOST` and the like; only addresses of this machine are asked. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names of connections there are already. */
  readonly taken: readonly string[];
  /** Default: the usual ones. */
  readonly ports?: readonly number[];
}

/** Model servers that run on this machine, with connections to add for their models. Nothing but this machine is asked; no key is sent. */
export async function detectServers(options: DetectOptions, signal: AbortSignal): Promise<readonly DetectedServer[]> {
  const ports = new Set([...(options.ports ?? usualPorts), ...portsOf(options.environment)]);
  const found = await Promise.all([...ports].map(port => identify(port, options.http, signal)));
  signal.throwIfAborted();
  const taken = new Set(options.taken);
  return found.filter(server => server !== undefined).map(server => offerConnections(server, taken));
}

/** Ports on this machine that the environment names. */
function portsOf(environment: DetectOptions['environment']): readonly number[] {
  const ports: number[] = [];
  const ollama = environment['OLLAMA_HOST']?.trim() ?? '';
  if (ollama !== '') {
    const url = /^[a-z]+:\/\//i.test(ollama) ? ollama : `http://${ollama.startsWith(':') ? 'localhost' : ''}${ollama}`;
    const parsed = URL.canParse(url)
      ? /^http:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d{1,5}))?(?:\/|$)/i.exec(url)
      : null;
    if (parsed?.[1] !== undefined) ports.push(Number(parsed[1]));
  }
  for (const name of ['LLAMA_ARG_PORT', 'VLLM_PORT']) {
    const port = Number(environment[name]);
    if (Number.isInteger(port) && port > 0 && port < 65_536) ports.push(port);
  }
  return ports;
}

/** A server and its models, before there are names for connections. */
interface Identified {
  readonly kind: DetectedServer['kind'];
  readonly title: string;
  readonly baseUrl: string;
  readonly models: readonly { readonly id: string; readonly embeds: boolean }[];
}

/** Asks a port what it is by the addresses that only one kind of server has. */
async function identify(port: number, http: CreateHttpClient, signal: AbortSignal): Promise<Identified | undefined> {
  const baseUrl = `http://localhost:${String(port)}`;
  const client = http(baseUrl, { connections: 4 });
  try {
    const ask = (path: string): Promise<unknown> => getJson(client, baseUrl + path, signal);
    const [tags, props, studio, models] = await Promise.all(
      ['/api/tags', '/props', '/api/v0/models', '/v1/models'].map(ask),
    );
    const listed = listModels(models);
    // llama.cpp before Ollama: some of its builds list their models as Ollama does, too.
    if (isRecord(props) && (typeof props['build_info'] === 'string' || typeof props['model_path'] === 'string')) {
      return { kind: 'llama-cpp', title: 'llama.cpp', baseUrl, models: listed };
    }
    if (isRecord(tags) && Array.isArray(tags['models'])) {
      return { kind: 'ollama', title: 'Ollama', baseUrl, models: listModels({ data: tags['models'] }) };
    }
    if (isRecord(studio) && Array.isArray(studio['data'])) {
      return { kind: 'lm-studio', title: 'LM Studio', baseUrl, models: listModels(studio) };
    }
    if (!isRecord(models) || !Array.isArray(models['data'])) return undefined;
    const isVllm = models['data'].some(model => isRecord(model) && model['owned_by'] === 'vllm');
    const title = isVllm ? 'vLLM' : 'an OpenAI-compatible server';
    return { kind: isVllm ? 'vllm' : 'openai', title, baseUrl, models: listed };
  } finally {
    await client.close();
  }
}

function listModels(reply: unknown): Identified['models'] {
  const data = isRecord(reply) ? reply['data'] : undefined;
  const models: { readonly id: string; readonly embeds: boolean }[] = [];
  for (const entry of (Array.isArray(data) ? data : []).slice(0, mostModels)) {
    if (!isRecord(entry)) continue;
    const id = entry['id'] ?? entry['name'];
    if (typeof id === 'string' && id !== '' && id.length <= 500)
      models.push({ id, embeds: entry['type'] === 'embeddings' });
  }
  return models;
}

/** The JSON at an address; undefined for anything else, a refusal and silence included. */
async function getJson(client: ReturnType<CreateHttpClient>, url: string, signal: AbortSignal): Promise<unknown> {
  const decoder = new TextDecoder();
  const stop = new AbortController();
  let text = '';
  let status = 0;
  try {
    await client.send(
      {
        method: 'GET',
        url,
        headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'ai-workbench' },
        headTimeout: patience,
        idleTimeout: patience,
      },
      {
        head: code => {
          status = code;
        },
        data: chunk => {
          text += decoder.decode(chunk, { stream: true });
          if (text.length > replyLimit) stop.abort();
        },
      },
      AbortSignal.any([signal, stop.signal, AbortSignal.timeout(2 * patience)]),
    );
    return status === 200 ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // Nobody listens there, or it speaks something else: both mean "no such server".
  }
}

function offerConnections({ kind, title, baseUrl, models }: Identified, taken: Set<string>): DetectedServer {
  const connections = models.map(({ id, embeds }): DetectedConnection => {
    const name = nameAfter(id, taken);
    taken.add(name);
    return { name, model: id, yaml: stringify({ [name]: describe(kind, baseUrl, id, embeds) }) };
  });
  return { kind, title, baseUrl, connections };
}

function describe(kind: DetectedServer['kind'], baseUrl: string, model: string, embeds: boolean): object {
  if (kind === 'ollama') {
    return { provider: 'ollama', ...(baseUrl === 'http://localhost:11434' ? {} : { baseUrl }), model };
  }
  if (kind === 'llama-cpp') return { provider: 'llama-cpp', baseUrl, model };
  return { provider: 'openai', baseUrl: `${baseUrl}/v1`, model, ...(embeds ? { api: 'embeddings' } : {}) };
}
