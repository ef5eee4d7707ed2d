import { splitWords } from './answers.ts';
import { startFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.ts';
import type { Dialect, FakeApi, Script } from './faults/dialect.ts';
import { parseJson } from './openai-chat.ts';
import { embeddingsApi } from './openai-others.ts';

interface CompletionRequest {
  readonly prompt: string | readonly number[];
  readonly stream?: boolean;
  readonly n_probs?: number;
}

interface TemplateRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const stopTypes: Readonly<Record<string, string>> = { stop: 'eos', length: 'limit' };

/** Words the fake knows, each a token; a token's number is its place. */
const vocabulary: string[] = [];

function tokenOf(word: string): number {
  const known = vocabulary.indexOf(word);
  return known >= 0 ? known : vocabulary.push(word) - 1;
}

/** log p of a word after any prompt: the shorter, the likelier. */
export function fakeLogprob(word: string): number {
  return -word.trim().length / 10;
}

const dialect: Dialect = {
  streamType: 'text/event-stream',
  frame: json => `data: ${json}\n\n`,
  writeBody({ body }, script) {
    const { n_probs: count = 0 } = body as CompletionRequest;
    const reply = describe(script, script.words.join(''), true);
    if (count === 0) return JSON.stringify(reply);
    const top = vocabulary
      .map((token, id) => ({ id, token, bytes: [...Buffer.from(token)], logprob: fakeLogprob(token) }))
      .sort((a, b) => b.logprob - a.logprob)
      .slice(0, count);
    return JSON.stringify({ ...reply, completion_probabilities: [{ ...top[0], top_logprobs: top }] });
  },
  writeEvents(_asked, script) {
    const frame = (content: string, stop: boolean) => this.frame(JSON.stringify(describe(script, content, stop)));
    return [frame('', false), ...script.words.map(word => frame(word, false)), frame('', true)];
  },
  writeError: (message, code, status) => JSON.stringify({ error: { code: status, message, type: code } }),
  readsRequest: true,
};

function describe(script: Script, content: string, stop: boolean) {
  if (!stop) return { index: 0, content, tokens: [1], stop: false, id_slot: 0 };
  const counts = { tokens_evaluated: script.inputTokens, tokens_predicted: script.words.length };
  return {
    index: 0,
    content,
    tokens: [],
    stop: true,
    model: 'gpt-3.5-turbo',
    stop_type: stopTypes[script.finishReason],
    stopping_word: '',
    truncated: false,
    timings: { prompt_n: 1, prompt_ms: 12.5, predicted_n: 1, predicted_ms: 30 },
    ...(script.withUsage ? counts : {}),
  };
}

const completionApi: FakeApi = {
  matches: path => path === '/completion',
  read(bytes) {
    const body = parseJson(bytes) as CompletionRequest | undefined;
    if (body?.prompt === undefined) return undefined;
    const { prompt, stream: isStream = false } = body;
    const text = typeof prompt === 'string' ? prompt : prompt.map(token => vocabulary[token] ?? '').join('');
    return { model: '', isStream, text, withUsage: true, inputTokens: Math.ceil(text.length / 5), body };
  },
  dialect,
};

/** What comes before a question: the conversation in the model's template, and the tokens of a text. */
const helpers: Readonly<Record<string, (body: Buffer) => unknown>> = {
  '/apply-template': bytes => {
    const { messages } = parseJson(bytes) as TemplateRequest;
    return { prompt: messages.map(({ role, content }) => `<|${role}|>${content}\n`).join('') };
  },
  '/tokenize': bytes => {
    const { content } = parseJson(bytes) as { readonly content: string };
    return { tokens: splitWords(content).map(tokenOf) };
  },
};

/** Starts a server of llama.cpp's own API on 127.0.0.1; `modelPath` is the file it says it has loaded. */
export function startFakeLlamaCpp({
  modelPath = '/models/tiny-q4.gguf',
  ...options
}: FakeServerOptions & { readonly modelPath?: string } = {}): Promise<FakeServer> {
  const props = { model_path: modelPath, build_info: 'b6000-abcdef1', total_slots: 1 };
  const models = { object: 'list', data: [{ id: 'tiny-q4.gguf', object: 'model', owned_by: 'llamacpp' }] };
  return startFakeServer(
    [completionApi, embeddingsApi],
    { '/props': props, '/v1/models': models },
    { ...options, helpers },
  );
}
