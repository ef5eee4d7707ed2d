import { base64Of } from '../openai/content.ts';
import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { readErrorFields, type ErrorObject } from '../http/error-object.ts';
import { isRecord, readCount } from '../http/json.ts';
import { createSuffixWriter, writeStop } from '../openai/parameters.ts';
import type { EventKind, Protocol } from '../http/protocol.ts';
import {
  AnswerFailure,
  textOf,
  type ContentPart,
  type Message,
  type ModelParameters,
  type Question,
} from '../model.ts';

/** The version of the API that is spoken; newer ones are opted into by this header. */
const apiVersion = '2023-06-01';

/** The API demands a limit; this one is used where nobody set any. */
const usualTokens = 4096;

/** The Messages API of Anthropic and of services that speak it. */
export function createMessagesProtocol(endpoint: Endpoint, defaults: ModelParameters): Protocol {
  const prefix = `{"model":${JSON.stringify(endpoint.model)},`;
  const url = endpoint.urlOf(endpoint.baseUrl.endsWith('/v1') ? '/messages' : '/v1/messages');
  const writeSuffix = createSuffixWriter(defaults, (parameters, question) => writeFields(parameters, question));
  return {
    id: 'anthropic-messages',
    version: 1,
    reply: 'message',
    remedy: 'Check that baseUrl is an API that speaks Anthropic Messages.',
    headers: { 'anthropic-version': apiVersion },
    textKey: 'text',
    write(question) {
      if (question.responseFormat?.type === 'json') {
        const what = `${endpoint.name} cannot be asked for just any JSON: the API needs a schema.`;
        throw new AnswerFailure('client', `${what} Give the response format a JSON Schema.`, 0);
      }
      return { url, body: prefix + writeConversation(question.messages, endpoint.name) + writeSuffix(question) };
    },
    readBody: (body, draft) => readBody(body, draft, endpoint.model),
    readEvent: (event, _type, draft) => readEvent(event, draft, endpoint.model),
    readError,
  };
}

function writeFields(
  parameters: ModelParameters,
  { stream, tools, responseFormat }: Question,
): Record<string, unknown> {
  const { temperature, topP, maxTokens, reasoningEffort } = parameters;
  const effort = reasoningEffort === 'minimal' ? 'low' : reasoningEffort;
  const format =
    responseFormat?.type === 'json-schema' ? { type: 'json_schema', schema: responseFormat.schema } : undefined;
  return {
    max_tokens: maxTokens ?? usualTokens,
    temperature,
    top_p: topP,
    stop_sequences: writeStop(parameters),
    thinking: effort === undefined ? undefined : { type: 'adaptive' },
    output_config: effort === undefined && format === undefined ? undefined : { effort, format },
    tools: tools?.map(tool => ({ name: tool.name, description: tool.description, input_schema: tool.parameters })),
    stream,
  };
}

/** `"system":…,"messages":…`: the API keeps what the system says apart. */
function writeConversation(messages: readonly Message[], name: string): string {
  const system = messages.filter(message => message.role === 'system').map(textOf);
  const rest = messages.filter(message => message.role !== 'system');
  const written = rest.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : content.map(part => writePart(part, name)),
  }));
  const start = system.length === 0 ? '' : `"system":${JSON.stringify(system.join('\n\n'))},`;
  return `${start}"messages":${JSON.stringify(written)}`;
}

function writePart(part: ContentPart, name: string): unknown {
  if (part.type === 'text') return part;
  if (part.type === 'audio') {
    throw new AnswerFailure('client', `${name} takes text and images, and this row has a sound.`, 0);
  }
  return {
    type: 'image',
    source: { type: 'base64', media_type: part.media.mediaType, data: base64Of(part.media) },
  };
}

function readBody(body: unknown, draft: Draft, model: string): boolean {
  if (!isRecord(body) || !Array.isArray(body['content'])) return false;
  readMessage(body, draft, model);
  for (const [at, block] of body['content'].entries()) readBlock(block, at, draft);
  readStop(body['stop_reason'], draft);
  return true;
}

