import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { readErrorFields, readErrorObject } from '../http/error-object.ts';
import type { ErrorObject } from '../http/error-object.ts';
import { isRecord } from '../http/json.ts';
import type { EventKind, Protocol } from '../http/protocol.ts';
import {
  AnswerFailure,
  type ContentPart,
  type Message,
  type ModelParameters,
  type ResponseFormat,
  type Tool,
} from '../model.ts';
import { dataUrlOf } from './content.ts';
import { createSuffixWriter } from './parameters.ts';
import { compatibleRemedy, readFingerprint, readUsage } from './shared.ts';

/** The responses API. Nothing is kept at the endpoint. It has no seed, so none is sent; it has no stop sequences, so those are refused. */
export function createResponsesProtocol(endpoint: Endpoint, defaults: ModelParameters): Protocol {
  const prefix = `{"model":${JSON.stringify(endpoint.model)},"store":false`;
  const url = endpoint.urlOf('/responses');
  const writeSuffix = createSuffixWriter(defaults, (parameters, { stream, tools, responseFormat }) => {
    if (parameters.stop !== undefined && parameters.stop.length > 0) {
      throw new AnswerFailure(
        'client',
        `The responses API of ${endpoint.name} has no stop sequences. Remove \`stop\`, or use \`api: chat\`.`,
        0,
      );
    }
    return {
      temperature: parameters.temperature,
      top_p: parameters.topP,
      max_output_tokens: parameters.maxTokens,
      reasoning: parameters.reasoningEffort === undefined ? undefined : { effort: parameters.reasoningEffort },
      tools: tools?.map(writeTool),
      text: responseFormat && { format: writeFormat(responseFormat) },
      stream,
    };
  });
  return {
    id: 'openai-responses',
    version: 1,
    reply: 'response',
    remedy: compatibleRemedy(endpoint),
    write: question => ({ url, body: prefix + writeInput(question.messages, endpoint.name) + writeSuffix(question) }),
    readBody: (body, draft) => readResponse(body, draft, endpoint.model),
    readEvent: (event, _type, draft) => readEvent(event, draft, endpoint.model),
    readError,
  };
}

/** System messages at the beginning are the instructions; the rest is the input. */
function writeInput(messages: readonly Message[], name: string): string {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const system = messages.slice(0, first < 0 ? messages.length : first);
  const instructions = system.map(({ content }) => textOf(content)).join('\n\n');
  const input = messages.slice(system.length).map(message => writeMessage(message, name));
  const head = system.length === 0 ? '' : `,"instructions":${JSON.stringify(instructions)}`;
  return `${head},"input":${JSON.stringify(input)}`;
}

function textOf(content: Message['content']): string {
  if (typeof content === 'string') return content;
  return content.map(part => (part.type === 'text' ? part.text : '')).join('\n');
}

function writeMessage({ role, content }: Message, name: string): unknown {
  // What the model is told it said is text: its own output has other types of parts than input has.
  if (typeof content === 'string' || role === 'assistant') return { role, content: textOf(content) };
  return { role, content: content.map(part => writePart(part, name)) };
}

function writePart(part: ContentPart, name: string): unknown {
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  if (part.type === 'image') return { type: 'input_image', detail: 'auto', image_url: dataUrlOf(part.media) };
  throw new AnswerFailure('client', `The responses API of ${name} takes no sound. Use \`api: chat\`.`, 0);
}

function writeTool({ name, description, parameters }: Tool): unknown {
  return { type: 'function', name, description, parameters, strict: false };
}

function writeFormat(format: ResponseFormat): unknown {
  if (format.type === 'json') return { type: 'json_object' };
  return { type: 'json_schema', name: format.name, schema: format.schema };
}

function readResponse(body: unknown, draft: Draft, model: string): boolean {
  if (!isRecord(body) || !Array.isArray(body['output']) || typeof body['status'] !== 'string') return false;
  for (const item of body['output']) readItem(item, draft);
  readEnd(body, draft, model);
  return true;
}

function readItem(item: unknown, draft: Draft): void {
  if (!isRecord(item)) return;
  if (item['type'] === 'function_call') {
    draft.addToolCall(keyOf(item), item['name'], item['arguments']);
    return;
  }
  if (item['type'] !== 'message' || !Array.isArray(item['content'])) return;
  for (const part of item['content']) {
    if (!isRecord(part)) continue;
    if (part['type'] === 'output_text' && typeof part['text'] === 'string') draft.addText(part['text']);
    if (part['type'] === 'refusal' && typeof part['refusal'] === 'string') draft.refusal += part['refusal'];
  }
}

function keyOf(item: Readonly<Record<string, unknown>>): string {
  const { id, call_id: callId } = item;
  return typeof id === 'string' ? id : typeof callId === 'string' ? callId : '';
}

/** How a response ended: its state in the words the chat API has for them. */
function readEnd(response: Readonly<Record<string, unknown>>, draft: Draft, model: string): void {
  draft.hasAnswer = true;
  draft.isDone = true;
  readUsage(response['usage'], draft);
  readFingerprint(response, draft, model);
  if (response['status'] !== 'incomplete') {
    draft.finishReason = draft.toolCalls.length > 0 ? 'tool_calls' : 'stop';
    return;
  }
  const details = response['incomplete_details'];
  const reason = isRecord(details) ? details['reason'] : undefined;
  draft.finishReason = reason === 'max_output_tokens' ? 'length' : typeof reason === 'string' ? reason : 'incomplete';
  if (reason === 'content_filter') draft.isFiltered = true;
}

function readEvent(event: unknown, draft: Draft, model: string): EventKind {
  if (!isRecord(event) || typeof event['type'] !== 'string') return 'unknown';
  const { type, delta, item, response } = event;
  switch (type) {
    case 'response.output_text.delta':
      draft.hasAnswer = true;
      if (typeof delta === 'string') draft.addText(delta);
      return 'other';
    case 'response.refusal.delta':
      if (typeof delta === 'string') draft.refusal += delta;
      return 'other';
    case 'response.reasoning_text.delta':
    case 'response.reasoning_summary_text.delta':
      draft.noteToken();
      return 'other';
    case 'response.output_item.added':
      if (isRecord(item) && item['type'] === 'function_call') draft.addToolCall(keyOf(item), item['name'], '');
      return 'other';
    case 'response.function_call_arguments.delta':
      if (typeof event['item_id'] === 'string') draft.addToolCall(event['item_id'], undefined, delta);
      return 'other';
    case 'response.completed':
    case 'response.incomplete':
      if (!isRecord(response)) return 'unknown';
      if (draft.size === 0) return readResponse(response, draft, model) ? 'other' : 'unknown';
      readEnd(response, draft, model);
      return 'other';
    case 'response.failed':
    case 'error':
      return 'unknown';
    default:
      return type.startsWith('response.') ? 'other' : 'unknown';
  }
}

/** `{type: "error", …}` and `{type: "response.failed", response: {error}}` in streams; a failed response as a body. */
function readError(body: unknown): ErrorObject | undefined {
  if (!isRecord(body)) return undefined;
  if (body['type'] === 'response.failed') {
    return readErrorObject(body['response']) ?? { message: 'The response failed without saying why.' };
  }
  if (body['type'] === 'error' && typeof body['message'] === 'string') return readErrorFields(body);
  return readErrorObject(body);
}
