import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StoreRequest {
  readonly method: string;
  readonly url: URL;
  /** The path as it was sent. */
  readonly rawPath: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface StoreResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What goes wrong with the next request that matches, once. */
export interface StoreFault {
  readonly method?: string;
  readonly path?: RegExp;
  /** Answers this instead; nothing is done. */
  readonly respond?: StoreResponse;
  /** Does what is asked and loses the answer. */
  readonly lose?: boolean;
  /** Breaks the answer off after so many bytes. */
  readonly cutAfter?: number;
}

export interface ObjectServer {
  readonly origin: string;
  /** Content by key. */
  readonly objects: Map<string, Buffer>;
  readonly requests: StoreRequest[];
  readonly faults: StoreFault[];
  close(): Promise<void>;
}

/** Serves what `answer` says over HTTP on a free port, with faults. */
export async function serveObjects(
  objects: Map<string, Buffer>,
  answer: (request: StoreRequest) => StoreResponse,
): Promise<ObjectServer> {
  const requests: StoreRequest[] = [];
  const faults: StoreFault[] = [];

  function takeFault({ method, url }: StoreRequest): StoreFault {
    const at = faults.findIndex(
      fault => (fault.method ?? method) === method && (fault.path ?? /(?:)/).test(url.pathname + url.search),
    );
    return at < 0 ? {} : (faults.splice(at, 1)[0] ?? {});
  }

  function respond(
    response: ServerResponse,
    { status, headers = {}, body = '' }: StoreResponse,
    cutAfter?: number,
  ): void {
    const bytes = Buffer.from(body);
    const length = status === 204 ? {} : { 'content-length': String(bytes.length) };
    response.writeHead(status, { ...length, ...headers });
    if (cutAfter === undefined) response.end(bytes);
    else response.write(bytes.subarray(0, cutAfter), () => response.destroy());
  }

  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const rawPath = (incoming.url ?? '/').split('?')[0] ?? '/';
      const request: StoreRequest = {
        method: incoming.method ?? 'GET',
        url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
        rawPath,
        headers: incoming.headers,
        body: Buffer.concat(pieces),
      };
      requests.push(request);
      const fault = takeFault(request);
      const said = fault.respond ?? answer(request);
      if (fault.lose) response.destroy();
      else respond(response, said, fault.cutAfter);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    objects,
    requests,
    faults,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

/** An object or a part of it, as `Range` and `If-Match` ask. */
export function answerRange(content: Buffer, etag: string, { headers }: StoreRequest): StoreResponse {
  const match = headers['if-match'];
  if (match !== undefined && match !== etag) return xmlError(412, 'PreconditionFailed', 'It has another ETag.');
  const from = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
  if (from === undefined) return { status: 200, headers: { etag }, body: content };
  const start = Number(from);
  if (start >= content.length) return xmlError(416, 'InvalidRange', 'There are no such bytes.');
  const range = `bytes ${from}-${String(content.length - 1)}/${String(content.length)}`;
  return { status: 206, headers: { etag, 'content-range': range }, body: content.subarray(start) };
}

export function xmlError(status: number, code: string, message: string, more = ''): StoreResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml', date: new Date().toUTCString() },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
  };
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
