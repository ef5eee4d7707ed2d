import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isPresent, isRecord, readText } from '../http/json.ts';
import type { EventKind, Protocol } from '../http/protocol.ts';
import type { ModelParameters, Question, ResponseFormat, Tool } from '../model.ts';
import { writeChatMessage } from './content.ts';
import { createSuffixWriter, writeStop } from './parameters.ts';
import { compatibleRemedy, readFingerprint, readUsage } from './shared.ts';

/**
 * The chat completions API. `tokenLimit` is the name under which the endpoint knows the most tokens of an answer: OpenAI itself
 * deprecated `max_tokens` and its newer models refuse it; other servers know only that.
 */
export function createChatProtocol(
  endpoint: Endpoint,
  defaults: ModelParameters,
  tokenLimit: 'max_tokens' | 'max_completion_tokens',
): Protocol {
  const prefix = `{"model":${JSON.stringify(endpoint.model)},"messages":`;
  const url = endpoint.urlOf('/chat/completions');
  const writeSuffix = createSuffixWriter(defaults, (parameters, { stream, tools, responseFormat }) => ({
    temperature: parameters.temperature,
    top_p: parameters.topP,
    [tokenLimit]: parameters.maxTokens,
    seed: parameters.seed,
    stop: writeStop(parameters),
    reasoning_effort: parameters.reasoningEffort,
    tools: tools?.map(writeTool),
    response_format: responseFormat && writeFormat(responseFormat),
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
  }));
  return {
    id: 'openai-chat',
    version: 1,
    reply: 'chat completion',
    remedy: compatibleRemedy(endpoint),
    textKey: 'content',
    write: question => ({ url, body: prefix + writeMessages(question) + writeSuffix(question) }),
    readBody: (body, draft) => readBody(body, draft, endpoint.model),
    readEvent: (event, _type, draft) => readEvent(event, draft, endpoint.model),
  };
}

function writeMessages({ messages }: Question): string {
  const isPlain = messages.every(({ content }) => typeof content === 'string');
  return JSON.stringify(isPlain ? messages : messages.map(writeChatMessage));
}

function writeTool({ name, description, parameters }: Tool): unknown {
  return { type: 'function', function: { name, description, parameters } };
}

function writeFormat(format: ResponseFormat): unknown {
  if (format.type === 'json') return { type: 'json_object' };
  return { type: 'json_schema', json_schema: { name: format.name, schema: format.schema } };
}

function readBody(body: unknown, draft: Draft, model: string): boolean {
  const choices = isRecord(body) ? body['choices'] : undefined;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(body) || !isRecord(choice) || !isRecord(choice['message'])) return false;
  readUsage(body['usage'], draft);
  readFingerprint(body, draft, model);
  readChoice(choice, choice['message'], draft);
  return true;
}

function readEvent(event: unknown, draft: Draft, model: string): EventKind {
  if (!isRecord(event)) return 'unknown';
  const { choices, usage } = event;
  if (!Array.isArray(choices)) {
    if (!isRecord(usage) || isPresent(event['error'])) return 'unknown';
    readUsage(usage, draft);
    return 'other';
  }
  if (isPresent(usage)) readUsage(usage, draft);
  readFingerprint(event, draft, model);
  const choice: unknown = choices[0];
  // Azure opens its streams with an event that has no choice and tells how the prompt was filtered.
  if (!isRecord(choice)) return isPresent(event['error']) ? 'unknown' : 'other';
  const { delta } = choice;
  readChoice(choice, delta, draft);
  const hasMore = isPresent(usage) || isPresent(choice['finish_reason']);
  return !hasMore && isTextOnly(delta) ? 'text' : 'other';
}

function readChoice(choice: Readonly<Record<string, unknown>>, message: unknown, draft: Draft): void {
  draft.hasAnswer = true;
  const finish = choice['finish_reason'];
  if (typeof finish === 'string') {
    draft.finishReason = finish;
    if (finish === 'content_filter') draft.isFiltered = true;
  }
  if (!isRecord(message)) return;
  draft.addText(readText(message['content']));
  if (typeof message['refusal'] === 'string') draft.refusal += message['refusal'];
  if (hasReasoning(message)) draft.noteToken();
  const calls = message['tool_calls'];
  if (Array.isArray(calls)) for (const [at, call] of calls.entries()) readToolCall(call, at, draft);
}

/** Events that carry anything but text (a role, reasoning, a refusal, a tool call) make no template. */
function isTextOnly(delta: unknown): boolean {
  if (!isRecord(delta) || typeof delta['content'] !== 'string') return false;
  return !hasReasoning(delta) && !isPresent(delta['tool_calls']) && !isPresent(delta['refusal']);
}

/** Pieces of one call share its `index`; the first has its name. */
function readToolCall(call: unknown, at: number, draft: Draft): void {
  if (!isRecord(call)) return;
  const { index } = call;
  const called = isRecord(call['function']) ? call['function'] : {};
  draft.addToolCall(typeof index === 'number' ? index : at, called['name'], called['arguments']);
}

/** `reasoning_content` at DeepSeek and vLLM, `reasoning` at others. */
function hasReasoning(message: Readonly<Record<string, unknown>>): boolean {
  const reasoning = message['reasoning_content'] ?? message['reasoning'];
  return typeof reasoning === 'string' && reasoning !== '';
}
