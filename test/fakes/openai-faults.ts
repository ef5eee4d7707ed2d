import type { ServerResponse } from 'node:http';
import { writeBody, writeEvents } from './openai-answers.ts';
import type { ChatRequest, Script } from './openai-answers.ts';

/** What a fault needs to spoil one response. */
export interface Spoiled {
  readonly response: ServerResponse;
  readonly request: ChatRequest;
  readonly script: Script;
  readonly id: number;
  /** The number after the fault's name, `NaN` without one. */
  readonly argument: number;
  readonly random: () => number;
  /** Where `redirect` points. */
  readonly redirectTo: string;
}

type Fault = (spoiled: Spoiled) => void;

/**
 * Every fault by its name. Ask for one as `name` or `name:number`, by the header `x-fake-fault`, by a model called
 * `fault:name`, or by probability. `NAME-then-ok:N` spoils the first N requests to a model and answers the rest.
 */
export const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    '429',
    ({ response, argument }) =>
      sendError(response, 429, 'Rate limit reached', 'rate_limit_exceeded', {
        'retry-after': String(orElse(argument, 0)),
      }),
  ],
  [
    '429-date',
    ({ response, argument }) =>
      sendError(response, 429, 'Rate limit reached', 'rate_limit_exceeded', {
        'retry-after': new Date(Date.now() + orElse(argument, 2) * 1000).toUTCString(),
      }),
  ],
  ['429-quota', ({ response }) => sendError(response, 429, 'You exceeded your current quota', 'insufficient_quota')],
  ['500', ({ response }) => sendError(response, 500, 'Internal error', 'server_error')],
  [
    '503',
    ({ response, argument }) =>
      sendError(
        response,
        503,
        'Overloaded',
        'overloaded',
        Number.isNaN(argument) ? {} : { 'retry-after': String(argument) },
      ),
  ],
  ['408', ({ response }) => sendError(response, 408, 'Request timeout', 'timeout')],
  ['409', ({ response }) => sendError(response, 409, 'Conflict', 'conflict')],
  ['400', ({ response }) => sendError(response, 400, 'messages[0]:\nis\tbad', 'invalid_request_error')],
  ['403', ({ response }) => sendError(response, 403, 'Not allowed', 'permission_denied')],
  ['404', ({ response }) => sendError(response, 404, 'The model does not exist', 'model_not_found')],
  ['422', ({ response }) => send(response, 422, 'application/json', '{"detail":"Unprocessable"}')],
  ['azure-filter', ({ response }) => sendError(response, 400, 'The prompt was filtered', 'content_filter')],
  [
    'echo-key',
    ({ response }) =>
      sendError(response, 400, `You sent ${String(response.req.headers.authorization)}`, 'invalid_request_error'),
  ],
  ['redirect', ({ response, redirectTo }) => void response.writeHead(302, { location: redirectTo }).end()],
  ['reset', ({ response }) => void response.socket?.resetAndDestroy()],
  ['reset-mid', spoiled => sendPart(spoiled, response => response.socket?.resetAndDestroy())],
  ['close-mid', spoiled => sendPart(spoiled, response => response.socket?.destroySoon())],
  ['hang', () => undefined],
  ['hang-mid', spoiled => sendPart(spoiled, () => undefined)],
  ['garbage', ({ response }) => void response.socket?.end('This is not HTTP at all\r\n\r\n')],
  ['drip', drip],
  ['split', splitAnywhere],
  ['bad-json', ({ response }) => send(response, 200, 'application/json', '{"choices":[{"message":{"content":"half')],
  ['html', ({ response }) => send(response, 200, 'text/html', '<html><body>Please log in</body></html>')],
  ['no-choices', ({ response }) => send(response, 200, 'application/json', '{"id":"x","choices":[]}')],
  [
    'gzip',
    ({ response }) =>
      void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('gzip?'),
  ],
  ['bad-sse', ({ response }) => stream(response, ['data: {"choices":[{"delta":\n\n', 'data: [DONE]\n\n'])],
  [
    'error-in-stream',
    spoiled =>
      stream(spoiled.response, [
        ...opening(spoiled),
        `data: ${writeError('Engine died', 'server_error')}\n\n`,
        'data: [DONE]\n\n',
      ]),
  ],
  [
    'rate-in-stream',
    spoiled =>
      stream(spoiled.response, [...opening(spoiled), `event: error\ndata: {"message":"Slow down","code":429}\n\n`]),
  ],
  [
    'error-in-body',
    ({ response }) => send(response, 200, 'application/json', writeError('Engine died', 'server_error')),
  ],
  ['truncated', spoiled => stream(spoiled.response, opening(spoiled))],
  ['half-event', spoiled => stream(spoiled.response, [...opening(spoiled), 'data: {"choices":[{"delta":{"con'])],
  ['no-done', spoiled => stream(spoiled.response, eventsOf(spoiled).slice(0, -1))],
  ['no-blank-line', spoiled => stream(spoiled.response, [eventsOf(spoiled).join('').trimEnd()])],
  ['only-done', ({ response }) => stream(response, ['data: [DONE]\n\n'])],
  ['no-usage', spoiled => sendScript(spoiled, { ...spoiled.script, withUsage: false })],
  ['empty', spoiled => sendScript(spoiled, { ...spoiled.script, words: [] })],
  ['length', spoiled => sendScript(spoiled, { ...spoiled.script, finishReason: 'length' })],
  [
    'content-filter',
    spoiled => sendScript(spoiled, { ...spoiled.script, words: ['I', ' was'], finishReason: 'content_filter' }),
  ],
  [
    'utf8',
    spoiled => splitAnywhere({ ...spoiled, script: { ...spoiled.script, words: ['Grüße, ', '世界 ', '👩‍🔬', ' ﬀ'] } }),
  ],
  [
    'huge',
    spoiled => sendScript(spoiled, { ...spoiled.script, words: ['x'.repeat(orElse(spoiled.argument, 10) * 2 ** 20)] }),
  ],
  ['refusal', refuse],
  ['reasoning', spoiled => sendSpecial(spoiled, '{"reasoning_content":"Let me think"}')],
  [
    'tool-call',
    spoiled =>
      sendSpecial(
        spoiled,
        '{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}',
      ),
  ],
  [
    'plain-json',
    spoiled =>
      send(spoiled.response, 200, 'application/json', writeBody(spoiled.request.model, spoiled.script, spoiled.id)),
  ],
]);

