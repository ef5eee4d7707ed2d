import type { Connection } from '../../../schemas/generated/files.ts';
import type { Model, ModelParameters } from '../model.ts';
import { fixedCredential } from '../http/credential.ts';
import { createEndpoint } from '../http/endpoint.ts';
import type { Endpoint, EndpointSettings } from '../http/endpoint.ts';
import { createHttpModel } from '../http/model.ts';
import type { HttpModelDependencies, HttpModelSettings } from '../http/model.ts';
import type { Protocol } from '../http/protocol.ts';
import { createChatProtocol } from './chat.ts';
import { createCompletionsProtocol } from './completions.ts';
import { createEmbeddingsProtocol } from './embeddings.ts';
import { createResponsesProtocol } from './responses.ts';
import { createTranscriptionsProtocol } from './transcriptions.ts';

/** The APIs of an OpenAI-compatible endpoint. */
export type OpenAiApi = NonNullable<Extract<Connection, { provider: 'openai' }>['api']>;

export interface OpenAiSettings extends EndpointSettings, Omit<HttpModelSettings, 'parameters' | 'headers'> {
  /** Default `chat`. */
  readonly api?: OpenAiApi | undefined;
  /** The connection's parameters; a question's own win. */
  readonly parameters?: ModelParameters;
  /** Whether the endpoint is OpenAI's own, or one that follows its changes: newer names of fields are used. Default false. */
  readonly isOriginal?: boolean;
  /** ISO 639-1, for transcriptions. */
  readonly language?: string | undefined;
}

/**
 * A model behind one of the OpenAI APIs (OpenAI, Azure OpenAI, vLLM, llama.cpp, Ollama, LM Studio, …).
 * Opens no connection until the first question. Throws `file-invalid`, `secret-missing` or `tls-invalid`.
 */
export function createOpenAiModel(settings: OpenAiSettings, dependencies: HttpModelDependencies): Model {
  const parameters = settings.parameters ?? {};
  const { apiKey, credential = apiKey === undefined ? undefined : fixedCredential(apiKey), headers } = settings;
  const endpoint = createEndpoint({ ...settings, apiKey: credential?.current() });
  const protocol = createProtocol(endpoint, parameters, settings);
  const { limits, retries, retryTimeouts, authorise } = settings;
  return createHttpModel(
    protocol,
    endpoint,
    {
      parameters,
      limits,
      retries,
      ...(retryTimeouts === undefined ? {} : { retryTimeouts }),
      ...(authorise === undefined ? {} : { authorise }),
      ...(headers === undefined ? {} : { headers }),
      credential,
    },
    dependencies,
  );
}

function createProtocol(endpoint: Endpoint, parameters: ModelParameters, settings: OpenAiSettings): Protocol {
  const { isOriginal = false, language } = settings;
  switch (settings.api ?? 'chat') {
    case 'chat':
      return createChatProtocol(endpoint, parameters, isOriginal ? 'max_completion_tokens' : 'max_tokens');
    case 'completions':
      return createCompletionsProtocol(endpoint, parameters);
    case 'responses':
      return createResponsesProtocol(endpoint, parameters);
    case 'transcriptions':
      return createTranscriptionsProtocol(endpoint, parameters, language);
    case 'embeddings':
      return createEmbeddingsProtocol(endpoint, isOriginal ? 'base64' : 'float');
  }
}
