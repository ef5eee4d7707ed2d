import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MachineRequest } from '../../engine/tuning/machines/machine.ts';
import type { JobBundle } from '../../engine/tuning/platform.ts';
import type { FakeMachine, MachineWorld } from './machines.ts';

/** A machine of a cloud, as its servers tell it in their own words. */
export interface HostedMachine {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly phase: 'booting' | 'running' | 'exited' | 'failed';
}

/** What a cloud's API stands before: the machines themselves. */
export interface CloudHost {
  make(name: string, env: Readonly<Record<string, string>>): HostedMachine;
  /** As the cloud's list shows it: it may be behind. */
  list(): readonly HostedMachine[];
  look(id: string): HostedMachine | undefined;
  terminate(id: string): void;
}

/** The machines of a world in which jobs train. */
export function hostOf(world: MachineWorld, bundle: JobBundle): CloudHost {
  const hosted = (machine: FakeMachine): HostedMachine => {
    const { state } = world.describe(machine);
    const phase = state === 'running' ? 'running' : state === 'failed' ? 'failed' : state === 'lost' ? 'exited' : 'booting';
    return { id: machine.id, name: machine.tag, createdAt: machine.createdAt, phase };
  };
  return {
    make: (tag, env) => hosted(world.make({ tag, bundle, argv: [], env, lifetime: 0 } satisfies MachineRequest)),
    list() {
      world.turn();
      const { listLag = 0 } = world.options;
      return world.alive.filter(({ createdAt }) => world.clock.now() - createdAt >= listLag).map(hosted);
    },
    look(id) {
      world.turn();
      const machine = world.alive.find(one => one.id === id);
      return machine === undefined ? undefined : hosted(machine);
    },
    terminate(id) {
      const machine = world.alive.find(one => one.id === id);
      if (machine !== undefined) machine.goneAt = world.clock.now();
    },
  };
}

export interface CloudCall {
  /** Such as `GET /v2/pods`, without a query, ids as `:id`. */
  readonly route: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** How many of this route came before. */
  readonly earlier: number;
}

export type CloudFault =
  /** The connection breaks before or after the request did what it asks. */
  | { readonly drop: 'before' | 'after' }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

export interface CloudAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
}

export interface CloudServer {
  readonly origin: string;
  readonly calls: readonly CloudCall[];
  close(): Promise<void>;
}

/** Serves an API over HTTP, with faults where a test wants them. */
export async function serveCloud(
  routeOf: (method: string, path: string) => string,
  answer: (call: CloudCall, request: IncomingMessage, id: string) => CloudAnswer,
  fault: ((call: CloudCall) => CloudFault | undefined) | undefined,
): Promise<CloudServer> {
  const calls: CloudCall[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url ?? '', 'http://cloud');
    const text = Buffer.concat(pieces).toString();
    const route = routeOf(request.method ?? '', url.pathname);
    const call: CloudCall = {
      route,
      query: url.searchParams,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      earlier: calls.filter(one => one.route === route).length,
    };
    calls.push(call);
    const broken = fault?.(call);
    if (broken !== undefined && 'status' in broken) {
      send(response, { status: broken.status, body: broken.body ?? {}, ...(broken.headers ? { headers: broken.headers } : {}) });
      return;
    }
    if (broken?.drop === 'before') {
      request.socket.destroy();
      return;
    }
    const id = decodeURIComponent(/^\/v2\/pods\/([^/]+)/.exec(url.pathname)?.[1] ?? '');
    const result = answer(call, request, id);
    if (broken !== undefined) request.socket.destroy();
    else send(response, result);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status, body, headers = {}, type = 'application/json' }: CloudAnswer): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}
