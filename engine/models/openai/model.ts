import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import { HttpFailure } from '../../ports/http.ts';
import type { CreateHttpClient, HttpOptions } from '../../ports/http.ts';
import { countCharacters, type Answer, type Model, type ModelParameters, type Question } from '../model.ts';
import { createAbortFan } from '../pacing/abort-fan.ts';
import { createPacer } from '../pacing/pacer.ts';
import type { PacingLimits } from '../pacing/pacer.ts';
import { createEndpoint } from './endpoint.ts';
import type { Endpoint, EndpointSettings } from './endpoint.ts';
import { failOfHttp, failOfTimeout } from './failures.ts';
import { ReplyReader } from './reader.ts';
import type { Reply } from './reader.ts';
import { createBodyWriter, writeHeaders } from './request.ts';

export { publishedBaseUrl, publishedOrigin } from './endpoint.ts';

/** Raised when requests or answers change in a way that makes older cached answers differ. */
export const adapterVersion = 1;

export interface OpenAiSettings extends EndpointSettings {
  /** The connection's parameters; a question's own win. */
  readonly parameters?: ModelParameters;
  readonly limits: PacingLimits;
  /** Most requests after a question's first; 0 in load runs. */
  readonly retries: number;
  /** Whether a request that timed out is sent again. Default false. */
  readonly retryTimeouts?: boolean;
}

export interface OpenAiDependencies {
  readonly http: CreateHttpClient;
  readonly httpOptions: HttpOptions;
  readonly clock: Clock;
  readonly digest: Digest;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
}

/**
 * A model behind the OpenAI chat completions protocol (OpenAI, vLLM, llama.cpp, Ollama, LM Studio, …).
 * Opens no connection until the first question. Throws `file-invalid`, `secret-missing` or `tls-invalid`.
 */
export function createOpenAiModel(settings: OpenAiSettings, dependencies: OpenAiDependencies): Model {
  const endpoint = createEndpoint(settings);
  const parameters = settings.parameters ?? {};
  const { clock } = dependencies;
  const client = dependencies.http(endpoint.origin, dependencies.httpOptions);
  const { name, limits, retries, retryTimeouts = false } = settings;
  const pacer = createPacer(
    { name, limits, retries: { retries, timeouts: retryTimeouts } },
    clock,
    dependencies.random,
  );
  const writeBody = createBodyWriter(endpoint, parameters);
  const headers = writeHeaders(settings.apiKey, settings.headers ?? {});
  const fan = createAbortFan();
  const spare: AbortController[] = []; // Making one and listening to it costs several microseconds, so they are used again.

  /** One request. Throws AttemptFailure, or the outer signal's reason. */
  async function exchange(body: string, stream: boolean, timeout: number, signal: AbortSignal): Promise<Sent> {
    const controller = spare.pop() ?? new AbortController();
    const stop = () => controller.abort();
    const reader = new ReplyReader(endpoint, clock, stop);
    const timer = { isLate: false };
    const unwatch = fan.watch(signal, stop);
    const cancelTimer = clock.after(timeout, () => {
      timer.isLate = true;
      stop();
    });
    const sentAt = clock.monotonic();
    try {
      const request = {
        method: 'POST',
        url: endpoint.chatUrl,
        headers: stream ? headers.stream : headers.plain,
        body,
        headTimeout: timeout,
        idleTimeout: timeout,
      } as const;
      await client.send(request, reader, controller.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (reader.failure) throw reader.failure;
      if (timer.isLate) throw failOfTimeout(endpoint, timeout);
      throw error instanceof HttpFailure ? failOfHttp(endpoint, error) : error;
    } finally {
      cancelTimer();
      unwatch();
      if (!controller.signal.aborted) spare.push(controller);
    }
    return { reply: reader.finish(), sentAt };
  }

  return {
    name,
    digest: digestOf(endpoint, parameters, dependencies.digest),
    async answer(question, signal) {
      signal.throwIfAborted();
      const body = writeBody(question.messages, question.parameters, question.stream);
      return pacer.run(async number => {
        const sent = await exchange(body, question.stream, question.timeout, signal);
        return toAnswer(sent, question, number);
      }, signal);
    },
    close: () => client.close(),
  };
}

interface Sent {
  readonly reply: Reply;
  /** Monotonic milliseconds, just before the request was handed to the client. */
  readonly sentAt: number;
}

function toAnswer({ reply, sentAt }: Sent, question: Question, attempts: number): Answer {
  const { inputTokens, outputTokens, firstTokenAt, finishReason } = reply;
  const isEstimated = inputTokens === undefined || outputTokens === undefined;
  return {
    output: reply.output,
    latencyMs: reply.lastByteAt - sentAt,
    ...(question.stream && firstTokenAt !== undefined ? { firstTokenMs: firstTokenAt - sentAt } : undefined),
    inputTokens: inputTokens ?? estimateTokens(countCharacters(question.messages)),
    outputTokens: outputTokens ?? estimateTokens(reply.output.length),
    ...(isEstimated ? { estimatedTokens: true } : undefined),
    ...(finishReason === undefined ? undefined : { finishReason }),
    attempts,
  };
}

/** About four characters a token, the usual rule of thumb for English; always labelled an estimate. */
function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

function digestOf(endpoint: Endpoint, parameters: ModelParameters, digest: Digest): string {
  const { temperature, topP, maxTokens, seed, stop } = parameters;
  const identity = [
    'openai-chat',
    adapterVersion,
    endpoint.baseUrl,
    endpoint.model,
    { temperature, topP, maxTokens, seed, stop },
  ];
  return digest.sha256(JSON.stringify(identity));
}
