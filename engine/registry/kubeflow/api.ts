import { WorkbenchError } from '../../base/errors.ts';
import { isRecord } from '../../models/http/json.ts';
import { readRetryAfter } from '../../models/pacing/retry.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RestClient } from '../rest/client.ts';
import { escapeLike } from './like.ts';
import { nameOf, readText, type Resource } from './wire.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface ResourcePage {
  readonly items: readonly Resource[];
  readonly next?: string;
}

/** The REST API v1alpha3 of one registry. Paths are those below its base. */
export interface KubeflowApi {
  /** Undefined where there is none. */
  get(path: string, signal: AbortSignal): Promise<Resource | undefined>;
  /** The one of exactly this name. */
  findByName(path: string, name: string, query: Query, signal: AbortSignal): Promise<Resource | undefined>;
  findByExternalId(path: string, externalId: string, signal: AbortSignal): Promise<Resource | undefined>;
  page(path: string, query: Query, signal: AbortSignal): Promise<ResourcePage>;
  /** All pages, in the order of their ids. */
  all(path: string, query: Query, signal: AbortSignal): Promise<readonly Resource[]>;
  /** Sent once; undefined where the server says that it is there already. */
  create(path: string, body: Resource, signal: AbortSignal): Promise<Resource | undefined>;
  /**
   * Sent once: what it carries may be old by the time it could be sent again. Where the server was too busy to do it, gives the
   * milliseconds to wait.
   */
  update(path: string, body: Resource, signal: AbortSignal): Promise<number | undefined>;
}

/** Where a busy server does not say how long. */
const busyWait = 1000;

const basePath = '/api/model_registry/v1alpha3';

/** Most resources asked for at once; the server reads the properties of each one separately. */
export const largestPage = 500;

/** What has to stand between a registry's `url` and a path of the API. */
export function basePathFor(url: string): string {
  const path = new URL(url).pathname.replace(/\/+$/, '');
  if (/\/api\/model_registry\/v[0-9a-z]+$/.test(path)) return '';
  return path.endsWith('/api/model_registry') ? '/v1alpha3' : basePath;
}

export function createKubeflowApi(name: string, url: string, rest: RestClient, clock: Clock): KubeflowApi {
  const base = basePathFor(url);

  function requireResource(json: unknown, path: string): Resource {
    if (isRecord(json) && typeof json['id'] === 'string') return json;
    throw malformed(name, path);
  }

  async function find(path: string, query: Query, signal: AbortSignal): Promise<Resource | undefined> {
    const reply = await rest.send({ method: 'GET', path: base + path, query }, signal, [404]);
    if (reply.status !== 404) return requireResource(reply.json, path);
    // Its own 404 has a message in JSON; another one means that this is no model registry.
    if (isRecord(reply.json)) return undefined;
    throw malformed(name, path);
  }

  const api: KubeflowApi = {
    get: (path, signal) => find(path, {}, signal),
    async findByName(path, wanted, query, signal) {
      const escaped = escapeLike(wanted);
      // A server that compares by `=` knows no escapes, so the name itself is tried too.
      for (const text of escaped === wanted ? [wanted] : [escaped, wanted]) {
        const found = await find(path, { ...query, name: text }, signal);
        if (found !== undefined && nameOf(found) === wanted) return found;
      }
      return undefined;
    },
    findByExternalId: (path, externalId, signal) => find(path, { externalId }, signal),
    async page(path, query, signal) {
      const { status, json } = await rest.send({ method: 'GET', path: base + path, query }, signal, [404]);
      if (status === 404 || !isRecord(json) || !Array.isArray(json['items'] ?? [])) throw malformed(name, path);
      const items = ((json['items'] ?? []) as readonly unknown[]).filter(
        (item): item is Resource => isRecord(item) && typeof item['id'] === 'string',
      );
      const next = readText(json, 'nextPageToken') ?? '';
      if (next !== '' && next === query['nextPageToken']) {
        throw new WorkbenchError('registry-malformed', `The registry ${name} gives the same page again and again.`);
      }
      return { items, ...(next === '' ? {} : { next }) };
    },
    async all(path, query, signal) {
      const items: Resource[] = [];
      let nextPageToken: string | undefined;
      do {
        const order = { orderBy: 'ID', sortOrder: 'ASC', pageSize: largestPage };
        const page: ResourcePage = await api.page(path, { ...order, ...query, nextPageToken }, signal);
        items.push(...page.items);
        nextPageToken = page.next;
      } while (nextPageToken !== undefined);
      return items;
    },
    async create(path, body, signal) {
      const reply = await rest.send({ method: 'POST', path: base + path, body, repeatable: false }, signal, [409]);
      return reply.status === 409 ? undefined : requireResource(reply.json, path);
    },
    async update(path, body, signal) {
      const call = { method: 'PATCH', path: base + path, body, repeatable: false } as const;
      const reply = await rest.send(call, signal, [429]);
      return reply.status === 429 ? (readRetryAfter(reply.headers, clock.now()) ?? busyWait) : undefined;
    },
  };
  return api;
}

function malformed(name: string, path: string): WorkbenchError {
  return new WorkbenchError(
    'registry-malformed',
    `What ${name} answers to ${path} is not what a model registry says.`,
    {
      remedy:
        'Check that its url is that of a Kubeflow Model Registry; its path ends with /api/model_registry/v1alpha3.',
    },
  );
}
