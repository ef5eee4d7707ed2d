import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkResponse } from './mlflow/responses.ts';
import { registryRoutes } from './mlflow/registry.ts';
import type { Route } from './mlflow/routes.ts';
import { checkRequest, invalid, missing, Refusal, type Fields } from './mlflow/rules.ts';
import { trackingRoutes } from './mlflow/tracking.ts';

/** One request, as a test looks at it: `POST model-versions/create`. */
export interface MlflowCall {
  readonly route: string;
  readonly fields: Fields;
  /** How many of this route came before. */
  readonly earlier: number;
}

export type MlflowFault =
  /** The connection breaks before or after the request did what it asks. */
  | { readonly drop: 'before' | 'after' }
  | { readonly status: 400 | 429 | 500 | 502 | 503; readonly retryAfter?: string; readonly body?: unknown }
  /** Waits for the test before it is carried out. */
  | { readonly hold: Promise<unknown> };

export interface MlflowServerOptions {
  /** Asked for each request. */
  readonly fault?: (call: MlflowCall) => MlflowFault | undefined;
  /** Without it the server is as with `--no-serve-artifacts`. */
  readonly servesArtifacts?: boolean;
  readonly allowedHosts?: readonly string[];
  readonly requireToken?: string;
  /** What these routes answer in place of their own, such as `GET logged-models/m-1`. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface MlflowServer {
  readonly url: string;
  readonly calls: readonly MlflowCall[];
  /** Files by path. */
  readonly files: Map<string, Buffer>;
  /** Breaks all connections, and answers again at the same address with what it kept. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** An MLflow tracking server in memory: it checks what it is asked, holds to MLflow's limits, and breaks where a test wants it to. */
export async function startMlflowServer(options: MlflowServerOptions = {}): Promise<MlflowServer> {
  const { servesArtifacts = true, now = Date.now } = options;
  let ids = 0;
  const nextId = (): string => (++ids).toString(16).padStart(32, '0');
  const routes: Readonly<Record<string, Route>> = {
    ...registryRoutes(now),
    ...trackingRoutes(servesArtifacts, nextId),
  };
  const files = new Map<string, Buffer>();
  const calls: MlflowCall[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const url = new URL(request.url ?? '', 'http://server');
    const [, api, path = ''] = /^\/api\/2\.0\/(mlflow|mlflow-artifacts)\/(.*)$/.exec(url.pathname) ?? [];
    const isFile = api === 'mlflow-artifacts';
    const route = `${request.method ?? ''} ${isFile ? 'artifacts' : path}`;
    const fields = isFile ? { path: decodeURIComponent(path) } : fieldsOf(request, url, body);
    const call = { route, fields, earlier: calls.filter(one => one.route === route).length };
    calls.push(call);
    const refusal = refuse(request, options);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'content-type': 'text/plain' }).end(refusal.text);
      return;
    }
    const fault = options.fault?.(call);
    if (fault !== undefined && 'hold' in fault) await fault.hold;
    if (fault !== undefined && 'status' in fault) {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      response
        .writeHead(fault.status, headers)
        .end(fault.body === undefined ? 'Try again' : JSON.stringify(fault.body));
      return;
    }
    if (fault !== undefined && 'drop' in fault && fault.drop === 'before') {
      request.socket.destroy();
      return;
    }
    const answer = isFile ? serveFile(request, url, path, body) : serve(route, fields, request.method === 'GET', body);
    if (fault !== undefined && 'drop' in fault) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.content);
  }

  function serve(route: string, fields: Fields, isQuery: boolean, body: Buffer) {
    const canned = options.answers?.[route];
    if (canned !== undefined) return { status: 200, type: 'application/json', content: JSON.stringify(canned) };
    const found = routes[route];
    if (found === undefined) return { status: 404, type: 'text/html', content: '<!doctype html><h1>Not Found</h1>' };
    return guarded(() => {
      if (route === 'POST runs/log-batch' && body.length > 1e6)
        throw invalid('Batched logging API requests must be at most 1000000 bytes');
      const answer = found[1](checkRequest(fields, found[0], isQuery));
      checkResponse(route, answer);
      return { status: 200, type: 'application/json', content: JSON.stringify(answer, undefined, 2) };
    });
  }

  function serveFile(request: IncomingMessage, url: URL, path: string, body: Buffer) {
    if (!servesArtifacts)
      return { status: 503, type: 'text/plain', content: 'Endpoint disabled: --no-serve-artifacts' };
    return guarded(() => {
      const name = decodeURIComponent(path.replace(/^artifacts\/?/, ''));
      if (name.split('/').includes('..')) throw invalid('Invalid path');
      if (request.method === 'PUT') {
        files.set(name, body);
        return { status: 200, type: 'application/json', content: '{}' };
      }
      if (name === '') {
        const folder = `${url.searchParams.get('path') ?? ''}/`;
        const listed = [...files].flatMap(([file, { length }]) => {
          const rest = file.startsWith(folder) ? file.slice(folder.length) : '/';
          return rest.includes('/') ? [] : [{ path: rest, is_dir: false, file_size: length }];
        });
        return {
          status: 200,
          type: 'application/json',
          content: JSON.stringify(listed.length === 0 ? {} : { files: listed }),
        };
      }
      const content = files.get(name);
      if (content === undefined) throw missing(`No such artifact: '${name}'`);
      return { status: 200, type: 'application/octet-stream', content };
    });
  }

  const start = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      handle(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'text/plain' }).end(`The fake is wrong: ${String(error)}`);
      });
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    return server;
  };
  const stop = (server: Server): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  let server = await start(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    files,
    async restart() {
      await stop(server);
      server = await start(port);
    },
    close: () => stop(server),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly content: string | Buffer;
}

function guarded(serve: () => Answer): Answer {
  try {
    return serve();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const content = JSON.stringify({ error_code: error.code, message: error.message });
    return { status: error.status, type: 'application/json', content };
  }
}

function fieldsOf(request: IncomingMessage, url: URL, body: Buffer): Fields {
  if (request.method !== 'GET') return body.length === 0 ? {} : (JSON.parse(body.toString()) as Fields);
  const fields: Record<string, unknown> = Object.fromEntries(url.searchParams);
  if (url.searchParams.has('order_by')) fields['order_by'] = url.searchParams.getAll('order_by');
  return fields;
}

function refuse({ headers }: IncomingMessage, { allowedHosts, requireToken }: MlflowServerOptions) {
  if (allowedHosts !== undefined && !allowedHosts.includes(headers.host ?? '')) {
    return { status: 403, text: 'Invalid Host header - possible DNS rebinding attack detected' };
  }
  if (requireToken !== undefined && headers.authorization !== `Bearer ${requireToken}`) {
    return { status: 401, text: 'You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth' };
  }
  return undefined;
}
