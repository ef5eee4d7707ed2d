import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerByRule, splitWords } from './answers.ts';
import type { Asked, FakeApi, Script } from './faults/dialect.ts';
import { commonFaults } from './faults/faults.ts';
import { createSeeded } from './seeded.ts';

export type Conversation = readonly { readonly role: string; readonly content: string }[];

export interface FakeServerOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Answers every question with this many words (`w0 w1 …`) instead of by `answerByRule`. */
  readonly words?: number;
  /** Answers a conversation, in place of `answerByRule`; for chat requests. */
  readonly answers?: (messages: Conversation) => string;
  /** Milliseconds before the first word and between two words of a stream; absent sends a stream in one write. */
  readonly tokenDelay?: number;
  /** Each stream has a delay of its own between half and one and a half of `tokenDelay`, so that streams do not beat together. */
  readonly spread?: boolean;
  /** Milliseconds before any response. */
  readonly delay?: number;
  /** Requests must carry this key: as a bearer token, or in `api-key`, `x-api-key` or `x-goog-api-key`. */
  readonly requireKey?: string;
  /** Faults by chance: each request meets at most one. */
  readonly faults?: readonly { readonly fault: string; readonly probability: number }[];
  readonly seed?: number;
  readonly redirectTo?: string;
  /** Keeps a record a request (the last 200 000), served at `/__requests`. */
  readonly record?: boolean;
  /** Requests that only prepare a question, by path: they are answered at once, never spoiled, and not counted. */
  readonly helpers?: Readonly<Record<string, (body: Buffer) => unknown>>;
}

/** What the server itself saw of one request. Times are milliseconds of the machine's monotonic clock, `process.hrtime`. */
export interface FakeRecord {
  /** `#word` in the last user message, to find the request again. */
  readonly tag: string | undefined;
  readonly receivedAt: number;
  /** When the first event with content was handed to the socket. */
  firstTokenAt: number | undefined;
  endedAt: number | undefined;
}

export interface FakeStats {
  requests: number;
  answered: number;
  /** By fault name. */
  readonly spoiled: Record<string, number>;
  connections: number;
  unauthorised: number;
  active: number;
  mostActive: number;
  /** CPU seconds this process has used. */
  cpu?: number;
}

export interface FakeServer {
  /** Without a path. */
  readonly origin: string;
  readonly stats: FakeStats;
  readonly records: readonly FakeRecord[];
  /** Path, headers and body of the latest request; the body is parsed where it is JSON. */
  readonly latest:
    { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: unknown } | undefined;
  close(): Promise<void>;
}

/** Starts a server of `apis` on 127.0.0.1, with `/__stats` and `/__requests` and the `pages` that are asked for by GET. */
export async function startFakeServer(
  apis: readonly FakeApi[],
  pages: Readonly<Record<string, unknown>>,
  options: FakeServerOptions,
): Promise<FakeServer> {
  const stats: FakeStats = {
    requests: 0,
    answered: 0,
    spoiled: {},
    connections: 0,
    unauthorised: 0,
    active: 0,
    mostActive: 0,
  };
  const records: FakeRecord[] = [];
  let latest: FakeServer['latest'];
  const answer = createAnswerer(apis, options, stats, records);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.method === 'GET') {
      serveGet(request, response, pages, options.requireKey, stats, records);
      return;
    }
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const bytes = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
      const help = options.helpers?.[request.url ?? ''];
      if (help) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(help(bytes)));
        return;
      }
      latest = new Latest(request, bytes);
      answer(request, response, bytes);
    });
  });
  server.on('connection', () => stats.connections++);
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
  );
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stats,
    records,
    get latest() {
      return latest;
    },
    close: () => closeServer(server),
  };
}

/** Parses its body only when it is looked at, so that benches measure the client. */
class Latest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly #bytes: Buffer;

  constructor(request: IncomingMessage, bytes: Buffer) {
    this.path = request.url ?? '';
    this.headers = request.headers;
    this.#bytes = bytes;
  }

  get body(): unknown {
    try {
      return JSON.parse(this.#bytes.toString());
    } catch {
      return this.#bytes;
    }
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function serveGet(
  request: IncomingMessage,
  response: ServerResponse,
  pages: Readonly<Record<string, unknown>>,
  key: string | undefined,
  stats: FakeStats,
  records: readonly FakeRecord[],
): void {
  const { user, system } = process.cpuUsage();
  const own: Record<string, () => unknown> = {
    '/__stats': () => ({ ...stats, cpu: (user + system) / 1e6 }),
    '/__requests': () => records,
  };
  const url = request.url ?? '';
  const mine = own[url]?.();
  if (mine === undefined && key !== undefined && !carriesKey(request, key)) {
    stats.unauthorised++;
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } }));
    return;
  }
  const page = mine ?? pages[url];
  response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(page ?? { error: { message: 'No such page' } }));
}

type Answerer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

