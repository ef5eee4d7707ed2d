import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ValidateFunction } from 'ajv';
import { omit } from '../../engine/base/omit.ts';
import { errorSchema, resourceSchemas, type Collection } from './kubeflow/schemas.ts';
import { KubeflowStore, Refusal, type Entity, type Fields, type ListQuery } from './kubeflow/store.ts';

export interface KubeflowRequest {
  readonly method: string;
  /** Below `/api/model_registry/v1alpha3`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Fields | undefined;
}

export interface KubeflowFault {
  readonly when: (request: KubeflowRequest) => boolean;
  /** How many requests it spoils; default 1. */
  readonly times?: number;
  /** Answered in place of the real answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request is carried out before it is spoiled. */
  readonly after?: boolean;
  /** Closes the connection without an answer. */
  readonly drop?: boolean;
}

export interface KubeflowFakeOptions {
  /** The server's clock, in milliseconds; default the real one. */
  readonly now?: () => number;
  /** Requests must carry it as a bearer token. */
  readonly token?: string;
  /** False as with servers of before there were experiments. */
  readonly knowsExperiments?: boolean;
}

/** A Model Registry in memory, over real HTTP. */
export interface KubeflowFake {
  readonly origin: string;
  readonly requests: readonly KubeflowRequest[];
  /** What broke the API's own shapes, of requests or of answers. */
  readonly violations: readonly string[];
  readonly faults: KubeflowFault[];
  /** Awaited before a request is carried out. */
  before: ((request: KubeflowRequest) => Promise<void> | void) | undefined;
  /** Awaited after it was, before it is answered. */
  after: ((request: KubeflowRequest) => Promise<void> | void) | undefined;
  /** Breaks all connections and listens no more; what was written stays. */
  stop(): Promise<void>;
  /** Listens again, at the same address. */
  start(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly shape?: ValidateFunction;
}

const base = '/api/model_registry/v1alpha3';
const finders: Readonly<Record<string, Collection>> = {
  registered_model: 'registered_models',
  model_version: 'model_versions',
  artifact: 'artifacts',
  experiment: 'experiments',
  experiment_run: 'experiment_runs',
};
/** Which collections a resource's own ones are. */
const children: Readonly<Record<string, Collection>> = {
  versions: 'model_versions',
  artifacts: 'artifacts',
  experiment_runs: 'experiment_runs',
};
/** Whose names are unique in the whole registry. */
const topLevel: readonly Collection[] = ['registered_models', 'experiments'];
const names: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export async function startKubeflowFake(options: KubeflowFakeOptions = {}): Promise<KubeflowFake> {
  const store = new KubeflowStore(options.now ?? Date.now);
  const requests: KubeflowRequest[] = [];
  const violations: string[] = [];
  const faults: KubeflowFault[] = [];
  const left = new Map<KubeflowFault, number>();
  let server: Server | undefined;
  let port = 0;

  function takeFault(request: KubeflowRequest): KubeflowFault | undefined {
    const fault = faults.find(one => (left.get(one) ?? one.times ?? 1) > 0 && one.when(request));
    if (fault !== undefined) left.set(fault, (left.get(fault) ?? fault.times ?? 1) - 1);
    return fault;
  }

  async function serve(request: KubeflowRequest, message: IncomingMessage, response: ServerResponse): Promise<void> {
    requests.push(request);
    await fake.before?.(request);
    const fault = takeFault(request);
    const answered = fault === undefined || fault.after === true ? answer(request, message) : undefined;
    await fake.after?.(request);
    if (fault?.drop === true) {
      message.socket.destroy();
      return;
    }
    const { status, body, shape }: Answer =
      fault === undefined && answered !== undefined ? answered : failure(fault?.status ?? 500, 'spoiled');
    if (shape !== undefined && !shape(body)) {
      violations.push(`answer to ${request.method} ${request.path}: ${JSON.stringify(shape.errors)}`);
    }
    const headers = { 'content-type': 'application/json; charset=UTF-8', ...fault?.headers };
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  function answer(request: KubeflowRequest, message: IncomingMessage): Answer {
    if (options.token !== undefined && message.headers.authorization !== `Bearer ${options.token}`) {
      return failure(401, 'unauthorized');
    }
    try {
      return route(request);
    } catch (error) {
      if (error instanceof Refusal) return failure(error.status, error.message);
      throw error;
    }
  }

  function route(request: KubeflowRequest): Answer {
    const { method, query } = request;
    const [first = '', id, child, more] = request.path.slice(1).split('/').map(decodeURIComponent);
    const isUnknown = options.knowsExperiments === false && first.startsWith('experiment');
    if (more !== undefined || isUnknown) return { status: 404, body: '404 page not found' };
    const finder = id === undefined ? finders[first] : undefined;
    if (finder !== undefined && method === 'GET') {
      const { name, externalId, parentResourceId } = query;
      if ((name === undefined || (!topLevel.includes(finder) && !parentResourceId)) && externalId === undefined) {
        throw new Refusal(400, 'invalid parameters call: bad request');
      }
      return one(
        finder,
        store.find(finder, {
          ...(name === undefined ? {} : { name }),
          ...(externalId === undefined ? {} : { externalId }),
          ...(parentResourceId === undefined ? {} : { parent: Number(parentResourceId) }),
        }),
      );
    }
    if (!Object.hasOwn(resourceSchemas, first)) return { status: 404, body: '404 page not found' };
    const collection = first as Collection;
    if (id === undefined) {
      if (method === 'GET') return page(collection, store.list(collection, undefined, query['artifactType']), query);
      if (method === 'POST') return make(collection, request, parentIn(request.body));
    } else if (child === undefined) {
      const entity = store.get(collection, id);
      if (method === 'GET') return one(collection, entity);
      if (method === 'PATCH')
        return one(collection, store.update(entity, checked(request, resourceSchemas[collection].update)));
    } else {
      const kind = children[child];
      if (kind === undefined) return { status: 404, body: '404 page not found' };
      if (method === 'GET') return page(kind, store.list(kind, Number(id), query['artifactType']), query);
      store.get(collection, id);
      if (method === 'POST') return make(kind, request, Number(id));
    }
    return { status: 405, body: '' };
  }

  function parentIn(body: Fields | undefined): number | undefined {
    const id = body?.['registeredModelId'] ?? body?.['experimentId'];
    return id === undefined ? undefined : Number(id);
  }

  function make(collection: Collection, request: KubeflowRequest, parent: number | undefined): Answer {
    const body = checked(request, resourceSchemas[collection].create);
    const { entity } = store.create(collection, body, parent);
    const isOld = collection === 'artifacts' && !['model-artifact', 'doc-artifact'].includes(entity.kind);
    return { ...one(collection, entity), status: isOld ? 200 : 201 };
  }

  function checked({ method, path, body = {} }: KubeflowRequest, shape: ValidateFunction): Fields {
    if (JSON.stringify(body).includes('\\u0000')) throw new Refusal(400, 'Request body contains null bytes');
    if (shape(body)) return body;
    const [fault] = shape.errors ?? [];
    violations.push(`${method} ${path}: ${JSON.stringify(fault)}`);
    throw new Refusal(fault?.keyword === 'required' ? 422 : 400, `json: ${fault?.message ?? 'invalid'}`);
  }

  function page(collection: Collection, entities: readonly Entity[], query: KubeflowRequest['query']): Answer {
    const asked: ListQuery = {
      pageSize: Number(query['pageSize'] ?? 0),
      orderBy: query['orderBy'] ?? '',
      sortOrder: query['sortOrder'] ?? 'ASC',
      nextPageToken: query['nextPageToken'] ?? '',
      filterQuery: query['filterQuery'] ?? '',
    };
    const { items, nextPageToken } = store.page(entities, asked);
    const body = { items: items.map(shown), nextPageToken, pageSize: asked.pageSize, size: items.length };
    return { status: 200, body, shape: resourceSchemas[collection].list };
  }

  const one = (collection: Collection, entity: Entity): Answer => ({
    status: 200,
    body: shown(entity),
    shape: resourceSchemas[collection].response,
  });

  const fake: KubeflowFake = {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    requests,
    violations,
    faults,
    before: undefined,
    after: undefined,
    async stop() {
      const ending = server;
      server = undefined;
      if (ending === undefined) return;
      await new Promise<void>(resolve => {
        ending.close(() => resolve());
        ending.closeAllConnections();
      });
    },
    async start() {
      const starting = createServer((message, response) => {
        const pieces: Buffer[] = [];
        message.on('data', (piece: Buffer) => pieces.push(piece));
        message.on('end', () => {
          serve(readRequest(message, Buffer.concat(pieces)), message, response).catch((error: unknown) => {
            violations.push(String(error));
            message.socket.destroy();
          });
        });
      });
      await new Promise<void>((resolve, reject) =>
        starting.once('error', reject).listen(port, '127.0.0.1', () => resolve()),
      );
      port = (starting.address() as AddressInfo).port;
      server = starting;
    },
  };
  await fake.start();
  return fake;
}

function readRequest(message: IncomingMessage, bytes: Buffer): KubeflowRequest {
  const url = new URL(message.url ?? '/', 'http://127.0.0.1');
  const path = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : `/unknown${url.pathname}`;
  const body = bytes.length === 0 ? undefined : (JSON.parse(bytes.toString()) as Fields);
  return { method: message.method ?? 'GET', path, query: Object.fromEntries(url.searchParams), body };
}

function failure(status: number, message: string): Answer {
  return { status, body: { code: names[status] ?? 'Error', message }, shape: errorSchema };
}

function shown(entity: Entity): Fields {
  return {
    ...omit(entity.fields, 'customProperties'),
    id: String(entity.id),
    createTimeSinceEpoch: String(entity.createdAt),
    lastUpdateTimeSinceEpoch: String(entity.updatedAt),
    customProperties: entity.properties,
  };
}