function orElse(argument: number, fallback: number): number {
  return Number.isNaN(argument) ? fallback : argument;
}

function writeError(message: string, code: string): string {
  return JSON.stringify({ error: { message, type: code, param: null, code } });
}

function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  code: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(writeError(message, code));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
}

function stream(response: ServerResponse, events: readonly string[]): void {
  startStream(response);
  response.end(events.join(''));
}

function eventsOf({ request, script, id }: Spoiled): string[] {
  return writeEvents(request.model, script, id);
}

/** The role-only event and the first word. */
function opening(spoiled: Spoiled): string[] {
  return eventsOf(spoiled).slice(0, 2);
}

/** A whole answer after `script`, as a stream or a body, whichever was asked for. */
function sendScript(spoiled: Spoiled, script: Script): void {
  if (spoiled.request.stream) stream(spoiled.response, eventsOf({ ...spoiled, script }));
  else send(spoiled.response, 200, 'application/json', writeBody(spoiled.request.model, script, spoiled.id));
}

/** The head and about half of the answer, then what `after` does to the connection. */
function sendPart(spoiled: Spoiled, after: (response: ServerResponse) => void): void {
  const { response, request } = spoiled;
  const body = request.stream ? eventsOf(spoiled).join('') : writeBody(request.model, spoiled.script, spoiled.id);
  if (request.stream) startStream(response);
  else response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => setTimeout(after, 5, response));
}

/** One byte every `argument` milliseconds (default 1). */
function drip(spoiled: Spoiled): void {
  const { response } = spoiled;
  startStream(response);
  const bytes = Buffer.from(eventsOf(spoiled).join(''));
  let sent = 0;
  const timer = setInterval(
    () => {
      if (sent < bytes.length && !response.destroyed) {
        response.write(bytes.subarray(sent, ++sent));
        return;
      }
      clearInterval(timer);
      response.end();
    },
    orElse(spoiled.argument, 1),
  );
  response.on('close', () => clearInterval(timer));
}

/** The whole stream in 1 to 16 bytes at a time, cut anywhere, also inside a character; each piece is a packet of its own. */
function splitAnywhere(spoiled: Spoiled): void {
  const { response, random } = spoiled;
  startStream(response);
  const bytes = Buffer.from(eventsOf(spoiled).join(''));
  let sent = 0;
  const step = () => {
    if (sent >= bytes.length || response.destroyed) return void response.end();
    const end = Math.min(bytes.length, sent + 1 + Math.floor(random() * 16));
    response.write(bytes.subarray(sent, end));
    sent = end;
    setImmediate(step);
  };
  step();
}

function refuse(spoiled: Spoiled): void {
  const { response, request } = spoiled;
  const words = 'I cannot help with that';
  if (request.stream) {
    const delta = `data: {"choices":[{"index":0,"delta":{"refusal":"${words}"},"finish_reason":null}]}\n\n`;
    stream(response, [
      delta,
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      'data: [DONE]\n\n',
    ]);
  } else {
    send(
      response,
      200,
      'application/json',
      `{"choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"${words}"},"finish_reason":"stop"}]}`,
    );
  }
}

/** A stream whose first token is no content: `delta` comes 30 ms before the answer. */
function sendSpecial(spoiled: Spoiled, delta: string): void {
  const { response } = spoiled;
  const [role, ...rest] = eventsOf(spoiled);
  startStream(response);
  response.write(`${role}data: {"choices":[{"index":0,"delta":${delta},"finish_reason":null}]}\n\n`);
  setTimeout(() => response.end(rest.join('')), 30);
}
