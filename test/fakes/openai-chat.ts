import { textOfContent } from './answers.ts';
import type { Dialect, FakeApi, Fault, Script } from './faults/dialect.ts';
import { eventsOf, opening, send, startStream, stream } from './faults/send.ts';

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    'azure-filter',
    ({ response, dialect }) =>
      send(response, 400, 'application/json', dialect.writeError('The prompt was filtered', 'content_filter', 400)),
  ],
  ['no-choices', ({ response }) => send(response, 200, 'application/json', '{"id":"x","choices":[]}')],
  [
    'rate-in-stream',
    spoiled => stream(spoiled, [...opening(spoiled), 'event: error\ndata: {"message":"Slow down","code":429}\n\n']),
  ],
  ['no-done', spoiled => stream(spoiled, eventsOf(spoiled).slice(0, -1))],
  ['only-done', spoiled => stream(spoiled, ['data: [DONE]\n\n'])],
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
]);

/** OpenAI's chat completions. */
export const chatDialect: Dialect = {
  streamType: 'text/event-stream',
  frame: json => `data: ${json}\n\n`,
  writeBody({ model }, script, id) {
    const usage = script.withUsage ? `,"usage":${writeUsage(script)}` : '';
    const content = JSON.stringify(script.words.join(''));
    return `{"id":"chatcmpl-${id}","object":"chat.completion","created":1700000000,"model":${JSON.stringify(model)},"choices":[{"index":0,"message":{"role":"assistant","content":${content}},"finish_reason":"${script.finishReason}"}]${usage}}`;
  },
  writeEvents({ model }, script, id) {
    const head = `data: {"id":"chatcmpl-${id}","object":"chat.completion.chunk","created":1700000000,"model":${JSON.stringify(model)},"choices":[`;
    const events = [`${head}{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n`];
    for (const word of script.words)
      events.push(`${head}{"index":0,"delta":{"content":${JSON.stringify(word)}},"finish_reason":null}]}\n\n`);
    events.push(`${head}{"index":0,"delta":{},"finish_reason":"${script.finishReason}"}]}\n\n`);
    if (script.withUsage) events.push(`${head}],"usage":${writeUsage(script)}}\n\n`);
    events.push('data: [DONE]\n\n');
    return events;
  },
  writeError: writeOpenAiError,
  faults,
};

/** Chat completions under `/v1` or as Azure has them. */
export const chatApi: FakeApi = {
  matches: path => path.endsWith('/chat/completions'),
  read(bytes, request) {
    const body = parseJson(bytes) as ChatRequest | undefined;
    if (!body || !Array.isArray(body.messages)) return undefined;
    const messages = body.messages as ChatRequest['messages'];
    const text = textOfContent(messages.findLast(({ role }) => role === 'user')?.content);
    return {
      // In Azure's dated API the address names the deployment.
      model: deploymentOf(request.url) ?? body.model,
      isStream: body.stream === true,
      text,
      withUsage: body.stream !== true || body.stream_options?.include_usage === true,
      inputTokens: Math.ceil(messages.reduce((sum, { content }) => sum + textOfContent(content).length, 0) / 5),
    };
  },
  dialect: chatDialect,
};

export function deploymentOf(url: string | undefined): string | undefined {
  const segment = /\/openai\/deployments\/([^/]+)\//.exec(url ?? '')?.[1];
  return segment === undefined ? undefined : decodeURIComponent(segment);
}

export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

export function writeOpenAiError(message: string, code: string): string {
  return JSON.stringify({ error: { message, type: code, param: null, code } });
}

export function writeUsage({ inputTokens, words }: Script): string {
  return `{"prompt_tokens":${inputTokens},"completion_tokens":${words.length},"total_tokens":${inputTokens + words.length}}`;
}

function refuse(spoiled: Parameters<Fault>[0]): void {
  const words = 'I cannot help with that';
  if (spoiled.asked.isStream) {
    stream(spoiled, [
      `data: {"choices":[{"index":0,"delta":{"refusal":"${words}"},"finish_reason":null}]}\n\n`,
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
      'data: [DONE]\n\n',
    ]);
  } else {
    send(
      spoiled.response,
      200,
      'application/json',
      `{"choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"${words}"},"finish_reason":"stop"}]}`,
    );
  }
}

/** A stream whose first token is no content: `delta` comes 30 ms before the answer. */
function sendSpecial(spoiled: Parameters<Fault>[0], delta: string): void {
  const { response } = spoiled;
  const [role, ...rest] = eventsOf(spoiled);
  startStream(spoiled);
  response.write(`${role}data: {"choices":[{"index":0,"delta":${delta},"finish_reason":null}]}\n\n`);
  setTimeout(() => response.end(rest.join('')), 30);
}
