import { createHash } from 'node:crypto';
import { splitWords, textOfContent } from './answers.ts';
import type { Dialect, FakeApi, Fault } from './faults/dialect.ts';
import { send, stream } from './faults/send.ts';
import { deploymentOf, parseJson, writeOpenAiError, writeUsage } from './openai-chat.ts';

interface CompletionRequest {
  readonly model: string;
  readonly prompt: string | readonly string[];
  readonly stream?: boolean;
  readonly echo?: boolean;
}

const completionDialect: Dialect = {
  streamType: 'text/event-stream',
  frame: json => `data: ${json}\n\n`,
  writeBody({ model, body }, script, id) {
    const head = { id: `cmpl-${id}`, object: 'text_completion', created: 1700000000, model };
    const { prompt, echo } = body as CompletionRequest;
    const choices =
      echo === true && Array.isArray(prompt)
        ? (prompt as readonly string[]).map(scorePrompt)
        : [{ index: 0, text: script.words.join(''), logprobs: null, finish_reason: script.finishReason }];
    return JSON.stringify({
      ...head,
      choices,
      ...(script.withUsage ? { usage: JSON.parse(writeUsage(script)) as unknown } : {}),
    });
  },
  writeEvents({ model }, script, id) {
    const head = `data: {"id":"cmpl-${id}","object":"text_completion","created":1700000000,"model":${JSON.stringify(model)},"choices":[`;
    const piece = (text: string, finish: string) =>
      `${head}{"index":0,"text":${JSON.stringify(text)},"logprobs":null,"finish_reason":${finish}}]}\n\n`;
    return [
      piece('', 'null'),
      ...script.words.map(word => piece(word, 'null')),
      piece('', `"${script.finishReason}"`),
      ...(script.withUsage ? [`${head}],"usage":${writeUsage(script)}}\n\n`] : []),
      'data: [DONE]\n\n',
    ];
  },
  writeError: writeOpenAiError,
  readsRequest: true,
};

/** A token a word; each costs a tenth of its length, so that shorter choices are likelier. The last token is the generated one. */
function scorePrompt(prompt: string, index: number): unknown {
  const tokens = [...splitWords(prompt), ' more'];
  let offset = 0;
  const offsets = tokens.map(token => {
    const start = offset;
    offset += Array.from(token).length;
    return start;
  });
  const scores = tokens.map((token, at) => (at === 0 ? null : -token.trim().length / 10));
  return {
    index,
    text: tokens.join(''),
    logprobs: { tokens, token_logprobs: scores, text_offset: offsets, top_logprobs: null },
    finish_reason: 'length',
  };
}

export const completionsApi: FakeApi = {
  matches: path => path.endsWith('/completions') && !path.endsWith('/chat/completions'),
  read(bytes, request) {
    const body = parseJson(bytes) as CompletionRequest | undefined;
    if (body?.prompt === undefined) return undefined;
    const text = typeof body.prompt === 'string' ? body.prompt : body.prompt.join('\n');
    const model = deploymentOf(request.url) ?? body.model;
    return {
      model,
      isStream: body.stream === true,
      text,
      withUsage: true,
      inputTokens: Math.ceil(text.length / 5),
      body,
    };
  },
  dialect: completionDialect,
};

interface ResponsesRequest {
  readonly model: string;
  readonly input: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
}

const responseFaults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    'refusal',
    spoiled => {
      const { response, asked, dialect } = spoiled;
      const words = 'I cannot help with that';
      const item = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: words }] };
      const whole = { object: 'response', status: 'completed', output: [item] };
      if (!asked.isStream) {
        send(response, 200, 'application/json', JSON.stringify(whole));
        return;
      }
      stream(spoiled, [
        dialect.frame(JSON.stringify({ type: 'response.refusal.delta', delta: words })),
        dialect.frame(JSON.stringify({ type: 'response.completed', response: { ...whole, output: [] } })),
      ]);
    },
  ],
  [
    'failed-in-stream',
    spoiled =>
      stream(spoiled, [
        spoiled.dialect.frame(
          '{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"Engine died"}}}',
        ),
      ]),
  ],
]);

const responsesDialect: Dialect = {
  streamType: 'text/event-stream',
  frame(json) {
    const name = /^\{"type":"([a-z_.]+)"/.exec(json)?.[1];
    return `${name === undefined ? '' : `event: ${name}\n`}data: ${json}\n\n`;
  },
  writeBody: ({ model }, script, id) =>
    JSON.stringify({
      ...describeResponse(model, script, id),
      output: [
        { id: 'rs_1', type: 'reasoning', summary: [] },
        {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: script.words.join(''), annotations: [] }],
        },
      ],
    }),
  writeEvents({ model }, script, id) {
    const response = describeResponse(model, script, id);
    const bodies: Record<string, unknown>[] = [
      { type: 'response.created', response: { ...response, status: 'in_progress', usage: null, output: [] } },
      ...script.words.map(delta => ({ type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, delta })),
      {
        type: response.status === 'completed' ? 'response.completed' : 'response.incomplete',
        response: { ...response, output: [] },
      },
    ];
    return bodies.map((body, at) => this.frame(JSON.stringify({ ...body, sequence_number: at })));
  },
  writeError: writeOpenAiError,
  faults: responseFaults,
};

