import { createServer, request as forward } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface FakeProxy {
  readonly url: string;
  /** What was asked of it: `CONNECT host:port` or `POST http://…`, with the headers it could read. */
  readonly seen: { readonly line: string; readonly headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

/** A plain HTTP proxy on 127.0.0.1 that tunnels CONNECT and forwards absolute URLs. `credentials` are `user:password`. */
export async function startFakeProxy(credentials?: string): Promise<FakeProxy> {
  const seen: FakeProxy['seen'] = [];
  const sockets = new Set<Socket>();
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  const isAllowed = (headers: IncomingHttpHeaders) =>
    expected === undefined || headers['proxy-authorization'] === expected;

  const server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    if (!isAllowed(request.headers)) return void response.writeHead(407).end('Proxy authentication required');
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    const onward = forward(request.url ?? '', { method: request.method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('connect', (request, socket, head) => {
    seen.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    if (!isAllowed(request.headers)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host = '', port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
