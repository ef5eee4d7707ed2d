import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import {
  answerByRule,
  countInputTokens,
  lastUserMessage,
  splitWords,
  writeBody,
  writeEvents,
} from './openai-answers.ts';
import type { ChatRequest, Script } from './openai-answers.ts';
import { faults } from './openai-faults.ts';
import { createSeeded } from './seeded.ts';

export interface FakeOpenAiOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** The answer to a conversation. Default: `answerByRule`. */
  readonly answers?: (messages: ChatRequest['messages']) => string;
  /** Answers every question with this many words (`w0 w1 …`) instead. */
  readonly words?: number;
  /** Milliseconds before the first word and between two words of a stream; absent sends a stream in one write. */
  readonly tokenDelay?: number;
  /** Milliseconds before any response. */
  readonly delay?: number;
  /** Requests must carry this key. */
  readonly requireKey?: string;
  /** Faults by chance: each request meets at most one. */
  readonly faults?: readonly { readonly fault: string; readonly probability: number }[];
  readonly seed?: number;
  readonly redirectTo?: string;
  /** Keeps a record a request (the last 200 000), served at `/__requests`. */
  readonly record?: boolean;
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

export interface FakeOpenAi {
  /** Ends in `/v1`. */
  readonly url: string;
  readonly stats: FakeStats;
  readonly records: readonly FakeRecord[];
  /** Headers and body of the latest request. */
  readonly latest: { headers: IncomingMessage['headers']; body: unknown } | undefined;
  close(): Promise<void>;
}

/** Starts an OpenAI-compatible server on 127.0.0.1. Endpoints: `/v1/chat/completions`, `/v1/models`, `/__stats`, `/__requests`. */
export async function startFakeOpenAi(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
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
  let latest: FakeOpenAi['latest'];
  const answer = createAnswerer(options, stats, records);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (request.method === 'GET') {
      serveGet(request, response, stats, records);
      return;
    }
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = pieces.length === 1 && pieces[0] ? pieces[0].toString() : Buffer.concat(pieces).toString();
      const body = parseBody(text);
      latest = { headers: request.headers, body };
      answer(request, response, body);
    });
  });
  server.on('connection', () => stats.connections++);
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    stats,
    records,
    get latest() {
      return latest;
    },
    close: () => closeServer(server),
  };
}

