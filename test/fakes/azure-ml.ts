import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ArmJob {
  readonly name: string;
  status: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

/** What goes wrong with the next request whose `METHOD path` ends in a text. */
export interface ArmFault {
  readonly on: string;
  /** Does what is asked and loses the answer. */
  readonly lose?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AzureMlServer {
  readonly origin: string;
  /** Path of the workspace. */
  readonly workspace: string;
  readonly jobs: Map<string, ArmJob>;
  /** Environments and code versions by path below the workspace. */
  readonly assets: Map<string, Readonly<Record<string, unknown>>>;
  /** What was uploaded to the workspace's storage, by path. */
  readonly uploads: Map<string, string>;
  readonly requests: { readonly method: string; readonly path: string; readonly token: string | undefined }[];
  readonly faults: ArmFault[];
  /** Jobs that lists do not show yet. */
  readonly unlisted: Set<string>;
  /** Tokens that are taken. */
  readonly tokens: Set<string>;
  /** Properties of the compute `gpu-cluster`. */
  compute: Record<string, unknown>;
  /** What a job that is cancelled goes to; absent: `Canceled` at once. */
  cancelsTo: string;
  /** Where further pages of lists are said to be; absent: here. */
  pagesAt: string | undefined;
  close(): Promise<void>;
}

const subscription = '/subscriptions/s1';
const workspace = `${subscription}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/tuning`;
const version = '2024-04-01';
const ended = ['Completed', 'Failed', 'Canceled'];

/** Answers as Azure Resource Manager does for a workspace, by the published specification of version 2024-04-01. */
export async function startAzureMlServer(): Promise<AzureMlServer> {
  const jobs: AzureMlServer['jobs'] = new Map();
  const assets: AzureMlServer['assets'] = new Map();
  const uploads: AzureMlServer['uploads'] = new Map();
  const requests: AzureMlServer['requests'] = [];
  const faults: ArmFault[] = [];
  const unlisted = new Set<string>();
  const tokens = new Set(['entra-token']);
  let origin = '';

  type Answer = readonly [status: number, body?: unknown, headers?: Readonly<Record<string, string>>];
  const fail = (status: number, code: string, message: string): Answer => [status, { error: { code, message } }];

  const describe = ({ name, status, properties, createdAt }: ArmJob) => ({
    id: `${workspace}/jobs/${name}`,
    name,
    type: 'Microsoft.MachineLearningServices/workspaces/jobs',
    properties: {
      ...properties,
      status,
      services: { Studio: { jobServiceType: 'Studio', endpoint: `https://studio.example/runs/${name}` } },
    },
    systemData: { createdAt },
  });

  function putJob(name: string, body: Readonly<Record<string, unknown>>): Answer {
    const properties = body['properties'] as Readonly<Record<string, unknown>>;
    for (const field of ['jobType', 'command', 'environmentId', 'computeId'])
      if (typeof properties[field] !== 'string') return fail(400, 'UserError', `${field} is required.`);
    if (!assets.has(String(properties['codeId']).slice(workspace.length)))
      return fail(400, 'UserError', 'The code asset does not exist.');
    const before = jobs.get(name);
    if (before !== undefined)
      return JSON.stringify(before.properties) === JSON.stringify(properties)
        ? [200, describe(before)]
        : fail(400, 'UserError', 'A job with this name already exists, and its properties cannot be changed.');
    const job = { name, status: 'NotStarted', properties, createdAt: new Date().toISOString() };
    jobs.set(name, job);
    return [201, describe(job)];
  }

  function listJobs(query: URLSearchParams): Answer {
    const tag = query.get('tag');
    const hasTag = ({ properties }: ArmJob) => tag === null || Object.hasOwn(properties['tags'] ?? {}, tag);
    const found = [...jobs.values()].filter(job => !unlisted.has(job.name) && hasTag(job));
    const skip = Number(query.get('$skip') ?? 0);
    const more =
      found.length > skip + 2 ? `${server.pagesAt ?? origin}${workspace}/jobs?${next(query, skip + 2)}` : undefined;
    const value = found.slice(skip, skip + 2).map(describe);
    return [200, { value, ...(more === undefined ? {} : { nextLink: more }) }];
  }

  function next(query: URLSearchParams, skip: number): string {
    const copy = new URLSearchParams(query);
    copy.set('$skip', String(skip));
    return copy.toString();
  }

  function answerJob(method: string, name: string, rest: string, body: Readonly<Record<string, unknown>>): Answer {
    if (method === 'PUT') return putJob(name, body);
    const job = jobs.get(name);
    if (job === undefined) return fail(404, 'NotFound', `Job ${name} was not found.`);
    if (rest === '/cancel') {
      if (ended.includes(job.status)) return fail(409, 'Conflict', 'The job has ended.');
      job.status = server.cancelsTo;
      return [202, undefined, { location: `${origin}${workspace}/operations/1`, 'retry-after': '1' }];
    }
    // A cancelled job ends when it is looked at the second time.
    const seen = describe(job);
    if (job.status === 'CancelRequested') job.status = 'Canceled';
    return [200, seen];
  }

  function answer(method: string, url: URL, body: Readonly<Record<string, unknown>>): Answer {
    if (url.searchParams.get('api-version') !== version)
      return fail(400, 'InvalidApiVersionParameter', 'Unknown version.');
    const places = `${subscription}/providers/Microsoft.MachineLearningServices/locations/westeurope`;
    if (url.pathname === `${places}/vmSizes`)
      return [
        200,
        { value: [{ name: 'Standard_NC24ads_A100_v4', family: 'standardNCADSA100v4Family', vCPUs: 24, gpus: 1 }] },
      ];
    if (url.pathname === `${places}/usages`)
      return [
        200,
        { value: [{ currentValue: 24, limit: 48, unit: 'Count', name: { value: 'standardNCADSA100v4Family' } }] },
      ];
    if (!url.pathname.startsWith(workspace)) return fail(404, 'ResourceNotFound', 'No such workspace.');
    const path = url.pathname.slice(workspace.length);
    if (path === '') return [200, { name: 'tuning', location: 'westeurope' }];
    if (path === '/jobs') return listJobs(url.searchParams);
    if (path === '/computes/gpu-cluster')
      return [200, { name: 'gpu-cluster', location: 'westeurope', properties: server.compute }];
    const [, name, rest = ''] = /^\/jobs\/([^/]+)(\/cancel)?$/.exec(path) ?? [];
    if (name !== undefined) return answerJob(method, name, rest, body);
    if (path.endsWith('/startPendingUpload')) {
      if (body['pendingUploadType'] !== 'TemporaryBlobReference') return fail(400, 'UserError', 'pendingUploadType.');
      const blobUri = `${origin}/container-7`;
      const credential = { credentialType: 'SAS', sasUri: `${blobUri}?sig=upload-signature` };
      return [
        200,
        { blobReferenceForConsumption: { blobUri, credential }, pendingUploadType: 'TemporaryBlobReference' },
      ];
    }
    if (method === 'PUT') {
      if (assets.has(path)) return fail(400, 'UserError', 'Assets cannot be changed.');
      assets.set(path, body['properties'] as Readonly<Record<string, unknown>>);
      return [201, { properties: body['properties'] }];
    }
    const asset = assets.get(path);
    return asset === undefined ? fail(404, 'NotFound', 'Not found.') : [200, { properties: asset }];
  }

  const http = createServer((incoming, response) => {
    readBody(incoming).then(text => {
      const { method = 'GET' } = incoming;
      const url = new URL(incoming.url ?? '/', origin);
      if (url.pathname.startsWith('/container-7/')) {
        const isSigned = url.searchParams.get('sig') === 'upload-signature';
        if (isSigned) uploads.set(url.pathname, text);
        return void response.writeHead(isSigned ? 201 : 403).end();
      }
      const token = incoming.headers.authorization?.replace('Bearer ', '');
      requests.push({ method, path: url.pathname, token });
      const at = faults.findIndex(({ on }) => `${method} ${url.pathname}`.endsWith(on));
      const [fault] = at < 0 ? [] : faults.splice(at, 1);
      if (fault?.status !== undefined) {
        const code = fault.status === 429 ? 'TooManyRequests' : 'InternalServerError';
        return void response
          .writeHead(fault.status, fault.headers)
          .end(JSON.stringify({ error: { code, message: 'x' } }));
      }
      if (token === undefined || !tokens.has(token)) {
        const error = { code: 'ExpiredAuthenticationToken', message: 'The access token has expired.' };
        return void response.writeHead(401).end(JSON.stringify({ error }));
      }
      const [status, body, headers] = answer(
        method,
        url,
        text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      );
      if (fault?.lose === true) return void response.destroy();
      response.writeHead(status, headers).end(body === undefined ? '' : JSON.stringify(body));
    }, response.destroy.bind(response));
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  const server: AzureMlServer = {
    origin,
    workspace,
    jobs,
    assets,
    uploads,
    requests,
    faults,
    unlisted,
    tokens,
    cancelsTo: 'CancelRequested',
    pagesAt: undefined,
    compute: {
      computeType: 'AmlCompute',
      provisioningState: 'Succeeded',
      properties: {
        vmSize: 'Standard_NC24ads_A100_v4',
        vmPriority: 'Dedicated',
        scaleSettings: { maxNodeCount: 2, minNodeCount: 0 },
        nodeStateCounts: { idleNodeCount: 0, runningNodeCount: 1, preparingNodeCount: 0 },
      },
    },
    close: () => {
      http.closeAllConnections();
      return new Promise(resolve => http.close(() => resolve()));
    },
  };
  return server;
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk as string;
  return text;
}
