import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A job as the cluster keeps it. */
export interface RayJob {
  readonly submission_id: string;
  status: 'PENDING' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  message: string;
  readonly entrypoint: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly runtime_env: unknown;
  readonly start_time: number;
  readonly cpus: number;
  readonly gpus: number;
}

export type RayFault = 'lose' | 'fail' | 'refuse' | 'stuck';

export interface RayServer {
  readonly origin: string;
  readonly jobs: Map<string, RayJob>;
  readonly requests: { readonly method: string; readonly path: string; readonly token: string | undefined }[];
  /** What goes wrong with the next request of a kind: `POST /api/jobs/` and so on; `stuck` stops never end. */
  readonly faults: Map<string, RayFault>;
  close(): Promise<void>;
}

/** Answers as the dashboard of Ray 2.60 does, whose answers were looked at: also where it fails. */
export async function startRayServer(
  options: { readonly token?: string; readonly cpus?: number; readonly gpus?: number } = {},
): Promise<RayServer> {
  const { token, cpus = 2, gpus = 0 } = options;
  const jobs = new Map<string, RayJob>();
  const requests: RayServer['requests'] = [];
  const faults: RayServer['faults'] = new Map();

  function describe(job: RayJob): unknown {
    return {
      type: 'SUBMISSION',
      job_id: null,
      driver_info: null,
      end_time: null,
      ...job,
      cpus: undefined,
      gpus: undefined,
    };
  }

  function submit(body: Readonly<Record<string, unknown>>): readonly [number, unknown] {
    const id = String(body['submission_id']);
    if (jobs.has(id))
      return [
        500,
        `Traceback (most recent call last):\nRuntimeError: Request failed with status code 400: Traceback:\nValueError: Job with submission_id ${id} already exists. Please use a different submission_id.\n.\n`,
      ];
    if (typeof body['entrypoint'] !== 'string') return [400, 'TypeError: entrypoint must be a string'];
    const [needCpus, needGpus] = [Number(body['entrypoint_num_cpus'] ?? 0), Number(body['entrypoint_num_gpus'] ?? 0)];
    jobs.set(id, {
      submission_id: id,
      status: needCpus > cpus || needGpus > gpus ? 'PENDING' : 'RUNNING',
      message: '',
      entrypoint: body['entrypoint'],
      metadata: body['metadata'] as RayJob['metadata'],
      runtime_env: body['runtime_env'],
      start_time: Date.now(),
      cpus: needCpus,
      gpus: needGpus,
    });
    return [200, { job_id: id, submission_id: id }];
  }

  function stop(job: RayJob): readonly [number, unknown] {
    const isUnder = job.status === 'PENDING' || job.status === 'RUNNING';
    if (job.status === 'RUNNING' && faults.get('stop') !== 'stuck') job.status = 'STOPPED';
    return [200, { stopped: isUnder }];
  }

  function answer(method: string, path: string, body: Readonly<Record<string, unknown>>): readonly [number, unknown] {
    if (path === '/api/version') return [200, { version: '4', ray_version: '2.60.0' }];
    if (path === '/api/cluster_status') {
      const running = [...jobs.values()].filter(({ status }) => status === 'RUNNING');
      const used = (kind: 'cpus' | 'gpus') => running.reduce((sum, job) => sum + job[kind], 0);
      const usage = { CPU: [used('cpus'), cpus], ...(gpus === 0 ? {} : { GPU: [used('gpus'), gpus] }) };
      return [200, { result: true, data: { clusterStatus: { loadMetricsReport: { usage } } } }];
    }
    if (path === '/api/jobs/') return method === 'POST' ? submit(body) : [200, [...jobs.values()].map(describe)];
    const [, id = '', rest = ''] = /^\/api\/jobs\/([^/]+)(\/\w+)?$/.exec(path) ?? [];
    const job = jobs.get(decodeURIComponent(id));
    if (job === undefined) return [404, `Job ${id} does not exist`];
    if (rest === '/stop') return stop(job);
    if (rest === '/logs') return [200, { logs: `log of ${id}\n` }];
    return [200, describe(job)];
  }

  const server = createServer((incoming, response) => {
    readBody(incoming).then(text => {
      const { method = 'GET' } = incoming;
      const path = (incoming.url ?? '').split('?')[0] ?? '';
      const given = incoming.headers.authorization;
      requests.push({ method, path, token: given });
      if (token !== undefined && path !== '/api/version') {
        if (given === undefined) return void response.writeHead(401).end('Unauthorized: Missing authentication token');
        if (given !== `Bearer ${token}`)
          return void response.writeHead(403).end('Forbidden: Invalid authentication token');
      }
      const fault = faults.get(`${method} ${path}`);
      if (fault === 'fail') {
        faults.delete(`${method} ${path}`);
        return void response.writeHead(500).end('Internal Server Error');
      }
      if (fault === 'refuse') {
        faults.delete(`${method} ${path}`);
        return void response
          .writeHead(400)
          .end('Traceback (most recent call last):\nValueError: runtime_env is invalid.\n');
      }
      const [status, said] = answer(method, path, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
      if (fault === 'lose') {
        faults.delete(`${method} ${path}`);
        return void response.destroy();
      }
      response.writeHead(status).end(typeof said === 'string' ? said : JSON.stringify(said));
    }, response.destroy.bind(response));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    jobs,
    requests,
    faults,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk as string;
  return text;
}