function describeResponse(model: string, script: Parameters<Dialect['writeBody']>[1], id: number) {
  const reasons: Readonly<Record<string, string>> = { length: 'max_output_tokens', content_filter: 'content_filter' };
  const reason = reasons[script.finishReason];
  const usage = {
    input_tokens: script.inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: script.words.length,
    output_tokens_details: { reasoning_tokens: 0 },
  };
  return {
    id: `resp_${id}`,
    object: 'response',
    model,
    status: reason === undefined ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    ...(script.withUsage ? { usage } : {}),
  };
}

export const responsesApi: FakeApi = {
  matches: path => path.endsWith('/responses'),
  read(bytes) {
    const body = parseJson(bytes) as ResponsesRequest | undefined;
    if (!body || !Array.isArray(body.input)) return undefined;
    const text = textOfContent(body.input.findLast(({ role }) => role === 'user')?.content);
    const { model, stream: isStream = false } = body;
    return { model, isStream, text, withUsage: true, inputTokens: Math.ceil(text.length / 5) };
  },
  dialect: responsesDialect,
};

interface EmbeddingRequest {
  readonly model: string;
  readonly input: readonly string[];
  readonly encoding_format?: string;
}

/** Eight numbers between -1 and 1 that depend on the text alone. */
export function fakeVector(text: string): Float32Array {
  const hash = createHash('sha256').update(text).digest();
  return Float32Array.from({ length: 8 }, (_, at) => hash.readInt32LE(at * 4) / 2 ** 31);
}

const embeddingsDialect: Dialect = {
  streamType: 'text/event-stream',
  frame: json => json,
  writeBody({ model, body }, script) {
    const { input, encoding_format: format } = body as EmbeddingRequest;
    const data = input.map((text, index) => {
      const vector = fakeVector(text);
      const embedding = format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    });
    // Out of order: the index says where each belongs.
    return JSON.stringify({
      object: 'list',
      model,
      data: data.reverse(),
      ...(script.withUsage ? { usage: { prompt_tokens: script.inputTokens, total_tokens: script.inputTokens } } : {}),
    });
  },
  writeEvents: () => [],
  writeError: writeOpenAiError,
  readsRequest: true,
};

export const embeddingsApi: FakeApi = {
  matches: path => path.endsWith('/embeddings'),
  read(bytes, request) {
    const body = parseJson(bytes) as EmbeddingRequest | undefined;
    if (!body || !Array.isArray(body.input)) return undefined;
    const text = body.input.join('\n');
    const model = deploymentOf(request.url) ?? body.model;
    return { model, isStream: false, text, withUsage: true, inputTokens: Math.ceil(text.length / 5), body };
  },
  dialect: embeddingsDialect,
};

const transcriptionsDialect: Dialect = {
  streamType: 'text/event-stream',
  frame: json => json,
  writeBody: (_asked, script) =>
    JSON.stringify({
      text: script.words.join(''),
      ...(script.withUsage ? { usage: { type: 'duration', seconds: 3 } } : {}),
    }),
  writeEvents: () => [],
  writeError: writeOpenAiError,
};

/** What is said is what stands in the sound's bytes as `ANSWER=…`. */
export const transcriptionsApi: FakeApi = {
  matches: path => path.endsWith('/audio/transcriptions'),
  read(bytes, request) {
    const form = readForm(bytes, request.headers['content-type'] ?? '');
    const file = form.get('file');
    const model = deploymentOf(request.url) ?? form.get('model');
    if (file === undefined || model === undefined) return undefined;
    return { model, isStream: false, text: file, withUsage: true, inputTokens: 0, body: Object.fromEntries(form) };
  },
  dialect: transcriptionsDialect,
};

/** Fields of a form by name, each as Latin-1 text. */
function readForm(bytes: Buffer, type: string): ReadonlyMap<string, string> {
  const boundary = /boundary=([\w-]+)/.exec(type)?.[1] ?? '';
  const fields = new Map<string, string>();
  for (const part of bytes.toString('latin1').split(`--${boundary}`)) {
    const name = / name="([^"]+)"/.exec(part)?.[1];
    const start = part.indexOf('\r\n\r\n');
    if (name !== undefined && start >= 0) fields.set(name, part.slice(start + 4, -2));
  }
  return fields;
}
