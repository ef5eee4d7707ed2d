import type { Connection } from '../../../schemas/generated/files.ts';
import type { Model, ModelParameters } from '../model.ts';
import { fixedCredential } from '../http/credential.ts';
import { createEndpoint } from '../http/endpoint.ts';
import type { Endpoint, EndpointSettings } from '../http/endpoint.ts';
import { createHttpModel } from '../http/model.ts';
import type { HttpModelDependencies, HttpModelSettings } from '../http/model.ts';
import type { Protocol } from '../http/protocol.ts';
import { createChatProtocol } from './chat.ts';

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
  const endpoint = createEndpoint(settings);
  const parameters = settings.parameters ?? {};
  const { apiKey, credential = apiKey === undefined ? undefined : fixedCredential(apiKey), headers } = settings;
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
  const { isOriginal = false } = settings;
  return createChatProtocol(endpoint, parameters, isOriginal ? 'max_completion_tokens' : 'max_tokens');
}