function createAnswerer(
  apis: readonly FakeApi[],
  options: FakeServerOptions,
  stats: FakeStats,
  records: FakeRecord[],
): Answerer {
  const random = createSeeded(options.seed ?? 1);
  const fixed =
    options.words === undefined ? undefined : Array.from({ length: options.words }, (_, i) => `w${i}`).join(' ');
  const pickFault = createFaultPicker(options, random);
  const prepared = new Map<string, Buffer>(); // Whole responses by what decides them, so that benches measure the client.

  function prepare(api: FakeApi, asked: Asked, script: Script): Buffer {
    const { dialect } = api;
    if (dialect.readsRequest === true) {
      return Buffer.from(
        asked.isStream ? dialect.writeEvents(asked, script, 1).join('') : dialect.writeBody(asked, script, 1),
      );
    }
    const key = `${apis.indexOf(api)}${asked.isStream ? 's' : 'p'}${script.withUsage ? 'u' : '-'}${script.inputTokens} ${asked.model} ${script.words.join('')}`;
    let bytes = prepared.get(key);
    if (!bytes) {
      bytes = Buffer.from(
        asked.isStream ? dialect.writeEvents(asked, script, 1).join('') : dialect.writeBody(asked, script, 1),
      );
      if (prepared.size < 10_000) prepared.set(key, bytes);
    }
    return bytes;
  }

  return (request, response, body) => {
    stats.requests++;
    stats.mostActive = Math.max(stats.mostActive, ++stats.active);
    response.on('close', () => stats.active--);
    const path = request.url?.split('?')[0] ?? '';
    const api = apis.find(candidate => candidate.matches(path, request));
    const asked = api?.read(body, request);
    if (!api || !asked) {
      response.writeHead(api ? 400 : 404, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"Not understood"}}');
      return;
    }
    const { dialect } = api;
    if (options.requireKey !== undefined && !carriesKey(request, options.requireKey)) {
      stats.unauthorised++;
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(dialect.writeError('Incorrect API key provided', 'invalid_api_key', 401));
      return;
    }
    const words = splitWords(fixed ?? options.answers?.(conversationOf(body)) ?? answerByRule(asked.text));
    const script = { words, finishReason: 'stop', withUsage: asked.withUsage, inputTokens: asked.inputTokens };
    const fault = pickFault(request, asked.model);
    const record = options.record ? startRecord(asked, response, records) : undefined;
    const respond = () => {
      if (fault) {
        const spoil = dialect.faults?.get(fault.name) ?? commonFaults.get(fault.name);
        if (!spoil) throw new Error(`No fault is called ${fault.name}.`);
        stats.spoiled[fault.name] = (stats.spoiled[fault.name] ?? 0) + 1;
        const redirectTo = options.redirectTo ?? '/elsewhere';
        spoil({ response, dialect, asked, script, id: stats.requests, argument: fault.argument, random, redirectTo });
        return;
      }
      stats.answered++;
      if (asked.isStream && options.tokenDelay !== undefined) {
        const events = dialect.writeEvents(asked, script, stats.requests);
        const own = options.spread === true ? options.tokenDelay * (0.5 + random()) : options.tokenDelay;
        streamSlowly(response, dialect.streamType, events, words.length, own, record);
        return;
      }
      const bytes = prepare(api, asked, script);
      response.writeHead(200, {
        'content-type': asked.isStream ? dialect.streamType : 'application/json',
        'content-length': bytes.length,
      });
      if (record && asked.isStream) record.firstTokenAt = now();
      response.end(bytes);
    };
    if (options.delay) setTimeout(respond, options.delay);
    else respond();
  };
}

function conversationOf(body: Buffer): Conversation {
  return (JSON.parse(body.toString()) as { readonly messages: Conversation }).messages;
}

type FaultPicker = (
  request: IncomingMessage,
  model: string,
) => { readonly name: string; readonly argument: number } | undefined;

function createFaultPicker(options: FakeServerOptions, random: () => number): FaultPicker {
  const spoiledSoFar = new Map<string, number>();

  function ask(request: IncomingMessage, model: string): string | undefined {
    const header = request.headers['x-fake-fault'];
    if (typeof header === 'string') return header;
    if (model.startsWith('fault:')) return model.slice('fault:'.length);
    if (!options.faults) return undefined;
    let chance = random();
    for (const { fault, probability } of options.faults) {
      if ((chance -= probability) < 0) return fault;
    }
    return undefined;
  }

  /** The fault without its `-then-ok`, or undefined when its share is used up. */
  return (request, model) => {
    const asked = ask(request, model);
    if (asked === undefined) return undefined;
    const [name = '', number] = asked.split(':');
    const argument = Number(number);
    if (!name.endsWith('-then-ok')) return { name, argument };
    const key = `${model} ${asked}`;
    const count = spoiledSoFar.get(key) ?? 0;
    if (count >= argument) return undefined;
    spoiledSoFar.set(key, count + 1);
    return { name: name.slice(0, -'-then-ok'.length), argument: NaN };
  };
}

function carriesKey({ headers }: IncomingMessage, key: string): boolean {
  const { authorization } = headers;
  return (
    authorization === `Bearer ${key}` || ['api-key', 'x-api-key', 'x-goog-api-key'].some(name => headers[name] === key)
  );
}

function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

function startRecord(asked: Asked, response: ServerResponse, records: FakeRecord[]): FakeRecord {
  const tag = /#(\w+)/.exec(asked.text)?.[1];
  const record: FakeRecord = { tag, receivedAt: now(), firstTokenAt: undefined, endedAt: undefined };
  response.on('finish', () => (record.endedAt = now()));
  if (records.length < 200_000) records.push(record);
  return record;
}

/** The first event, which has no text, at once; then a word every `delay` milliseconds; then the rest together. */
function streamSlowly(
  response: ServerResponse,
  type: string,
  events: readonly string[],
  words: number,
  delay: number,
  record: FakeRecord | undefined,
): void {
  response.writeHead(200, { 'content-type': type });
  response.write(events[0]);
  let next = 1;
  const timer = setInterval(() => {
    const event = events[next];
    if (event === undefined || response.destroyed) {
      clearInterval(timer);
      response.end();
    } else if (next <= words) {
      if (record && next === 1) record.firstTokenAt = now();
      response.write(event);
      next++;
    } else {
      clearInterval(timer);
      response.end(events.slice(next).join(''));
    }
  }, delay);
  response.on('close', () => clearInterval(timer));
}
