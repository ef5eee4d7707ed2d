import { textOfContent } from './answers.ts';
import { startFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.ts';
import type { Dialect, FakeApi, Fault, Script } from './faults/dialect.ts';
import { bodyOf, eventsOf, opening, send, startStream, stream } from './faults/send.ts';
import { parseJson } from './openai-chat.ts';

interface MessagesRequest {
  readonly model: string;
  readonly max_tokens?: number;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
}

/** The API's own types of errors, by OpenAI's codes. */
const errorTypes: Readonly<Record<string, string>> = {
  rate_limit_exceeded: 'rate_limit_error',
  insufficient_quota: 'billing_error',
  overloaded: 'overloaded_error',
  invalid_api_key: 'authentication_error',
  permission_denied: 'permission_error',
  model_not_found: 'not_found_error',
  invalid_request_error: 'invalid_request_error',
};

const stopReasons: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  content_filter: 'refusal',
};

const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'look_up' };

const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    '529',
    ({ response, dialect }) =>
      send(response, 529, 'application/json', dialect.writeError('Overloaded', 'overloaded', 529)),
  ],
  [
    'overloaded-in-stream',
    spoiled =>
      stream(spoiled, [
        ...opening(spoiled),
        spoiled.dialect.frame(spoiled.dialect.writeError('Overloaded', 'overloaded', 529)),
      ]),
  ],
  [
    'tools',
    spoiled => {
      const { response, asked, dialect } = spoiled;
      if (!asked.isStream) {
        const body = JSON.parse(bodyOf(spoiled)) as { content: unknown[] };
        body.content.push({ ...toolUse, input: { city: 'Köln' } });
        send(response, 200, 'application/json', JSON.stringify({ ...body, stop_reason: 'tool_use' }));
        return;
      }
      const frame = (event: object) => dialect.frame(JSON.stringify(event));
      const piece = (text: string) =>
        frame({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: text } });
      const events = eventsOf(spoiled);
      events.splice(
        -2,
        2,
        frame({ type: 'content_block_start', index: 1, content_block: { ...toolUse, input: {} } }),
        ...['', '{"city":', ' "Köln"}'].map(piece),
        frame({ type: 'content_block_stop', index: 1 }),
        frame({ type: 'content_block_start', index: 2, content_block: { ...toolUse, name: 'now', input: {} } }),
        frame({ type: 'content_block_stop', index: 2 }),
        frame({ type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 30 } }),
        frame({ type: 'message_stop' }),
      );
      stream(spoiled, events);
    },
  ],
  [
    // Thinking comes 30 ms before the answer.
    'thinking',
    spoiled => {
      const { response, dialect } = spoiled;
      const [start, ...rest] = eventsOf(spoiled);
      const delta = { type: 'thinking_delta', thinking: 'Let me see' };
      startStream(spoiled);
      response.write(
        `${start ?? ''}${dialect.frame(JSON.stringify({ type: 'content_block_delta', index: 0, delta }))}`,
      );
      setTimeout(() => response.end(rest.join('')), 30);
    },
  ],
]);

const dialect: Dialect = {
  streamType: 'text/event-stream',
  frame(json) {
    const name = /^\{"type":"([a-z_]+)"/.exec(json)?.[1];
    return `${name === undefined ? '' : `event: ${name}\n`}data: ${json}\n\n`;
  },
  writeBody: ({ model }, script, id) =>
    JSON.stringify({
      ...describe(model, script, id),
      content: [{ type: 'text', text: script.words.join('') }],
      stop_reason: stopReasons[script.finishReason],
    }),
  writeEvents({ model }, script, id) {
    const frame = (event: object) => this.frame(JSON.stringify(event));
    const start = [
      { type: 'message_start', message: { ...describe(model, { ...script, words: [] }, id), content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
    ];
    return [
      start.map(frame).join(''),
      ...script.words.map(text =>
        frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
      ),
      frame({ type: 'content_block_stop', index: 0 }),
      frame({
        type: 'message_delta',
        delta: { stop_reason: stopReasons[script.finishReason], stop_sequence: null },
        ...(script.withUsage ? { usage: { output_tokens: script.words.length } } : {}),
      }),
      frame({ type: 'message_stop' }),
    ];
  },
  writeError: (message, code) =>
    JSON.stringify({ type: 'error', error: { type: errorTypes[code] ?? 'api_error', message }, request_id: 'req_1' }),
  faults,
};

/** A fifth of the input was in the cache, and a fifth was put there. */
function describe(model: string, { withUsage, inputTokens, words }: Script, id: number) {
  const part = Math.floor(inputTokens / 5);
  const usage = {
    input_tokens: inputTokens - 2 * part,
    cache_creation_input_tokens: part,
    cache_read_input_tokens: part,
    output_tokens: words.length,
  };
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: `${model}-20991231`,
    stop_reason: null,
    stop_sequence: null,
    ...(withUsage ? { usage } : {}),
  };
}

const messagesApi: FakeApi = {
  matches: path => path === '/v1/messages',
  read(bytes, request) {
    const body = parseJson(bytes) as MessagesRequest | undefined;
    // The API refuses what lacks a limit, names no version, or has the system among the messages.
    if (!body || !Array.isArray(body.messages) || typeof body.max_tokens !== 'number') return undefined;
    if (request.headers['anthropic-version'] !== '2023-06-01') return undefined;
    if (body.messages.some(({ role }) => role === 'system')) return undefined;
    const text = textOfContent(body.messages.findLast(({ role }) => role === 'user')?.content);
    const { model, stream: isStream = false } = body;
    return { model, isStream, text, withUsage: true, inputTokens: Math.ceil(text.length / 5) };
  },
  dialect,
};

/** Starts a server of the Anthropic Messages API on 127.0.0.1. */
export function startFakeAnthropic(options: FakeServerOptions = {}): Promise<FakeServer> {
  const data = [{ type: 'model', id: 'claude-fake', display_name: 'Claude Fake' }];
  return startFakeServer([messagesApi], { '/v1/models?limit=1000': { data, has_more: false } }, options);
}
