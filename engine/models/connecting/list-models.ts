import type { Connection } from '../../../schemas/generated/files.ts';
import type { ListedModel, ListedModels } from '../../../schemas/generated/messages.ts';
import type { ConnectPorts } from '../connect-context.ts';
import { addressOf, originOf } from '../connections.ts';
import { createEndpoint } from '../http/endpoint.ts';
import { createExchange } from '../http/exchange.ts';
import { writeHeaders } from '../http/headers.ts';
import { isRecord } from '../http/json.ts';
import { openCredential } from '../http/open.ts';
import type { ReplyFormat } from '../http/protocol.ts';
import { readListedPrice } from './listed-price.ts';

/** Models of one endpoint that are offered; a longer list is for searching elsewhere. */
const mostModels = 2_000;

/** How one provider is asked for its models. */
interface Listing {
  path(baseUrl: string): string;
  /** How a key is sent. */
  readonly authorise: (key: string) => Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The entries of a parsed body; undefined where it is no list. */
  entries(body: Readonly<Record<string, unknown>>): readonly unknown[] | undefined;
  read(entry: Readonly<Record<string, unknown>>): ListedModel | undefined;
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

const openAi: Listing = {
  path: () => '/models',
  authorise: bearer,
  // Some gateways send the list bare.
  entries: ({ data, models }) => listOf(data) ?? listOf(models),
  read: entry => described(entry['id'], entry['name'], entry),
};

const listings: { readonly [P in Connection['provider']]?: Listing } = {
  openai: openAi,
  anthropic: {
    path: baseUrl => (baseUrl.endsWith('/v1') ? '/models?limit=1000' : '/v1/models?limit=1000'),
    authorise: key => ({ 'x-api-key': key }),
    headers: { 'anthropic-version': '2023-06-01' },
    entries: ({ data }) => listOf(data),
    read: entry => described(entry['id'], entry['display_name'], entry),
  },
  gemini: {
    path: () => '/models?pageSize=1000',
    authorise: key => ({ 'x-goog-api-key': key }),
    entries: ({ models }) => listOf(models),
    read(entry) {
      const methods = listOf(entry['supportedGenerationMethods']);
      if (methods !== undefined && !methods.includes('generateContent')) return undefined;
      const name = entry['name'];
      return described(typeof name === 'string' ? name.replace(/^models\//, '') : name, entry['displayName'], entry);
    },
  },
  ollama: {
    path: () => '/api/tags',
    authorise: bearer,
    entries: ({ models }) => listOf(models),
    read: entry => described(entry['name'] ?? entry['model'], undefined, entry),
  },
  'llama-cpp': { ...openAi, path: () => '/v1/models' },
};

/** Milliseconds a list of models may take. */
const patience = 20_000;

/**
 * The models an endpoint says it serves, sorted; none for a connection that has nothing to ask, such as a deployment. `name` is what messages
 * call it. Sends the connection's key. Throws AttemptFailure, what `openCredential` throws, or the signal's reason.
 */
export async function listModels(
  connection: Connection,
  name: string,
  ports: ConnectPorts,
  signal: AbortSignal,
): Promise<ListedModels> {
  const listing = listings[connection.provider];
  const isVertex = connection.provider === 'gemini' && connection.auth !== undefined;
  if (listing === undefined || isVertex) return { models: [], complete: true };
  const origin = originOf(connection) ?? '';
  const key = (await openCredential(connection, origin, ports, signal))?.current();
  const own = 'headers' in connection ? connection.headers : undefined;
  // Without a model's name the endpoint's messages speak of the list.
  const settings = { name, baseUrl: addressOf(connection) ?? '', model: '', apiKey: key, headers: own };
  const endpoint = createEndpoint(settings);
  const client = ports.createHttp(endpoint.origin, { connections: 1, ...ports.networkFor(origin) });
  let models: readonly unknown[] = [];
  const format: ReplyFormat<undefined> = {
    reply: 'list of models',
    remedy: `Check that ${endpoint.field} is the address of the API, and not of its web page.`,
    readBody(body) {
      const found = isRecord(body) ? listing.entries(body) : listOf(body);
      models = found ?? [];
      return found !== undefined;
    },
  };
  const { plain } = writeHeaders(own ?? {}, listing.headers, key === undefined ? {} : listing.authorise(key));
  const call = { method: 'GET', url: endpoint.urlOf(listing.path(endpoint.baseUrl)) } as const;
  try {
    await createExchange(endpoint, client, ports.clock)(call, plain, format, undefined, patience, signal);
  } finally {
    await client.close();
  }
  return toList(models, listing);
}

function toList(entries: readonly unknown[], { read }: Listing): ListedModels {
  const found = new Map<string, ListedModel>();
  for (const entry of entries) {
    if (found.size >= mostModels) break;
    const model = isRecord(entry) ? read(entry) : undefined;
    if (model !== undefined) found.set(model.id, model);
  }
  const models = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { models, complete: entries.length <= mostModels };
}

/** An entry as endpoints write it; undefined where it has no usable name. */
function described(id: unknown, title: unknown, entry: Readonly<Record<string, unknown>>): ListedModel | undefined {
  if (typeof id !== 'string' || id === '' || id.length > 500) return undefined;
  const price = readListedPrice(entry['pricing']);
  const isTitled = typeof title === 'string' && title !== '' && title !== id;
  const embeds = entry['type'] === 'embeddings' || entry['type'] === 'embedding';
  return {
    id,
    ...(isTitled ? { title: title.slice(0, 200) } : {}),
    ...(embeds ? { embeds } : {}),
    ...(price === undefined ? {} : { price }),
  };
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
