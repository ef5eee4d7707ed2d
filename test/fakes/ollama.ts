import { textOfContent } from './answers.ts';
import { startFakeServer, type FakeServer, type FakeServerOptions } from './fake-server.ts';
import type { Dialect, FakeApi, Fault, Script } from './faults/dialect.ts';
import { eventsOf, send, startStream, stream } from './faults/send.ts';
import { parseJson } from './openai-chat.ts';
import { fakeVector } from './openai-others.ts';

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
}

interface EmbedRequest {
  readonly model: string;
  readonly input: readonly string[];
}

const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    'tools',
    spoiled => {
      const call = { function: { name: 'look_up', arguments: { city: 'Köln' } } };
      const reply = {
        message: { role: 'assistant', content: '', tool_calls: [call] },
        done: true,
        done_reason: 'stop',
      };
      if (spoiled.asked.isStream) stream(spoiled, [spoiled.dialect.frame(JSON.stringify(reply))]);
      else send(spoiled.response, 200, 'application/json', JSON.stringify(reply));
    },
  ],
  [
    // Thinking comes 30 ms before the answer.
    'thinking',
    spoiled => {
      const { response, dialect } = spoiled;
      startStream(spoiled);
      const message = { role: 'assistant', content: '', thinking: 'Let me see' };
      response.write(dialect.frame(JSON.stringify({ message, done: false })));
      setTimeout(() => response.end(eventsOf(spoiled).join('')), 30);
    },
  ],
]);

const chatDialect: Dialect = {
  streamType: 'application/x-ndjson',
  frame: json => `${json}\n`,
  writeBody: ({ model }, script) => JSON.stringify(describe(model, script, script.words.join(''), true)),
  writeEvents({ model }, script) {
    const frame = (content: string, done: boolean) =>
      this.frame(JSON.stringify(describe(model, script, content, done)));
    return [frame('', false), ...script.words.map(word => frame(word, false)), frame('', true)];
  },
  writeError: message => JSON.stringify({ error: message }),
  faults,
};

function describe(model: string, script: Script, content: string, done: boolean) {
  const counts = { prompt_eval_count: script.inputTokens, eval_count: script.words.length };
  const durations = {
    total_duration: 9_000_000,
    load_duration: 5_000_000,
    prompt_eval_duration: 1_000_000,
    eval_duration: 2_000_000,
  };
  return {
    model,
    created_at: '2026-01-01T00:00:00.000000Z',
    message: { role: 'assistant', content },
    done,
    ...(done ? { done_reason: script.finishReason, ...durations, ...(script.withUsage ? counts : {}) } : {}),
  };
}

const chatApi: FakeApi = {
  matches: path => path === '/api/chat',
  read(bytes) {
    const body = parseJson(bytes) as ChatRequest | undefined;
    if (!body || !Array.isArray(body.messages)) return undefined;
    const text = textOfContent(body.messages.findLast(({ role }) => role === 'user')?.content);
    // Who says nothing gets a stream.
    const { model, stream: isStream = true } = body;
    return { model, isStream, text, withUsage: true, inputTokens: Math.ceil(text.length / 5) };
  },
  dialect: chatDialect,
};

const embedDialect: Dialect = {
  streamType: 'application/x-ndjson',
  frame: json => `${json}\n`,
  writeBody({ model, body }, script) {
    const embeddings = (body as EmbedRequest).input.map(text => [...fakeVector(text)]);
    const usage = script.withUsage ? { prompt_eval_count: script.inputTokens } : {};
    return JSON.stringify({ model, embeddings, total_duration: 1_000_000, ...usage });
  },
  writeEvents: () => [],
  writeError: chatDialect.writeError,
  readsRequest: true,
};

const embedApi: FakeApi = {
  matches: path => path === '/api/embed',
  read(bytes) {
    const body = parseJson(bytes) as EmbedRequest | undefined;
    if (!body || !Array.isArray(body.input)) return undefined;
    const text = body.input.join('\n');
    return { model: body.model, isStream: false, text, withUsage: true, inputTokens: Math.ceil(text.length / 5), body };
  },
  dialect: embedDialect,
};

/** The digest that `/api/tags` gives the model `llama3.2:1b`. */
export const ollamaDigest = 'baf6a787fdffd633537aa2eb51cfd54cb93ff08e28040095462bb63daf552878';

/** The digest of the weights that `/api/show` names in the file of `llama3.2:1b`. */
export const ollamaWeights = '74701a8c35f6c8d9a4b91f3f3497643001d63e0c7a84e085bed452548fa88d45';

/** Starts a server of Ollama's own API on 127.0.0.1. It has the model `llama3.2:1b`; `modelfile` is what stands in its file beside the weights. */
export function startFakeOllama({
  modelfile = '',
  ...options
}: FakeServerOptions & { readonly modelfile?: string } = {}): Promise<FakeServer> {
  const model = { name: 'llama3.2:1b', model: 'llama3.2:1b', size: 1_321_098_329, digest: ollamaDigest };
  const file = `# Modelfile\nFROM /root/.ollama/models/blobs/sha256-${ollamaWeights}\n${modelfile}`;
  const helpers = { '/api/show': () => ({ modelfile: file, details: { format: 'gguf' } }), ...options.helpers };
  return startFakeServer([chatApi, embedApi], { '/api/tags': { models: [model] } }, { ...options, helpers });
}
