import { createMessagesProtocol } from '../../../engine/models/anthropic/messages.ts';
import { createGenerateProtocol } from '../../../engine/models/gemini/generate.ts';
import { fixedCredential } from '../../../engine/models/http/credential.ts';
import { createEndpoint, type Endpoint } from '../../../engine/models/http/endpoint.ts';
import { createHttpModel, type HttpModelDependencies } from '../../../engine/models/http/model.ts';
import type { Protocol } from '../../../engine/models/http/protocol.ts';
import { createCompletionProtocol } from '../../../engine/models/llama-cpp/completion.ts';
import type { Model, ModelParameters, Question } from '../../../engine/models/model.ts';
import { createOllamaProtocol } from '../../../engine/models/ollama/chat.ts';
import { createOpenAiModel, type OpenAiApi, type OpenAiSettings } from '../../../engine/models/openai/model.ts';
import { createTemplateProtocol } from '../../../engine/models/template/protocol.ts';
import { startFakeAnthropic } from '../anthropic.ts';
import { classifierConnection, startFakeClassifier } from '../classifier.ts';
import type { FakeServer, FakeServerOptions } from '../fake-server.ts';
import { startFakeGemini } from '../gemini.ts';
import { startFakeLlamaCpp } from '../llama-cpp.ts';
import { startFakeOllama } from '../ollama.ts';
import { startFakeOpenAi } from '../openai-server.ts';

/** One API that the fault matrix goes over. */
export interface MatrixProvider {
  readonly name: string;
  readonly hasStreams: boolean;
  start(options: FakeServerOptions): Promise<FakeServer>;
  /** A model called `gpt` that may retry twice, one request at a time. */
  create(server: FakeServer, model: string, key: string, dependencies: HttpModelDependencies): Model;
  /** Asks once; resolves to the answer's text, or to something that depends on the whole answer. */
  ask(model: Model, stream: boolean, timeout: number, signal: AbortSignal): Promise<string>;
  /** Faults that cannot happen to this API. */
  readonly without?: readonly string[];
}

const limits = { concurrency: 8 };

/** One question of all kinds, as short as it can be. */
export function matrixQuestion(stream: boolean, timeout: number): Question {
  return {
    input: 'Hello',
    messages: [{ role: 'user', content: 'Hello' }],
    parameters: {},
    stream,
    timeout,
    audio: { mediaType: 'audio/wav', bytes: new TextEncoder().encode('RIFF'), digest: 'ab'.repeat(32) },
  };
}

async function askInWords(model: Model, stream: boolean, timeout: number, signal: AbortSignal): Promise<string> {
  return (await model.answer(matrixQuestion(stream, timeout), signal)).output;
}

async function askForVectors(model: Model, _stream: boolean, timeout: number, signal: AbortSignal): Promise<string> {
  const embeddings = await model.embed?.(['one', 'two'], timeout, signal);
  return embeddings?.vectors.map(vector => vector.join()).join(';') ?? '';
}

function openAi(api: OpenAiApi, more: Partial<MatrixProvider> = {}): MatrixProvider {
  return {
    name: `openai ${api}`,
    hasStreams: api !== 'embeddings' && api !== 'transcriptions',
    start: startFakeOpenAi,
    create: (server, model, apiKey, dependencies) =>
      createOpenAiModel(
        { name: 'gpt', baseUrl: `${server.origin}/v1`, api, model, apiKey, limits, retries: 2 },
        dependencies,
      ),
    ask: askInWords,
    ...more,
  };
}

function azure(name: string, settings: (origin: string, model: string) => Partial<OpenAiSettings>): MatrixProvider {
  return {
    name,
    hasStreams: true,
    start: startFakeOpenAi,
    create: (server, model, apiKey, dependencies) =>
      createOpenAiModel(
        {
          name: 'gpt',
          baseUrl: server.origin,
          field: 'endpoint',
          model,
          apiKey,
          authorise: key => ({ 'api-key': key }),
          limits,
          retries: 2,
          ...settings(server.origin, model),
        },
        dependencies,
      ),
    ask: askInWords,
  };
}

/** What only an answer in words can have. */
const onlyInWords = ['content-filter', 'huge:17', 'empty', 'length', 'huge', 'utf8'];

/** Every API that speaks HTTP. A new one is added here and met with every fault. */
export const matrixProviders: readonly MatrixProvider[] = [
  openAi('chat'),
  openAi('completions'),
  openAi('responses'),
  openAi('transcriptions', { without: ['content-filter', 'length'] }),
  openAi('embeddings', {
    without: onlyInWords,
    ask: askForVectors,
  }),
  azure('azure-openai', origin => ({ baseUrl: `${origin}/openai/v1` })),
  azure('azure-openai with a dated version', (origin, model) => ({
    baseUrl: `${origin}/openai/deployments/${model}?api-version=2024-10-21`,
  })),
  overHttp('anthropic', startFakeAnthropic, createMessagesProtocol, { authorise: key => ({ 'x-api-key': key }) }),
  overHttp('gemini', startFakeGemini, createGenerateProtocol, {
    path: '/v1beta',
    authorise: key => ({ 'x-goog-api-key': key }),
  }),
  overHttp('ollama', startFakeOllama, (endpoint, parameters) => createOllamaProtocol(endpoint, parameters, undefined), {
    without: ['429-quota', 'content-filter'],
  }),
  overHttp(
    'ollama embeddings',
    startFakeOllama,
    (endpoint, parameters) => createOllamaProtocol(endpoint, parameters, 1),
    {
      hasStreams: false,
      without: [...onlyInWords, '429-quota'],
      ask: askForVectors,
    },
  ),
  overHttp('llama-cpp', startFakeLlamaCpp, createCompletionProtocol, {
    byHeader: true,
    without: ['content-filter'],
  }),
  overHttp('llama-cpp embeddings', startFakeLlamaCpp, createCompletionProtocol, {
    byHeader: true,
    hasStreams: false,
    without: onlyInWords,
    ask: askForVectors,
  }),
  overHttp(
    'http template',
    startFakeClassifier,
    endpoint => createTemplateProtocol(endpoint, { ...classifierConnection, url: endpoint.baseUrl }),
    { path: '/classify', byHeader: true, hasStreams: false, without: ['429-quota', 'content-filter', 'length'] },
  ),
];

interface OverHttp extends Partial<MatrixProvider> {
  /** Of the base URL. */
  readonly path?: string;
  readonly authorise?: (key: string) => Readonly<Record<string, string>>;
  /** The fault is asked for by a header, for APIs that name no model. */
  readonly byHeader?: boolean;
}

function overHttp(
  name: string,
  start: MatrixProvider['start'],
  protocolFor: (endpoint: Endpoint, parameters: ModelParameters) => Protocol,
  { path = '', authorise, byHeader = false, ...more }: OverHttp,
): MatrixProvider {
  return {
    name,
    hasStreams: true,
    start,
    create(server, model, key, dependencies) {
      const headers: Record<string, string> = byHeader ? { 'x-fake-fault': model.slice('fault:'.length) } : {};
      const endpoint = createEndpoint({ name: 'gpt', baseUrl: server.origin + path, model, apiKey: key });
      return createHttpModel(
        protocolFor(endpoint, {}),
        endpoint,
        {
          parameters: {},
          limits,
          retries: 2,
          headers,
          credential: fixedCredential(key),
          ...(authorise === undefined ? {} : { authorise }),
        },
        dependencies,
      );
    },
    ask: askInWords,
    ...more,
  };
}
