import { serveCloud, type CloudAnswer, type CloudCall, type CloudFault, type CloudHost, type CloudServer, type HostedMachine } from './cloud-host.ts';

export interface DenvrServerOptions {
  readonly host: CloudHost;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly password?: string;
  /** Seconds a token lasts. Default a day. */
  readonly tokenLife?: number;
  readonly stock?: readonly string[];
  readonly fault?: (call: CloudCall) => CloudFault | undefined;
}

const packages = [
  { name: 'g-nvidia-1xa100-40gb-pcie-14vcpu-112gb', gpuName: 'NVIDIA A100', gpuCount: 1, pricePerHour: 1.15 },
  { name: 'g-nvidia-1xh100-80gb-sxm-26vcpu-200gb', gpuName: 'NVIDIA H100', gpuCount: 1, pricePerHour: 2.3 },
];

const createFields = new Set([
  'name',
  'cluster',
  'hardwarePackageName',
  'imageUrl',
  'imageCmdOverride',
  'environmentVariables',
  'imageRepository',
  'resourcePool',
  'readinessWatcherPort',
  'proxyPort',
  'persistDirectAttachedStorage',
  'personalSharedStorage',
  'tenantSharedStorage',
  'userScripts',
  'securityContext',
]);
const requiredFields = ['cluster', 'hardwarePackageName', 'imageRepository', 'imageUrl', 'name'];

/** Denvr Cloud's API, as far as logging in and applications go, after the clients that are generated from its OpenAPI description. */
export function startDenvrServer(options: DenvrServerOptions): Promise<CloudServer> {
  const { host, now, password = 'correct horse', tokenLife = 86_400, stock = packages.map(({ name }) => name) } = options;
  const tokens = new Map<string, number>();
  const bodies = new Map<string, Readonly<Record<string, unknown>>>();
  /** Ids of the machines by the names of their applications. */
  const ids = new Map<string, string>();

  const find = (name: string): HostedMachine | undefined => {
    const id = ids.get(name);
    return id === undefined ? undefined : host.look(id);
  };

  function details(machine: HostedMachine) {
    const name = [...ids].find(([, id]) => id === machine.id)?.[0] ?? machine.name;
    const body = bodies.get(name) ?? {};
    return {
      instanceDetails: {
        id: name,
        cluster: body['cluster'] ?? 'Msc1',
        status: { booting: 'PENDING', running: 'ONLINE', exited: 'OFFLINE', failed: 'FAILED' }[machine.phase],
        tenant: 'acme',
        createdBy: 'ada@example.com',
        resourcePool: body['resourcePool'] ?? 'on-demand',
        // As its framework writes times: in UTC, without a zone.
        creationTime: new Date(machine.createdAt).toISOString().replace('Z', ''),
      },
      hardwarePackage: packages.find(({ name: own }) => own === body['hardwarePackageName']),
    };
  }

  function login({ userNameOrEmailAddress: user, password: given }: Readonly<Record<string, unknown>>): CloudAnswer {
    if (typeof user !== 'string' || given !== password)
      return failed(500, 'Login failed!', 'Invalid user name or password');
    const accessToken = `token-${String(tokens.size + 1)}-abcdef`;
    tokens.set(accessToken, now() + tokenLife * 1000);
    return wrapped({
      accessToken,
      expireInSeconds: tokenLife,
      refreshToken: 'refresh',
      refreshTokenExpireInSeconds: 2 * tokenLife,
    });
  }

  function create(body: Readonly<Record<string, unknown>>): CloudAnswer {
    const unknown = Object.keys(body).filter(field => !createFields.has(field));
    if (unknown.length > 0) return failed(400, 'Your request is not valid!', `unexpected ${unknown.join(', ')}`);
    const missing = requiredFields.filter(field => body[field] === undefined);
    if (missing.length > 0) return failed(400, 'Your request is not valid!', `${missing.join(', ')} required`);
    const { name, imageCmdOverride: command, environmentVariables: env = {}, hardwarePackageName: hardware } = body;
    if (typeof name !== 'string' || !/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return failed(400, 'The name is invalid.', '');
    if (find(name) !== undefined) return failed(400, 'An application with this name already exists.', '');
    if (command !== undefined && !Array.isArray(command)) return failed(400, 'imageCmdOverride must be a list.', '');
    if (Object.entries(env as object).some(([key, value]) => !/^[A-Za-z_]\w*$/.test(key) || typeof value !== 'string'))
      return failed(400, 'environmentVariables are invalid.', '');
    if (!stock.includes(String(hardware))) return failed(500, 'There is not enough capacity.', '');
    const machine = host.make(name, env as Record<string, string>);
    ids.set(name, machine.id);
    bodies.set(name, body);
    const { instanceDetails } = details(machine);
    return wrapped({ ...instanceDetails, hardwarePackageName: hardware }, 202);
  }

  function answer({ route, query, body }: CloudCall, authorization: string | undefined): CloudAnswer {
    if (route === 'POST /api/TokenAuth/Authenticate') return login(body);
    const until = tokens.get((authorization ?? '').replace(/^Bearer /, ''));
    if (until === undefined || until < now()) return failed(401, 'Current user did not login to the application!', '');
    const machine = find(query.get('Id') ?? '');
    switch (route.replace('/api/v1/servers/applications', '')) {
      case 'GET /GetApplications':
        return wrapped({ items: host.list().map(details) });
      case 'GET /GetAvailability':
        if (query.get('cluster') === null || query.get('resourcePool') === null) return failed(400, 'Your request is not valid!', '');
        return wrapped({
          items: packages.map(one => ({ ...one, available: stock.includes(one.name), availableCount: stock.includes(one.name) ? 3 : 0 })),
        });
      case 'POST /CreateCustomApplication':
        return create(body);
      case 'GET /GetApplicationDetails':
        return machine === undefined ? failed(500, 'Application not found.', '') : wrapped(details(machine));
      case 'DELETE /DestroyApplication':
        if (machine === undefined) return failed(500, 'Application not found.', '');
        host.terminate(machine.id);
        return wrapped({ id: query.get('Id'), cluster: query.get('Cluster') });
      case 'GET /GetApplicationRuntimeLogs':
        return wrapped('aiwb: Installing');
      default:
        return failed(404, `No route ${route}.`, '');
    }
  }

  return serveCloud(
    (method, path) => `${method} ${path}`,
    (call, request) => answer(call, request.headers.authorization),
    options.fault,
  );
}

function wrapped(result: unknown, status = 200): CloudAnswer {
  return { status, body: { result, targetUrl: null, success: true, error: null, unAuthorizedRequest: false, __abp: true } };
}

function failed(status: number, message: string, details: string): CloudAnswer {
  const error = { code: 0, message, details, validationErrors: null };
  return { status, body: { result: null, success: false, error, unAuthorizedRequest: status === 401, __abp: true } };
}
