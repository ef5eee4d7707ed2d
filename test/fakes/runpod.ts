import {
  serveCloud,
  type CloudAnswer,
  type CloudCall,
  type CloudFault,
  type CloudHost,
  type CloudServer,
  type HostedMachine,
} from './cloud-host.ts';

export interface RunPodServerOptions {
  readonly host: CloudHost;
  readonly key?: string;
  /** GPUs in stock; others of the catalogue are refused. Default: all. */
  readonly stock?: readonly string[];
  readonly fault?: (call: CloudCall) => CloudFault | undefined;
}

const catalogue = [
  { id: 'NVIDIA L40S', memory: 48, secure: 0.99, community: 0.79, most: 8 },
  { id: 'NVIDIA H100 80GB HBM3', memory: 80, secure: 2.99, community: 2.49, most: 8 },
  { id: 'NVIDIA GeForce RTX 4090', memory: 24, secure: 0.69, community: 0.44, most: 4 },
];

/** Fields of CreatePodRequest (REST API v2); anything else is refused, as `unevaluatedProperties: false` says. */
const createFields = new Set([
  'args',
  'disk',
  'env',
  'image',
  'ports',
  'registry',
  'name',
  'cloud',
  'cpu',
  'dataCenterIds',
  'globalNetworking',
  'gpu',
  'mounts',
  'startJupyter',
  'startSsh',
  'templateId',
]);

/** RunPod's REST API v2, as far as pods, their logs and the catalogue of GPUs go, after its published OpenAPI description. */
export function startRunPodServer(options: RunPodServerOptions): Promise<CloudServer> {
  const { host, key = 'rpa_0123456789', stock = catalogue.map(({ id }) => id) } = options;
  const bodies = new Map<string, Readonly<Record<string, unknown>>>();

  function toPod({ id, name, createdAt, phase }: HostedMachine) {
    const body = bodies.get(id) ?? {};
    const gpu = body['gpu'] as { id: string; count: number };
    const status = { booting: 'PROVISIONING', running: 'RUNNING', exited: 'EXITED', failed: 'ERROR' }[phase];
    const price =
      catalogue.find(one => one.id === gpu.id)?.[body['cloud'] === 'COMMUNITY' ? 'community' : 'secure'] ?? 0;
    return {
      id,
      name,
      status,
      actions: ['stop', 'restart', 'terminate'],
      image: body['image'],
      args: body['args'] ?? '',
      disk: body['disk'] ?? 20,
      mounts: {},
      ports: [],
      env: body['env'] ?? {},
      registry: null,
      gpu: { ...gpu, vcpuCount: 8, memory: 64 },
      cloud: body['cloud'] ?? 'SECURE',
      dataCenterId: 'EU-RO-1',
      cudaVersion: '12.8',
      ssh: { proxy: null, direct: null },
      template: null,
      cost: phase === 'exited' ? 0 : price * gpu.count,
      locked: false,
      runtime: null,
      createdAt: new Date(createdAt).toISOString(),
      startedAt: null,
      globalNetworking: { enabled: false },
    };
  }

  function create(body: Readonly<Record<string, unknown>>): CloudAnswer {
    const unknown = Object.keys(body).filter(field => !createFields.has(field));
    if (unknown.length > 0) return problem(422, `unexpected property ${unknown.join(', ')}`);
    const { name, image, gpu, cpu, disk, env, cloud, args } = body;
    if (typeof name !== 'string' || name === '' || typeof image !== 'string')
      return problem(422, 'name and image are required');
    if ((gpu === undefined) === (cpu === undefined)) return problem(400, 'exactly one of gpu or cpu must be set');
    const { id, count = 1, ...rest } = gpu as { id?: unknown; count?: unknown };
    if (typeof id !== 'string' || typeof count !== 'number' || Object.keys(rest).length > 0)
      return problem(422, 'gpu is invalid');
    if (disk !== undefined && !(Number.isInteger(disk) && (disk as number) >= 1))
      return problem(422, 'disk must be an integer');
    if (cloud !== undefined && cloud !== 'SECURE' && cloud !== 'COMMUNITY') return problem(422, 'cloud is invalid');
    if (args !== undefined && typeof args !== 'string') return problem(422, 'args must be a string');
    const values = Object.values(env ?? {}) as unknown[];
    if (values.some(value => typeof value !== 'string') || values.length > 50) return problem(422, 'env is invalid');
    if (!catalogue.some(one => one.id === id)) return problem(422, `unknown gpu type ${id}`);
    if (!stock.includes(id))
      return problem(500, 'There are no longer any instances available with the requested specifications.');
    const machine = host.make(name, env as Record<string, string>);
    bodies.set(machine.id, { ...body, gpu: { id, count } });
    return { status: 201, body: toPod(machine) };
  }

  function answer(
    { route, query, body }: CloudCall,
    headers: { authorization?: string | undefined },
    id: string,
  ): CloudAnswer {
    if (headers.authorization === undefined) return problem(401, 'missing bearer token');
    if (headers.authorization !== `Bearer ${key}`) return problem(401, 'invalid bearer token');
    switch (route) {
      case 'GET /v2/pods':
        return { status: 200, body: { pods: host.list().map(toPod) } };
      case 'POST /v2/pods':
        return create(body);
      case 'GET /v2/pods/:id': {
        const machine = host.look(id);
        return machine === undefined ? problem(404, 'pod not found') : { status: 200, body: toPod(machine) };
      }
      case 'DELETE /v2/pods/:id':
        if (host.look(id) === undefined) return problem(404, 'pod not found');
        host.terminate(id);
        return { status: 204 };
      case 'GET /v2/pods/:id/logs':
        return {
          status: 200,
          type: 'text/event-stream',
          body: 'id: 1\ndata: {"message":"aiwb: Installing"}\n\ndata: plain\n\n',
        };
      case 'GET /v2/catalog/gpus':
        return listGpus(query);
      default:
        return problem(404, `no route ${route}`);
    }
  }

  function listGpus(query: URLSearchParams): CloudAnswer {
    const include = query.get('include');
    if (include !== null && query.get('product') === null)
      return problem(400, 'product is required with include=AVAILABILITY');
    const gpus = catalogue.map(({ id, memory, secure, community, most }) => ({
      id,
      name: id.replace('NVIDIA ', ''),
      pool: null,
      manufacturer: 'NVIDIA',
      memory,
      secure: true,
      community: true,
      price: { secure, community },
      maxCount: { secure: most, community: most },
      ...(include === null
        ? {}
        : {
            availability: stock.includes(id) ? 'HIGH' : 'NONE',
            dataCenters: [
              { id: 'EU-RO-1', availability: stock.includes(id) ? 'LOW' : 'NONE' },
              { id: 'US-KS-2', availability: 'NONE' },
            ],
          }),
    }));
    return { status: 200, body: { gpus } };
  }

  return serveCloud(
    (method, path) => `${method} ${path.replace(/^\/v2\/pods\/[^/]+/, '/v2/pods/:id')}`,
    (call, request, id) => answer(call, { authorization: request.headers.authorization }, id),
    options.fault,
  );
}

function problem(status: number, detail: string): CloudAnswer {
  return { status, type: 'application/problem+json', body: { title: 'Error', status, detail } };
}
