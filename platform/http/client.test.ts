import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { HttpFailure } from '../../engine/ports/http.ts';
import type { HttpClient, HttpFault, HttpOptions, HttpRequest } from '../../engine/ports/http.ts';
import { createHttpClient } from './client.ts';

const never = new AbortController().signal;

describe('HTTP client', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  async function listen(server: Server, scheme = 'http'): Promise<string> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise(resolve => server.close(resolve));
    });
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A server that speaks no more than it is told to, once a request has arrived. */
  function listenRaw(speak: (socket: Socket) => void): Promise<string> {
    return listen(
      createTcpServer(socket => {
        socket.on('error', () => undefined);
        socket.once('data', () => speak(socket));
      }),
    );
  }

  function create(origin: string, options: Partial<HttpOptions> = {}): HttpClient {
    const client = createHttpClient(origin, { connections: 4, ...options });
    cleanups.push(() => client.close());
    return client;
  }

  it('gives status, lower-case headers with repeated ones joined, and the body', async () => {
    const origin = await listen(
      createServer((request, response) => {
        response.setHeader('X-Twice', ['a', 'b']);
        response.writeHead(418, { 'X-Method': request.method ?? '' });
        request.pipe(response);
      }),
    );
    const response = await fetchText(create(origin), {
      method: 'POST',
      url: `${origin}/x?y=1`,
      headers: { 'x-a': 'b' },
      body: 'grüße',
    });
    assert.equal(response.status, 418);
    assert.equal(response.headers['x-twice'], 'a, b');
    assert.equal(response.headers['x-method'], 'POST');
    assert.equal(response.text, 'grüße');
  });

  it('keeps connections alive and opens no more than it may', async () => {
    const server = createServer((_, response) => setTimeout(() => response.end('ok'), 5));
    let connections = 0;
    server.on('connection', () => connections++);
    const origin = await listen(server);
    const one = create(origin, { connections: 1 });
    for (let i = 0; i < 5; i++) await get(one, origin);
    assert.equal(connections, 1);
    const three = create(origin, { connections: 3 });
    await Promise.all(Array.from({ length: 12 }, () => get(three, origin)));
    assert.equal(connections, 4);
  });

  it('does not follow redirects', async () => {
    let visits = 0;
    const elsewhere = await listen(createServer((_, response) => response.end(String(++visits))));
    const origin = await listen(createServer((_, response) => response.writeHead(302, { location: elsewhere }).end()));
    const response = await get(create(origin), origin);
    assert.equal(response.status, 302);
    assert.equal(response.headers['location'], elsewhere);
    assert.equal(visits, 0);
  });

  it('sends nothing to another origin, however alike', async () => {
    const origin = await listen(createServer(() => assert.fail('asked')));
    const client = create(origin);
    for (const url of [
      `${origin}0/x`,
      `${origin}.evil.example/x`,
      `${origin}@evil.example/x`,
      'http://evil.example/x',
    ]) {
      await assert.rejects(get(client, url), { code: 'internal' }, url);
    }
  });

  it('skips 1xx responses', async () => {
    const origin = await listenRaw(socket =>
      socket.end('HTTP/1.1 103 Early Hints\r\nx-a: b\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
    );
    const response = await get(create(origin), origin);
    assert.deepEqual([response.status, response.text, response.heads], [200, 'ok', 1]);
  });

  it('leaves undici’s global dispatcher alone', async () => {
    const symbol = Symbol.for('undici.globalDispatcher.1');
    const before = (globalThis as Record<symbol, unknown>)[symbol];
    const origin = await listen(createServer((_, response) => response.end('ok')));
    await get(create(origin), origin);
    assert.equal((globalThis as Record<symbol, unknown>)[symbol], before);
  });

  describe('faults', () => {
    const head = 'HTTP/1.1 200 OK\r\n';
    const cases: readonly [name: string, fault: HttpFault, speak: (socket: Socket) => void][] = [
      ['a reset before the head', 'reset', socket => socket.resetAndDestroy()],
      ['a close before the head', 'reset', socket => socket.end()],
      [
        'a reset inside the body',
        'reset',
        socket =>
          socket.write(`${head}content-length: 10\r\n\r\nabc`, () => setTimeout(() => socket.resetAndDestroy(), 10)),
      ],
      ['a body shorter than announced', 'reset', socket => socket.end(`${head}content-length: 10\r\n\r\nabc`)],
      [
        'a chunked body without its end',
        'reset',
        socket => socket.end(`${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`),
      ],
      ['words that are not HTTP', 'protocol', socket => socket.end('220 mail.example ESMTP\r\n')],
      [
        'a head without end',
        'protocol',
        socket => socket.end(`${head}${'x-a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n'.repeat(2000)}`),
      ],
      ['no head in time', 'timeout', () => undefined],
      ['a body that stops', 'timeout', socket => socket.write(`${head}content-length: 10\r\n\r\nabc`)],
    ];
    for (const [name, fault, speak] of cases) {
      it(`tells ${name}`, async () => {
        const origin = await listenRaw(speak);
        await rejectsWith(fault, get(create(origin), origin, { headTimeout: 100, idleTimeout: 100 }));
      });
    }

    it('tells a refused connection', async () => {
      const server = createServer();
      const origin = await listen(server);
      await new Promise(resolve => server.close(resolve));
      await rejectsWith('refused', get(create(origin), origin));
    });

    it('tells an unknown host', async () => {
      await rejectsWith('dns', get(create('http://nowhere.invalid'), 'http://nowhere.invalid/'));
    });
  });

  describe('abort', () => {
    it('rejects at once when already aborted', async () => {
      const origin = await listen(createServer(() => assert.fail('asked')));
      await rejectsWith('aborted', send(create(origin), origin, AbortSignal.abort()));
    });

    it('releases the socket while waiting for the head, and in the middle of the body', async () => {
      for (const begin of [false, true]) {
        let closed: (() => void) | undefined;
        const isClosed = new Promise<void>(resolve => (closed = resolve));
        const controller = new AbortController();
        const handle: RequestListener = (_, response) => {
          response.socket?.once('close', () => closed?.());
          if (begin) response.write('begun');
          else controller.abort();
        };
        const origin = await listen(createServer(handle));
        let received = 0;
        const data = () => {
          received++;
          controller.abort();
        };
        const receiver = { head: () => undefined, data };
        const request = { method: 'GET', url: `${origin}/`, headers: {} } as const;
        await rejectsWith('aborted', create(origin).send(request, receiver, controller.signal));
        await isClosed;
        assert.equal(received, begin ? 1 : 0);
      }
    });

    it('takes a waiting request out of the queue without asking it', async () => {
      const asked: string[] = [];
      const origin = await listen(
        createServer((request, response) => {
          asked.push(request.url ?? '');
          setTimeout(() => response.end('ok'), 30);
        }),
      );
      const client = create(origin, { connections: 1 });
      const controller = new AbortController();
      const first = get(client, `${origin}/1`);
      const second = send(client, `${origin}/2`, controller.signal);
      const third = get(client, `${origin}/3`);
      controller.abort();
      await rejectsWith('aborted', second);
      assert.equal((await first).text, 'ok');
      assert.equal((await third).text, 'ok');
      assert.deepEqual(asked, ['/1', '/3']);
    });

    it('breaks off what is under way when the client closes', async () => {
      const origin = await listen(createServer(() => undefined));
      const client = createHttpClient(origin, { connections: 1 });
      const pending = rejectsWith('aborted', get(client, origin));
      await new Promise(resolve => setTimeout(resolve, 20));
      await client.close();
      await pending;
      await rejectsWith('aborted', get(client, origin));
    });
  });
});

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly heads: number;
}

async function fetchText(client: HttpClient, request: HttpRequest, signal: AbortSignal = never): Promise<Response> {
  const pieces: Uint8Array[] = [];
  let heads = 0;
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  const receiver = {
    head(code: number, fields: Readonly<Record<string, string>>) {
      heads++;
      status = code;
      headers = fields;
    },
    data: (chunk: Uint8Array) => void pieces.push(chunk),
  };
  await client.send(request, receiver, signal);
  return { status, headers, text: Buffer.concat(pieces).toString(), heads };
}

function get(client: HttpClient, url: string, more: Partial<HttpRequest> = {}): Promise<Response> {
  return fetchText(client, { method: 'GET', url, headers: {}, ...more });
}

function send(client: HttpClient, url: string, signal: AbortSignal): Promise<Response> {
  return fetchText(client, { method: 'GET', url, headers: {} }, signal);
}

async function rejectsWith(fault: HttpFault, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof HttpFailure, String(error));
    assert.equal(error.fault, fault, error.message);
    return true;
  });
}