function readBlock(block: unknown, at: number, draft: Draft): void {
  if (!isRecord(block)) return;
  if (block['type'] === 'text' && typeof block['text'] === 'string') draft.addText(block['text']);
  else if (block['type'] === 'tool_use') {
    draft.addToolCall(at, block['name'], JSON.stringify(isRecord(block['input']) ? block['input'] : {}));
  }
}

function readEvent(event: unknown, draft: Draft, model: string): EventKind {
  if (!isRecord(event) || typeof event['type'] !== 'string' || event['type'] === 'error') return 'unknown';
  switch (event['type']) {
    case 'message_start':
      if (isRecord(event['message'])) readMessage(event['message'], draft, model);
      return 'other';
    case 'content_block_start':
      return readBlockStart(event, draft);
    case 'content_block_delta':
      return readDelta(event, draft);
    case 'message_delta':
      if (isRecord(event['delta'])) readStop(event['delta']['stop_reason'], draft);
      readUsage(event['usage'], draft);
      return 'other';
    case 'message_stop':
      draft.isDone = true;
      draft.completeToolCalls();
      return 'other';
    default:
      return 'other'; // `ping`, the end of a block, and whatever the API adds: clients are told to let it pass.
  }
}

function readBlockStart({ index, content_block: block }: Readonly<Record<string, unknown>>, draft: Draft): EventKind {
  if (!isRecord(block)) return 'other';
  if (block['type'] === 'tool_use') draft.addToolCall(keyOf(index), block['name'], '');
  else if (typeof block['text'] === 'string') draft.addText(block['text']);
  return 'other';
}

function readDelta({ index, delta }: Readonly<Record<string, unknown>>, draft: Draft): EventKind {
  if (!isRecord(delta)) return 'other';
  const { type, text } = delta;
  if (type === 'text_delta' && typeof text === 'string') {
    draft.addText(text);
    return 'text';
  }
  if (type === 'input_json_delta') draft.addToolCall(keyOf(index), undefined, delta['partial_json']);
  else if (type === 'thinking_delta') draft.noteToken();
  return 'other';
}

function keyOf(index: unknown): number {
  return typeof index === 'number' ? index : 0;
}

function readMessage(message: Readonly<Record<string, unknown>>, draft: Draft, asked: string): void {
  draft.hasAnswer = true;
  const { model } = message;
  if (typeof model === 'string' && model !== '' && model !== asked) draft.fingerprint = model.slice(0, 200);
  readUsage(message['usage'], draft);
}

const finishReasons: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
};

function readStop(reason: unknown, draft: Draft): void {
  if (typeof reason !== 'string') return;
  draft.finishReason = finishReasons[reason] ?? reason;
  if (reason === 'refusal') draft.isFiltered = true;
}

/** What was read from or written to the cache is input too, and is counted apart by the API. */
function readUsage(usage: unknown, draft: Draft): void {
  if (!isRecord(usage)) return;
  const fresh = readCount(usage['input_tokens']);
  if (fresh !== undefined) {
    const cached = readCount(usage['cache_read_input_tokens']) ?? 0;
    draft.inputTokens = fresh + cached + (readCount(usage['cache_creation_input_tokens']) ?? 0);
    if (cached > 0) draft.cachedInputTokens = cached;
  }
  draft.outputTokens = readCount(usage['output_tokens']) ?? draft.outputTokens;
  const details = usage['output_tokens_details'];
  if (isRecord(details)) draft.reasoningTokens = readCount(details['thinking_tokens']) || draft.reasoningTokens;
}

function readError(body: unknown): ErrorObject | undefined {
  const error = isRecord(body) ? body['error'] : undefined;
  // An `error` event is handed over inside another `error`.
  const inner = isRecord(error) && isRecord(error['error']) ? error['error'] : error;
  if (!isRecord(inner)) return undefined;
  const fields = readErrorFields(inner);
  return fields.type === 'billing_error' ? { ...fields, kind: 'quota' } : fields;
}