function parseBody(text: string): ChatRequest | undefined {
  try {
    return JSON.parse(text) as ChatRequest;
  } catch {
    return undefined;
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
  stats: FakeStats,
  records: readonly FakeRecord[],
): void {
  const { user, system } = process.cpuUsage();
  const pages: Record<string, () => unknown> = {
    '/v1/models': () => ({ object: 'list', data: [{ id: 'fake', object: 'model', owned_by: 'test' }] }),
    '/__stats': () => ({ ...stats, cpu: (user + system) / 1e6 }),
    '/__requests': () => records,
  };
  const page = pages[request.url ?? ''];
  response.writeHead(page ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(page ? page() : { error: { message: 'No such page' } }));
}

type Answerer = (request: IncomingMessage, response: ServerResponse, body: ChatRequest | undefined) => void;

function createAnswerer(options: FakeOpenAiOptions, stats: FakeStats, records: FakeRecord[]): Answerer {
  const random = createSeeded(options.seed ?? 1);
  const spoiledSoFar = new Map<string, number>();
  const fixed =
    options.words === undefined ? undefined : Array.from({ length: options.words }, (_, i) => `w${i}`).join(' ');
  const prepared = new Map<string, Buffer>(); // Whole responses by what decides them, so that benches measure the client.

  function pickFault(request: IncomingMessage, model: string): string | undefined {
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
  function resolveFault(asked: string, model: string): { name: string; argument: number } | undefined {
    const [name = '', number] = asked.split(':');
    const argument = Number(number);
    if (!name.endsWith('-then-ok')) return { name, argument };
    const key = `${model} ${asked}`;
    const count = spoiledSoFar.get(key) ?? 0;
    if (count >= argument) return undefined;
    spoiledSoFar.set(key, count + 1);
    return { name: name.slice(0, -'-then-ok'.length), argument: NaN };
  }

  function prepare(body: ChatRequest, script: Script): Buffer {
    const key = `${body.stream ? 's' : 'p'}${script.withUsage ? 'u' : '-'}${script.inputTokens} ${body.model} ${script.words.join('')}`;
    let bytes = prepared.get(key);
    if (!bytes) {
      bytes = Buffer.from(body.stream ? writeEvents(body.model, script, 1).join('') : writeBody(body.model, script, 1));
      if (prepared.size < 10_000) prepared.set(key, bytes);
    }
    return bytes;
  }

  return (request, response, body) => {
    stats.requests++;
    stats.mostActive = Math.max(stats.mostActive, ++stats.active);
    response.on('close', () => stats.active--);
    if (!body || !Array.isArray(body.messages) || request.url?.split('?')[0] !== '/v1/chat/completions') {
      response
        .writeHead(body ? 404 : 400, { 'content-type': 'application/json' })
        .end('{"error":{"message":"Not understood"}}');
      return;
    }
    if (options.requireKey !== undefined && request.headers.authorization !== `Bearer ${options.requireKey}`) {
      stats.unauthorised++;
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(
        '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}',
      );
      return;
    }
    const answer = fixed ?? (options.answers ?? answerByRule)(body.messages);
    const withUsage = !body.stream || body.stream_options?.include_usage === true;
    const script = { words: splitWords(answer), finishReason: 'stop', withUsage, inputTokens: countInputTokens(body) };
    const asked = pickFault(request, body.model);
    const fault = asked === undefined ? undefined : resolveFault(asked, body.model);
    const record = options.record ? startRecord(body, response, records) : undefined;
    const respond = () => {
      if (fault) {
        const spoil = faults.get(fault.name);
        if (!spoil) throw new Error(`No fault is called ${fault.name}.`);
        stats.spoiled[fault.name] = (stats.spoiled[fault.name] ?? 0) + 1;
        spoil({
          response,
          request: body,
          script,
          id: stats.requests,
          argument: fault.argument,
          random,
          redirectTo: options.redirectTo ?? '/elsewhere',
        });
        return;
      }
      stats.answered++;
      if (body.stream && options.tokenDelay !== undefined) {
        streamSlowly(response, writeEvents(body.model, script, stats.requests), options.tokenDelay, record);
        return;
      }
      const bytes = prepare(body, script);
      response.writeHead(200, {
        'content-type': body.stream ? 'text/event-stream' : 'application/json',
        'content-length': bytes.length,
      });
      if (record && body.stream) record.firstTokenAt = now();
      response.end(bytes);
    };
    if (options.delay) setTimeout(respond, options.delay);
    else respond();
  };
}

function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

function startRecord(body: ChatRequest, response: ServerResponse, records: FakeRecord[]): FakeRecord {
  const tag = /#(\w+)/.exec(lastUserMessage(body))?.[1];
  const record: FakeRecord = { tag, receivedAt: now(), firstTokenAt: undefined, endedAt: undefined };
  response.on('finish', () => (record.endedAt = now()));
  if (records.length < 200_000) records.push(record);
  return record;
}

/** The role-only event at once, then an event every `delay` milliseconds, then the rest together. */
function streamSlowly(
  response: ServerResponse,
  events: readonly string[],
  delay: number,
  record: FakeRecord | undefined,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(events[0]);
  let next = 1;
  const timer = setInterval(() => {
    const event = events[next];
    if (event === undefined || response.destroyed) {
      clearInterval(timer);
      response.end();
    } else if (event.includes('"content"')) {
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

/** `node test/fakes/openai-server.ts [--port N] [--words N] [--token-delay MS] [--delay MS] [--key K] [--seed N] [--fault NAME=PROBABILITY]… [--record]` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      words: { type: 'string' },
      'token-delay': { type: 'string' },
      delay: { type: 'string' },
      key: { type: 'string' },
      seed: { type: 'string' },
      fault: { type: 'string', multiple: true },
      record: { type: 'boolean' },
    },
  });
  const server = await startFakeOpenAi({
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.words === undefined ? {} : { words: Number(values.words) }),
    ...(values['token-delay'] === undefined ? {} : { tokenDelay: Number(values['token-delay']) }),
    ...(values.delay === undefined ? {} : { delay: Number(values.delay) }),
    ...(values.key === undefined ? {} : { requireKey: values.key }),
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
    ...(values.fault === undefined ? {} : { faults: values.fault.map(readFault) }),
    record: values.record ?? false,
  });
  console.log(JSON.stringify({ url: server.url, pid: process.pid }));
  const stop = () => void server.close().then(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function readFault(text: string): { fault: string; probability: number } {
  const at = text.lastIndexOf('=');
  return { fault: text.slice(0, at), probability: Number(text.slice(at + 1)) };
}

if (import.meta.main) await main();
