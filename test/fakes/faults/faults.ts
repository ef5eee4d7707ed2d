import type { Fault } from './dialect.ts';
import {
  bodyOf,
  drip,
  eventsOf,
  opening,
  send,
  sendError,
  sendPart,
  sendScript,
  splitAnywhere,
  stream,
} from './send.ts';

/**
 * Faults of every API by their names. Ask for one as `name` or `name:number`, by the header `x-fake-fault`, by a model called
 * `fault:name`, or by probability. `NAME-then-ok:N` spoils the first N requests to a model and answers the rest.
 */
export const commonFaults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    '429',
    spoiled =>
      sendError(spoiled, 429, 'Rate limit reached', 'rate_limit_exceeded', {
        'retry-after': String(orElse(spoiled.argument, 0)),
      }),
  ],
  [
    '429-date',
    spoiled =>
      sendError(spoiled, 429, 'Rate limit reached', 'rate_limit_exceeded', {
        'retry-after': new Date(Date.now() + orElse(spoiled.argument, 2) * 1000).toUTCString(),
      }),
  ],
  ['429-quota', spoiled => sendError(spoiled, 429, 'You exceeded your current quota', 'insufficient_quota')],
  ['500', spoiled => sendError(spoiled, 500, 'Internal error', 'server_error')],
  [
    '503',
    spoiled =>
      sendError(
        spoiled,
        503,
        'Overloaded',
        'overloaded',
        Number.isNaN(spoiled.argument) ? {} : { 'retry-after': String(spoiled.argument) },
      ),
  ],
  ['408', spoiled => sendError(spoiled, 408, 'Request timeout', 'timeout')],
  ['409', spoiled => sendError(spoiled, 409, 'Conflict', 'conflict')],
  ['400', spoiled => sendError(spoiled, 400, 'messages[0]:\nis\tbad', 'invalid_request_error')],
  ['401', spoiled => sendError(spoiled, 401, 'Incorrect API key provided', 'invalid_api_key')],
  ['403', spoiled => sendError(spoiled, 403, 'Not allowed', 'permission_denied')],
  ['404', spoiled => sendError(spoiled, 404, 'The model does not exist', 'model_not_found')],
  ['422', ({ response }) => send(response, 422, 'application/json', '{"detail":"Unprocessable"}')],
  ['echo-key', spoiled => sendError(spoiled, 400, `You sent ${keyOf(spoiled.response.req)}`, 'invalid_request_error')],
  ['redirect', ({ response, redirectTo }) => void response.writeHead(302, { location: redirectTo }).end()],
  ['reset', ({ response }) => void response.socket?.resetAndDestroy()],
  ['reset-mid', spoiled => sendPart(spoiled, response => response.socket?.resetAndDestroy())],
  ['close-mid', spoiled => sendPart(spoiled, response => response.socket?.destroySoon())],
  ['hang', () => undefined],
  ['hang-mid', spoiled => sendPart(spoiled, () => undefined)],
  ['garbage', ({ response }) => void response.socket?.end('This is not HTTP at all\r\n\r\n')],
  ['drip', spoiled => drip(spoiled, orElse(spoiled.argument, 1))],
  ['split', splitAnywhere],
  [
    'bad-json',
    spoiled => {
      const body = bodyOf(spoiled);
      send(spoiled.response, 200, 'application/json', body.slice(0, body.length / 2));
    },
  ],
  ['html', ({ response }) => send(response, 200, 'text/html', '<html><body>Please log in</body></html>')],
  ['other-json', ({ response }) => send(response, 200, 'application/json', '{"id":"x"}')],
  ['list-json', ({ response }) => send(response, 200, 'application/json', '[null]')],
  [
    'gzip',
    ({ response }) =>
      void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('gzip?'),
  ],
  ['bad-event', spoiled => stream(spoiled, [...opening(spoiled), spoiled.dialect.frame('{"half":')])],
  ['other-event', spoiled => stream(spoiled, [...opening(spoiled), spoiled.dialect.frame('{"id":"x"}')])],
  ['error-in-stream', spoiled => stream(spoiled, [...opening(spoiled), spoiled.dialect.frame(writeError(spoiled))])],
  ['error-in-body', spoiled => send(spoiled.response, 200, 'application/json', writeError(spoiled))],
  ['truncated', spoiled => stream(spoiled, opening(spoiled))],
  ['half-event', spoiled => stream(spoiled, [...opening(spoiled), (eventsOf(spoiled)[1] ?? '').slice(0, 20)])],
  ['no-blank-line', spoiled => stream(spoiled, [eventsOf(spoiled).join('').trimEnd()])],
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
  // The size is in MiB.
  [
    'huge',
    spoiled => sendScript(spoiled, { ...spoiled.script, words: ['x'.repeat(orElse(spoiled.argument, 10) * 2 ** 20)] }),
  ],
  [
    'endless-event',
    spoiled => {
      const [first = ''] = eventsOf(spoiled);
      stream(spoiled, [
        first,
        spoiled.dialect.frame('x').trimEnd(),
        'x'.repeat(orElse(spoiled.argument, 17) * 2 ** 20),
      ]);
    },
  ],
  ['plain-json', spoiled => send(spoiled.response, 200, 'application/json', bodyOf(spoiled))],
]);

function orElse(argument: number, fallback: number): number {
  return Number.isNaN(argument) ? fallback : argument;
}

function writeError({ dialect }: Parameters<Fault>[0]): string {
  return dialect.writeError('Engine died', 'server_error', 500);
}

/** Whatever header carried the key. */
function keyOf({ headers }: { readonly headers: Readonly<Record<string, string | string[] | undefined>> }): string {
  return String(headers['authorization'] ?? headers['api-key'] ?? headers['x-api-key'] ?? headers['x-goog-api-key']);
}
