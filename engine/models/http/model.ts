import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { CreateHttpClient, HttpOptions } from '../../ports/http.ts';
import {
  countCharacters,
  type Answer,
  type Embeddings,
  type Model,
  type ModelParameters,
  type Question,
} from '../model.ts';
import { AttemptFailure } from '../pacing/attempt-failure.ts';
import { createPacer } from '../pacing/pacer.ts';
import type { PacingLimits } from '../pacing/pacer.ts';
import type { Credential } from './credential.ts';
import { checkKey } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { createExchange } from './exchange.ts';
import type { Sent } from './exchange.ts';
import { writeHeaders } from './headers.ts';
import type { RequestHeaders } from './headers.ts';
import type { AskJson, EmbeddingFormat, HttpCall, Protocol, ReplyFormat } from './protocol.ts';

export interface HttpModelSettings {
  /** The connection's parameters, for the digest; the protocol was made with the same. */
  readonly parameters: ModelParameters;
  readonly limits: PacingLimits;
  /** Most requests after a question's first; 0 in load runs. */
  readonly retries: number;
  /** Whether a request that timed out is sent again. Default false. */
  readonly retryTimeouts?: boolean;
  /** The connection's own headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly credential?: Credential | undefined;
  /** How a key or token is sent. Default: `Authorization: Bearer`. */
  readonly authorise?: (key: string) => Readonly<Record<string, string>>;
}

/** What a model over HTTP needs of the outside world. */
export interface HttpModelDependencies {
  readonly http: CreateHttpClient;
  readonly httpOptions: HttpOptions;
  readonly clock: Clock;
  readonly digest: Digest;
  /** Uniform in [0, 1), for the jitter of retries. */
  readonly random: () => number;
}

/**
 * A model behind one API of one endpoint: everything a provider needs but its wire format, which `protocol` is. Paces and repeats
 * requests, bounds and times replies, classes failures. Opens no connection until the first question.
 * Throws `tls-invalid` for a certificate that cannot be read.
 */
export function createHttpModel(
  protocol: Protocol,
  endpoint: Endpoint,
  settings: HttpModelSettings,
  dependencies: HttpModelDependencies,
): Model {
  const { clock } = dependencies;
  const client = dependencies.http(endpoint.origin, dependencies.httpOptions);
  const exchange = createExchange(endpoint, client, clock);
  const { limits, retries, retryTimeouts = false, parameters } = settings;
  const pacer = createPacer(
    { name: endpoint.name, limits, retries: { retries, timeouts: retryTimeouts } },
    clock,
    dependencies.random,
  );
  const headersNow = createHeaderSource(protocol, endpoint, settings);
  const countsTokens = limits.tokensPerMinute !== undefined;
  const start = createStart(protocol);

  const askJson = async (call: HttpCall, timeout: number, signal: AbortSignal): Promise<unknown> => {
    let body: unknown;
    const format: ReplyFormat<undefined> = {
      reply: protocol.reply,
      remedy: protocol.remedy,
      readBody(found) {
        body = found;
        return true;
      },
      ...(protocol.readError === undefined ? {} : { readError: protocol.readError }),
    };
    const { plain } = await headersNow(signal);
    await exchange(call, plain, format, undefined, timeout, signal);
    return body;
  };

  const model: Model = {
    name: endpoint.name,
    digest: digestOf(protocol, endpoint, parameters, dependencies.digest),
    async answer(question, signal) {
      signal.throwIfAborted();
      const ask: AskJson = call => askJson(call, question.timeout, signal);
      const call = protocol.prepare === undefined ? protocol.write(question) : undefined;
      const send = async (number: number): Promise<Answer> => {
        const started = start(ask);
        if (started !== undefined) await started;
        if (protocol.score !== undefined && question.choices !== undefined)
          return scoreChoices(question, question.choices, protocol.score, ask, clock, number);
        const own = call ?? (await protocol.prepare?.(question, ask)) ?? protocol.write(question);
        let headers = headersNow(signal);
        if (headers instanceof Promise) headers = await headers;
        const chosen = question.stream && protocol.readEvent !== undefined ? headers.stream : headers.plain;
        const sent = await exchange(own, chosen, protocol, question, question.timeout, signal);
        return toAnswer(sent, protocol, question, number);
      };
      if (!countsTokens) return pacer.run(send, signal);
      const tokens = expectTokens(countCharacters(question.messages), question.parameters, parameters);
      return pacer.run(send, signal, { expected: tokens, countUsed });
    },
    close: () => client.close(),
  };
  const { embedding } = protocol;
  if (embedding === undefined) return model;

  const embedBatch = async (
    texts: readonly string[],
    timeout: number,
    signal: AbortSignal,
  ): Promise<{ readonly vectors: readonly Float32Array[]; readonly inputTokens: number | undefined }> => {
    const call = embedding.write(texts);
    const send = async (): Promise<Sent> => {
      const headers = await headersNow(signal);
      return exchange(call, headers.plain, embedding, texts, timeout, signal);
    };
    const expected = estimateTokens(texts.reduce((sum, text) => sum + text.length, 0));
    const { draft } = await pacer.run(send, signal, {
      expected,
      countUsed: sent => sent.draft.inputTokens ?? expected,
    });
    return { vectors: draft.vectors ?? [], inputTokens: draft.inputTokens };
  };
  return { ...model, embed: (texts, timeout, signal) => embedAll(texts, embedding, timeout, signal, embedBatch) };
}

