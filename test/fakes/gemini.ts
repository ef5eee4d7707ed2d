import { startFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.ts';
import type { Dialect, FakeApi, Fault, Script } from './faults/dialect.ts';
import { bodyOf, eventsOf, send, startStream, stream } from './faults/send.ts';
import { parseJson } from './openai-chat.ts';

interface Part {
  readonly text?: string;
}

interface GenerateRequest {
  readonly contents: readonly { readonly role?: string; readonly parts: readonly Part[] }[];
}

/** The codes of google.rpc, by OpenAI's. */
const statuses: Readonly<Record<string, string>> = {
  rate_limit_exceeded: 'RESOURCE_EXHAUSTED',
  insufficient_quota: 'RESOURCE_EXHAUSTED',
  overloaded: 'UNAVAILABLE',
  server_error: 'INTERNAL',
  timeout: 'DEADLINE_EXCEEDED',
  conflict: 'ABORTED',
  invalid_request_error: 'INVALID_ARGUMENT',
  invalid_api_key: 'UNAUTHENTICATED',
  permission_denied: 'PERMISSION_DENIED',
  model_not_found: 'NOT_FOUND',
};

const finishReasons: Readonly<Record<string, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};

const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    'retry-info',
    ({ response }) => {
      const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }];
      const error = { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED', details };
      send(response, 429, 'application/json', JSON.stringify({ error }));
    },
  ],
  [
    'blocked-prompt',
    spoiled => {
      const reply = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 3 } };
      const json = JSON.stringify(reply);
      if (spoiled.asked.isStream) stream(spoiled, [spoiled.dialect.frame(json)]);
      else send(spoiled.response, 200, 'application/json', json);
    },
  ],
  [
    'tools',
    spoiled => {
      const call = { functionCall: { name: 'look_up', args: { city: 'Köln' } } };
      const reply = { candidates: [{ content: { parts: [call, call] }, finishReason: 'STOP' }] };
      if (spoiled.asked.isStream) stream(spoiled, [spoiled.dialect.frame(JSON.stringify(reply))]);
      else send(spoiled.response, 200, 'application/json', JSON.stringify(reply));
    },
  ],
  [
    // Thinking comes 30 ms before the answer, and is counted apart.
    'thinking',
    spoiled => {
      const { response, dialect, asked } = spoiled;
      const usage = { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 7, cachedContentTokenCount: 1 };
      const thought = { content: { role: 'model', parts: [{ text: 'Let me see', thought: true }] } };
      if (!asked.isStream) {
        const body = JSON.parse(bodyOf(spoiled)) as { candidates: { content: { parts: unknown[] } }[] };
        body.candidates[0]?.content.parts.unshift(...thought.content.parts);
        send(response, 200, 'application/json', JSON.stringify({ ...body, usageMetadata: usage }));
        return;
      }
      startStream(spoiled);
      response.write(dialect.frame(JSON.stringify({ candidates: [thought] })));
      const last = dialect.frame(JSON.stringify({ candidates: [{ finishReason: 'STOP' }], usageMetadata: usage }));
      setTimeout(() => response.end(eventsOf(spoiled).slice(0, -1).join('') + last), 30);
    },
  ],
]);

const dialect: Dialect = {
  streamType: 'text/event-stream',
  frame: json => `data: ${json}\r\n\r\n`,
  writeBody: ({ model }, script) =>
    JSON.stringify(describe(model, script, script.words.join(''), script.words.length, script.finishReason)),
  writeEvents({ model }, script) {
    const frame = (text: string, count: number, finish?: string) =>
      this.frame(JSON.stringify(describe(model, script, text, count, finish)));
    return [
      frame('', 0),
      ...script.words.map((word, at) => frame(word, at + 1)),
      frame('', script.words.length, script.finishReason),
    ];
  },
  writeError(message, code, status) {
    const violations = [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }];
    const quota = [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }];
    const error = { code: status, message, status: statuses[code] };
    return JSON.stringify({ error: code === 'insufficient_quota' ? { ...error, details: quota } : error });
  },
  faults,
};

function describe(model: string, script: Script, text: string, count: number, finish?: string) {
  const usageMetadata = {
    promptTokenCount: script.inputTokens,
    candidatesTokenCount: count,
    totalTokenCount: script.inputTokens + count,
  };
  const finishReason = finish === undefined ? {} : { finishReason: finishReasons[finish] };
  return {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...finishReason }],
    ...(script.withUsage ? { usageMetadata } : {}),
    modelVersion: `${model}-001`,
    responseId: 'r1',
  };
}

const generateApi: FakeApi = {
  matches: path => /^\/v1beta\/models\/[^/]+:(?:g|streamG)enerateContent$/.test(path),
  read(bytes, request) {
    const body = parseJson(bytes) as GenerateRequest | undefined;
    if (!body || !Array.isArray(body.contents)) return undefined;
    const [, model = '', method] = /\/models\/([^/]+):(\w+)(?:\?|$)/.exec(request.url ?? '') ?? [];
    const isStream = method === 'streamGenerateContent';
    // Without it the API streams one JSON array.
    if (isStream && !request.url?.endsWith('?alt=sse')) return undefined;
    const parts: readonly Part[] = body.contents.findLast(({ role }) => role !== 'model')?.parts ?? [];
    const text = parts.map(part => part.text ?? '').join('\n');
    const inputTokens = Math.ceil(text.length / 5);
    return { model: decodeURIComponent(model), isStream, text, withUsage: true, inputTokens };
  },
  dialect,
};

/** Starts a server of the Gemini API on 127.0.0.1, under `/v1beta`. */
export function startFakeGemini(options: FakeServerOptions = {}): Promise<FakeServer> {
  const models = [
    { name: 'models/gemini-fake', displayName: 'Gemini Fake', supportedGenerationMethods: ['generateContent'] },
    { name: 'models/embedding-fake', displayName: 'Embedding Fake', supportedGenerationMethods: ['embedContent'] },
  ];
  return startFakeServer([generateApi], { '/v1beta/models?pageSize=1000': { models } }, options);
}
