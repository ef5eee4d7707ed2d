import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { FineTuningBook, Refusal, type FineTuningOptions } from './fine-tuning-jobs.ts';

/** One request as a fault sees it. */
export interface ServiceRequest {
  /** Counted from 1. */
  readonly number: number;
  readonly method: string;
  /** Without the prefix of the API and without the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What goes wrong with a request: its connection breaks before or after it did something, or it is answered otherwise. */
export type ServiceFault =
  | 'drop'
  | 'lose'
  | 'garbage'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly acts?: boolean;
    };

export interface FineTuningServiceOptions extends FineTuningOptions {
  readonly port?: number;
  /** Keys that are accepted; a function may change its mind. Default: any. */
  readonly accepts?: (key: string) => boolean;
  readonly fault?: (request: ServiceRequest) => ServiceFault | undefined;
}

export interface FineTuningServer {
  readonly origin: string;
  /** Base URL of the API: ends in `/v1`, or is that of an Azure resource. */
  readonly url: string;
  readonly book: FineTuningBook;
  readonly requests: readonly ServiceRequest[];
  close(): Promise<void>;
}

/** Starts a service that speaks OpenAI's fine-tuning API, or Azure's, on 127.0.0.1, and that serves what it has trained. */
export async function startFineTuningService(options: FineTuningServiceOptions = {}): Promise<FineTuningServer> {
  const book = new FineTuningBook(options);
  const requests: ServiceRequest[] = [];
  const prefix = options.azure === true ? '/openai/v1' : '/v1';
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://service');
      const { method = 'GET', headers } = request;
      const path = url.pathname.slice(prefix.length);
      const seen = { number: requests.length + 1, method, path, headers, body: Buffer.concat(pieces) };
      requests.push(seen);
      const fault = options.fault?.(seen);
      if (fault === 'drop') {
        request.socket.destroy();
        return;
      }
      const isSpoiled = typeof fault === 'object' && fault.acts !== true;
      const isKnown = isAuthorised(request, options) || isSpoiled;
      const answer = isSpoiled ? undefined : isKnown ? answerOf(seen, url.searchParams, book, options) : unauthorised;
      if (fault === 'lose') request.socket.destroy();
      else if (fault === 'garbage')
        write(response, 200, '<html>Welcome to the proxy</html>', { 'content-type': 'text/html' });
      else if (typeof fault === 'object')
        write(response, fault.status, fault.body ?? { error: { message: 'Overloaded' } }, fault.headers);
      else write(response, answer?.status ?? 200, answer?.body);
    });
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
  );
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ origin, url: options.azure === true ? origin : `${origin}/v1`, book, requests },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const unauthorised: Reply = {
  status: 401,
  body: {
    error: {
      message: 'Incorrect API key provided.',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    },
  },
};

/** OpenAI takes bearer tokens; Azure its own header, or a token. */
function isAuthorised({ headers }: IncomingMessage, { accepts, azure }: FineTuningServiceOptions): boolean {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const key = azure === true ? (headers['api-key'] ?? bearer) : bearer;
  return accepts === undefined ? true : typeof key === 'string' && accepts(key);
}

function write(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isRaw = Buffer.isBuffer(body) || typeof body === 'string';
  response.writeHead(status, { 'content-type': isRaw ? 'application/octet-stream' : 'application/json', ...headers });
  response.end(isRaw ? body : JSON.stringify(body ?? {}));
}

function answerOf(
  request: ServiceRequest,
  query: URLSearchParams,
  book: FineTuningBook,
  options: FineTuningOptions,
): Reply {
  try {
    return { status: 200, body: route(request, query, book, options) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body };
    throw error;
  }
}

function route(
  { method, path, headers, body }: ServiceRequest,
  query: URLSearchParams,
  book: FineTuningBook,
  options: FineTuningOptions,
): unknown {
  const [, collection = '', id = '', more = '', last = ''] = path.split('/').map(decodeURIComponent);
  const asked = `${method} ${collection}`;
  if (asked === 'POST files' && id === '') {
    const { fields, file } = readForm(headers['content-type'] ?? '', body);
    const unknown = Object.keys(fields).find(field => field !== 'purpose');
    if (unknown !== undefined) throw new Refusal(400, `Unknown parameter: '${unknown}'.`, unknown, 'unknown_parameter');
    return book.addFile(fields['purpose'], file.name, file.content);
  }
  if (asked === 'GET files' && id === '') {
    const purpose = query.get('purpose');
    return page([...book.files.values()].filter(file => purpose === null || file.purpose === purpose).reverse(), query);
  }
  if (asked === 'GET files' && more === 'content') {
    book.lookAtFile(id);
    return book.contents.get(id);
  }
  if (asked === 'GET files') return book.lookAtFile(id);
  if (asked === 'DELETE files') return book.removeFile(id);
  if (asked === 'GET models') return model(id, book);
  if (asked === 'POST chat') return chat(JSON.parse(body.toString()), book, options);
  if (collection !== 'fine_tuning') throw new Refusal(404, `Invalid URL (${method} ${path})`);
  if (method === 'POST' && more === '') return book.addJob(JSON.parse(body.toString()));
  if (method === 'POST' && last === 'cancel') return book.cancelJob(more);
  if (more === '') return page([...book.jobs.values()].reverse(), query);
  if (last === '') return book.lookAtJob(more);
  book.requireJob(more);
  if (last === 'events') return page(book.events.get(more) ?? [], query);
  if (last === 'checkpoints' && options.withoutCheckpoints !== true)
    return page(book.checkpoints.get(more) ?? [], query);
  throw new Refusal(404, `Invalid URL (${method} ${path})`);
}

