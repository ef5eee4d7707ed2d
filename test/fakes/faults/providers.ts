import type { Model, Question } from '../../../engine/models/model.ts';
import type { HttpModelDependencies } from '../../../engine/models/http/model.ts';
import { createOpenAiModel, type OpenAiApi, type OpenAiSettings } from '../../../engine/models/openai/model.ts';
import type { FakeServer, FakeServerOptions } from '../fake-server.ts';
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
    ask: async (model, _stream, timeout, signal) => {
      const embeddings = await model.embed?.(['one', 'two'], timeout, signal);
      return embeddings?.vectors.map(vector => vector.join()).join(';') ?? '';
    },
  }),
  azure('azure-openai', origin => ({ baseUrl: `${origin}/openai/v1` })),
  azure('azure-openai with a dated version', (origin, model) => ({
    baseUrl: `${origin}/openai/deployments/${model}?api-version=2024-10-21`,
  })),
];