/** Asks what answers, once for all questions; undefined when that is done. An endpoint that refuses to say is asked no more. */
function createStart(protocol: Protocol): (ask: AskJson) => Promise<void> | undefined {
  if (protocol.start === undefined) return () => undefined;
  const begin = protocol.start.bind(protocol);
  let done = false;
  let starting: Promise<void> | undefined;
  return ask => {
    if (done) return undefined;
    starting ??= begin(ask)
      .catch((error: unknown) => {
        if (!(error instanceof AttemptFailure) || (error.class !== 'client' && error.class !== 'malformed'))
          throw error;
      })
      .then(() => {
        done = true;
      })
      .finally(() => {
        starting = undefined;
      });
    return starting;
  };
}

async function scoreChoices(
  question: Question,
  choices: readonly string[],
  score: NonNullable<Protocol['score']>,
  ask: AskJson,
  clock: Clock,
  attempts: number,
): Promise<Answer> {
  const sentAt = clock.monotonic();
  const { choiceLogprobs, inputTokens } = await score(question, choices, ask);
  const best = choiceLogprobs.indexOf(Math.max(...choiceLogprobs));
  const latencyMs = clock.monotonic() - sentAt;
  return { output: choices[best] ?? '', latencyMs, inputTokens, outputTokens: 0, choiceLogprobs, attempts };
}

/** Batches go out side by side, as many as the endpoint's limits let. */
async function embedAll(
  texts: readonly string[],
  { batch }: EmbeddingFormat,
  timeout: number,
  signal: AbortSignal,
  embedBatch: (
    texts: readonly string[],
    timeout: number,
    signal: AbortSignal,
  ) => Promise<{ readonly vectors: readonly Float32Array[]; readonly inputTokens: number | undefined }>,
): Promise<Embeddings> {
  signal.throwIfAborted();
  const batches: (readonly string[])[] = [];
  for (let at = 0; at < texts.length; at += batch) batches.push(texts.slice(at, at + batch));
  const parts = await Promise.all(batches.map(part => embedBatch(part, timeout, signal)));
  const counts = parts.flatMap(({ inputTokens }) => (inputTokens === undefined ? [] : [inputTokens]));
  return {
    vectors: parts.flatMap(({ vectors }) => vectors),
    ...(counts.length < parts.length || counts.length === 0
      ? undefined
      : { inputTokens: counts.reduce((sum, count) => sum + count, 0) }),
  };
}

