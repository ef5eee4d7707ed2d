import { base64Of } from '../openai/content.ts';
import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isRecord, readCount } from '../http/json.ts';
import { createSuffixWriter, writeStop } from '../openai/parameters.ts';
import type { AskJson, EmbeddingFormat, EventKind, Protocol } from '../http/protocol.ts';
import { readVectors } from '../http/vectors.ts';
import { AnswerFailure, type Message, type ModelParameters, type Question } from '../model.ts';

/**
 * Ollama's own chat API. Its streams are JSON lines. `contextLength` is the context the model is loaded with, in tokens. What answers is
 * told by the digest of the model's files.
 */
export function createOllamaProtocol(
  endpoint: Endpoint,
  defaults: ModelParameters,
  contextLength: number | undefined,
): Protocol {
  const { model, name } = endpoint;
  const prefix = `{"model":${JSON.stringify(model)},"messages":`;
  const url = endpoint.urlOf('/api/chat');
  const writeSuffix = createSuffixWriter(defaults, (parameters, question) =>
    writeFields(parameters, question, contextLength),
  );
  let fingerprint: string | undefined;
  return {
    id: 'ollama-chat',
    version: 1,
    identity: [contextLength ?? null],
    reply: 'chat answer of Ollama',
    remedy: 'Check that baseUrl is the address of an Ollama server, without /v1.',
    async start(ask) {
      fingerprint = await readDigest(endpoint, ask);
    },
    write: question => ({
      url,
      body:
        prefix + JSON.stringify(question.messages.map(message => writeMessage(message, name))) + writeSuffix(question),
    }),
    readBody: (body, draft) => readReply(body, draft, fingerprint),
    readEvent: (event, _type, draft): EventKind => (readReply(event, draft, fingerprint) ? 'other' : 'unknown'),
    embedding: createEmbedding(endpoint),
  };
}

function writeFields(
  parameters: ModelParameters,
  { stream, tools, responseFormat }: Question,
  contextLength: number | undefined,
): Record<string, unknown> {
  const { temperature, topP, maxTokens, seed, reasoningEffort: effort } = parameters;
  return {
    tools: tools?.map(({ name, description, parameters: schema }) => ({
      type: 'function',
      function: { name, description, parameters: schema },
    })),
    format: responseFormat && (responseFormat.type === 'json' ? 'json' : responseFormat.schema),
    think: effort === 'minimal' ? false : effort,
    options: {
      temperature,
      top_p: topP,
      num_predict: maxTokens,
      seed,
      stop: writeStop(parameters),
      num_ctx: contextLength,
    },
    stream,
  };
}

function writeMessage({ role, content }: Message, name: string): unknown {
  if (typeof content === 'string') return { role, content };
  const texts: string[] = [];
  const images: string[] = [];
  for (const part of content) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'image') images.push(base64Of(part.media));
    else throw new AnswerFailure('client', `${name} takes text and images, and this row has a sound.`, 0);
  }
  return { role, content: texts.join('\n'), ...(images.length === 0 ? {} : { images }) };
}

/** Bodies and the lines of a stream have one shape; the last line has the counts. */
function readReply(reply: unknown, draft: Draft, fingerprint: string | undefined): boolean {
  if (!isRecord(reply) || !isRecord(reply['message'])) return false;
  draft.hasAnswer = true;
  draft.fingerprint = fingerprint;
  const { content, thinking, tool_calls: calls } = reply['message'];
  if (typeof thinking === 'string' && thinking !== '') draft.noteToken();
  if (typeof content === 'string') draft.addText(content);
  if (Array.isArray(calls)) for (const call of calls) readToolCall(call, draft);
  if (reply['done'] !== true) return true;
  draft.isDone = true;
  const reason = reply['done_reason'];
  draft.finishReason = typeof reason === 'string' ? reason : 'stop';
  draft.inputTokens = readCount(reply['prompt_eval_count']) ?? draft.inputTokens;
  draft.outputTokens = readCount(reply['eval_count']) ?? draft.outputTokens;
  draft.timings = {
    loadMs: readMilliseconds(reply['load_duration']),
    promptMs: readMilliseconds(reply['prompt_eval_duration']),
    generateMs: readMilliseconds(reply['eval_duration']),
  };
  return true;
}

/** Calls come whole, never in pieces. */
function readToolCall(call: unknown, draft: Draft): void {
  const called = isRecord(call) ? call['function'] : undefined;
  if (!isRecord(called)) return;
  const args = isRecord(called['arguments']) ? called['arguments'] : {};
  draft.addToolCall(draft.toolCalls.length, called['name'], JSON.stringify(args));
}

/** Durations are nanoseconds. */
function readMilliseconds(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value / 1e6 : undefined;
}

/** The digest of the model's files as `/api/tags` lists it; a name without a tag means `latest`. */
async function readDigest(endpoint: Endpoint, ask: AskJson): Promise<string | undefined> {
  const { model } = endpoint;
  const body = await ask({ method: 'GET', url: endpoint.urlOf('/api/tags') });
  const models = isRecord(body) ? body['models'] : undefined;
  const wanted = model.includes(':') ? model : `${model}:latest`;
  for (const entry of Array.isArray(models) ? models : []) {
    if (!isRecord(entry) || (entry['name'] !== wanted && entry['model'] !== wanted)) continue;
    const { digest } = entry;
    if (typeof digest === 'string' && digest !== '') return `${wanted} ${digest.replace(/^sha256:/, '').slice(0, 12)}`;
  }
  return undefined;
}

function createEmbedding(endpoint: Endpoint): EmbeddingFormat {
  const url = endpoint.urlOf('/api/embed');
  return {
    batch: 64,
    reply: 'embeddings of Ollama',
    remedy: 'Check that the model makes embeddings.',
    // Cut texts would have the vectors of other texts.
    write: texts => ({ url, body: JSON.stringify({ model: endpoint.model, input: texts, truncate: false }) }),
    readBody(body, draft, texts) {
      const vectors = isRecord(body) ? readVectors(body['embeddings'], texts.length) : undefined;
      if (vectors === undefined || !isRecord(body)) return false;
      draft.hasAnswer = true;
      draft.vectors = vectors;
      draft.inputTokens = readCount(body['prompt_eval_count']);
      return true;
    },
  };
}