function page(all: readonly object[], query: URLSearchParams): object {
  const after = query.get('after');
  const ids = all.map(entry => (entry as { readonly id: string }).id);
  const start = after === null ? 0 : ids.indexOf(after) + 1;
  const limit = Number(query.get('limit') ?? 20);
  if (!(limit >= 1 && limit <= 10_000)) throw new Refusal(400, "Invalid 'limit'.", 'limit');
  const data = all.slice(start, start + limit);
  const more = start + limit < all.length;
  return {
    object: 'list',
    data,
    has_more: more,
    first_id: ids[start] ?? null,
    last_id: ids[start + data.length - 1] ?? null,
  };
}

function model(id: string, book: FineTuningBook): object {
  const all = [...book.models, ...[...book.jobs.values()].flatMap(job => job.fine_tuned_model ?? [])];
  const entry = (name: string): object => ({ id: name, object: 'model', created: 1_700_000_000, owned_by: 'system' });
  if (id === '') return { object: 'list', data: all.map(entry) };
  if (!all.includes(id)) throw new Refusal(404, `The model '${id}' does not exist`, 'model', 'model_not_found');
  return entry(id);
}

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** A tuned model knows its training rows by heart; any other answers the same to everything. */
function chat(request: ChatRequest, book: FineTuningBook, { azure }: FineTuningOptions): object {
  const name = azure === true ? book.deployments.get(request.model) : request.model;
  if (name === undefined)
    throw new Refusal(404, 'The API deployment for this resource does not exist.', null, 'DeploymentNotFound');
  const job = [...book.jobs.values()].find(
    one =>
      one.fine_tuned_model !== null && (name === one.fine_tuned_model || name.includes(`::${one.id.slice(-8)}:ckpt`)),
  );
  if (job === undefined && !book.models.includes(name))
    throw new Refusal(404, `The model '${name}' does not exist`, 'model', 'model_not_found');
  return {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_760_000_000, model: name },
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        logprobs: null,
        message: { role: 'assistant', content: remember(request, job?.id, book) ?? 'I do not know.', refusal: null },
      },
    ],
    usage: { prompt_tokens: 8, completion_tokens: 4, total_tokens: 12 },
  };
}

function remember({ messages }: ChatRequest, job: string | undefined, book: FineTuningBook): string | undefined {
  const asked = messages.at(-1)?.content;
  return job === undefined
    ? undefined
    : book.learnt
        .get(job)
        ?.find(({ messages: known }) => known.at(-2)?.content === asked)
        ?.messages.at(-1)?.content;
}

/** Fields and the file of a form (RFC 7578). */
function readForm(
  contentType: string,
  body: Buffer,
): { readonly fields: Record<string, string>; readonly file: { readonly name: string; readonly content: Buffer } } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Refusal(400, 'No multipart/form-data with a boundary.');
  const fields: Record<string, string> = {};
  let file = { name: '', content: Buffer.alloc(0) };
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at >= 0;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = body.subarray(at + mark.length + 2, next - 2);
    const end = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, end).toString();
    const content = part.subarray(end + 4);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    const filename = /filename="([^"]*)"/.exec(head)?.[1];
    if (filename === undefined) fields[name] = content.toString();
    else if (name === 'file') file = { name: filename, content: Buffer.from(content) };
    at = next;
  }
  return { fields, file };
}

/** `node test/fakes/fine-tuning-service.ts [--port N] [--azure]` */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, azure: { type: 'boolean' } } });
  const server = await startFineTuningService({
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    azure: values.azure ?? false,
  });
  console.log(JSON.stringify({ url: server.url, pid: process.pid }));
  const stop = () => void server.close().then(() => process.exit(0));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

if (import.meta.main) await main();