/** The headers of a request to be sent now: made once for each key or token. */
function createHeaderSource(
  protocol: Protocol,
  endpoint: Endpoint,
  { credential, headers: extra = {}, authorise = bearer }: HttpModelSettings,
): (signal: AbortSignal) => RequestHeaders | Promise<RequestHeaders> {
  let written: { readonly key: string | undefined; readonly headers: RequestHeaders } | undefined;
  const write = (key: string | undefined): RequestHeaders => {
    if (written?.key === key && written !== undefined) return written.headers;
    if (key !== undefined) {
      checkKey(endpoint.name, key);
      endpoint.hide(key);
    }
    const headers = writeHeaders(extra, protocol.headers, key === undefined ? {} : authorise(key));
    written = { key, headers };
    return headers;
  };
  if (credential === undefined) return () => write(undefined);
  return signal => {
    const key = credential.current();
    return key === undefined ? credential.renew(signal).then(write) : write(key);
  };
}

function bearer(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` };
}

function toAnswer({ draft, sentAt }: Sent, protocol: Protocol, question: Question, attempts: number): Answer {
  const { inputTokens, outputTokens, firstTokenAt, finishReason } = draft;
  const counts = protocol.countsTokens !== false;
  const isEstimated = counts && (inputTokens === undefined || outputTokens === undefined);
  const input = inputTokens ?? (counts ? estimateTokens(countCharacters(question.messages)) : undefined);
  const output = outputTokens ?? (counts ? estimateTokens(draft.output.length) : undefined);
  const calls = draft.toolCalls;
  const answer: Mutable<Answer> = { output: draft.output, latencyMs: draft.lastByteAt - sentAt, attempts };
  if (question.stream && firstTokenAt !== undefined) answer.firstTokenMs = firstTokenAt - sentAt;
  if (input !== undefined) answer.inputTokens = input;
  if (output !== undefined) answer.outputTokens = output;
  if (isEstimated) answer.estimatedTokens = true;
  if (finishReason !== undefined) answer.finishReason = finishReason;
  if (draft.reasoningTokens !== undefined) answer.reasoningTokens = draft.reasoningTokens;
  if (draft.cachedInputTokens !== undefined) answer.cachedInputTokens = draft.cachedInputTokens;
  if (draft.audioSeconds !== undefined) answer.audioSeconds = draft.audioSeconds;
  if (calls.length > 0) answer.toolCalls = calls;
  if (draft.choiceLogprobs !== undefined) answer.choiceLogprobs = draft.choiceLogprobs;
  if (draft.probabilities !== undefined) answer.probabilities = draft.probabilities;
  if (draft.cost !== undefined) answer.cost = draft.cost;
  if (draft.timings !== undefined) answer.timings = draft.timings;
  if (draft.fingerprint !== undefined) answer.fingerprint = draft.fingerprint;
  return answer;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Tokens an answer is taken to have when nothing says how long it may be. */
const assumedOutputTokens = 256;

function expectTokens(characters: number, own: ModelParameters, defaults: ModelParameters): number {
  return estimateTokens(characters) + (own.maxTokens ?? defaults.maxTokens ?? assumedOutputTokens);
}

function countUsed(answer: Answer): number {
  return (answer.inputTokens ?? 0) + (answer.outputTokens ?? 0);
}

/** About four characters a token, the usual rule of thumb for English; always labelled an estimate. */
function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

function digestOf(protocol: Protocol, endpoint: Endpoint, parameters: ModelParameters, digest: Digest): string {
  const { temperature, topP, maxTokens, seed, stop, reasoningEffort } = parameters;
  const identity: unknown[] = [
    protocol.id,
    protocol.version,
    endpoint.baseUrl,
    endpoint.model,
    { temperature, topP, maxTokens, seed, stop, reasoningEffort },
  ];
  if (protocol.identity !== undefined) identity.push(...protocol.identity);
  return digest.sha256(JSON.stringify(identity));
}
