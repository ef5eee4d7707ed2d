import { base64Of } from '../openai/content.ts';
import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { readErrorFields, type ErrorObject } from '../http/error-object.ts';
import { isRecord, readCount } from '../http/json.ts';
import { createSuffixWriter, writeStop } from '../openai/parameters.ts';
import type { EventKind, Protocol } from '../http/protocol.ts';
import { textOf, type ContentPart, type Media, type ModelParameters, type Question } from '../model.ts';

/** The `generateContent` API of Google AI and Vertex AI. */
export function createGenerateProtocol(endpoint: Endpoint, defaults: ModelParameters): Protocol {
  const { model } = endpoint;
  // A tuned model or a publisher's is named with its collection.
  const path = model.includes('/') ? `/${model}` : `/models/${model}`;
  const name = path.split('/').map(encodeURIComponent).join('/');
  const whole = endpoint.urlOf(`${name}:generateContent`);
  const streamed = endpoint.urlOf(`${name}:streamGenerateContent?alt=sse`);
  const writeSuffix = createSuffixWriter(defaults, (parameters, question) => writeFields(parameters, question, model));
  return {
    id: 'gemini-generate',
    version: 1,
    reply: 'generated content',
    remedy: 'Check that baseUrl is the address of the Gemini API, up to and with its version.',
    write: question => ({
      url: question.stream ? streamed : whole,
      body: `{${writeConversation(question)}${writeSuffix(question)}`,
    }),
    readBody: (body, draft) => readReply(body, draft, model),
    readEvent: (event, _type, draft): EventKind => (readReply(event, draft, model) ? 'other' : 'unknown'),
    readError,
  };
}

/** Tokens the models before Gemini 3 may think with, as Google's own OpenAI-compatible API sets them. */
const thinkingBudgets = { minimal: 1024, low: 1024, medium: 8192, high: 24_576 } as const;

function writeFields(
  parameters: ModelParameters,
  { tools, responseFormat }: Question,
  model: string,
): Record<string, unknown> {
  const { temperature, topP, maxTokens, seed, reasoningEffort: effort } = parameters;
  const thinking = /gemini-2\.|gemini-1\./.test(model)
    ? effort && { thinkingBudget: thinkingBudgets[effort] }
    : effort && { thinkingLevel: effort };
  return {
    tools: tools && [
      {
        functionDeclarations: tools.map(tool => ({
          name: tool.name,
          description: tool.description,
          parametersJsonSchema: tool.parameters,
        })),
      },
    ],
    generationConfig: {
      temperature,
      topP,
      maxOutputTokens: maxTokens,
      stopSequences: writeStop(parameters),
      seed,
      responseMimeType: responseFormat && 'application/json',
      responseJsonSchema: responseFormat?.type === 'json-schema' ? responseFormat.schema : undefined,
      thinkingConfig: thinking,
    },
  };
}

/** `"systemInstruction":…,"contents":…`. The sound to transcribe, where no message holds one, ends the last message. */
function writeConversation({ messages, audio }: Question): string {
  const system = messages.filter(message => message.role === 'system').map(textOf);
  const contents = messages
    .filter(message => message.role !== 'system')
    .map(({ role, content }) => ({
      role: role === 'assistant' ? 'model' : 'user',
      parts: typeof content === 'string' ? [{ text: content }] : content.map(writePart),
    }));
  const hasSound = messages.some(
    ({ content }) => typeof content !== 'string' && content.some(part => part.type === 'audio'),
  );
  if (audio !== undefined && !hasSound) {
    const last = contents.at(-1);
    if (last?.role === 'user') last.parts.push(writeMedia(audio));
    else contents.push({ role: 'user', parts: [writeMedia(audio)] });
  }
  const instruction = system.length === 0 ? undefined : { parts: [{ text: system.join('\n\n') }] };
  return JSON.stringify({ systemInstruction: instruction, contents }).slice(1, -1);
}

type WrittenPart = { readonly text: string } | ReturnType<typeof writeMedia>;

function writePart(part: ContentPart): WrittenPart {
  return part.type === 'text' ? { text: part.text } : writeMedia(part.media);
}

function writeMedia(media: Media): { readonly inlineData: { readonly mimeType: string; readonly data: string } } {
  return { inlineData: { mimeType: media.mediaType, data: base64Of(media) } };
}

/** Bodies and events have one shape; the counts of an event include those of the events before. */
function readReply(reply: unknown, draft: Draft, model: string): boolean {
  if (!isRecord(reply)) return false;
  const { candidates, promptFeedback, usageMetadata, modelVersion } = reply;
  const block = isRecord(promptFeedback) ? promptFeedback['blockReason'] : undefined;
  if (!Array.isArray(candidates) && block === undefined && !isRecord(usageMetadata)) return false;
  readUsage(usageMetadata, draft);
  if (typeof modelVersion === 'string' && modelVersion !== '' && modelVersion !== model) {
    draft.fingerprint = modelVersion.slice(0, 200);
  }
  if (typeof block === 'string') {
    draft.hasAnswer = true;
    draft.isFiltered = true;
    draft.finishReason = 'content_filter';
    draft.refusal = `the prompt was blocked: ${block}`;
  }
  const candidate: unknown = Array.isArray(candidates) ? candidates[0] : undefined;
  if (isRecord(candidate)) readCandidate(candidate, draft);
  return true;
}

function readCandidate(candidate: Readonly<Record<string, unknown>>, draft: Draft): void {
  draft.hasAnswer = true;
  const { content, finishReason } = candidate;
  const parts = isRecord(content) ? content['parts'] : undefined;
  if (Array.isArray(parts)) for (const part of parts) readPart(part, draft);
  if (typeof finishReason !== 'string' || finishReason === 'FINISH_REASON_UNSPECIFIED') return;
  draft.finishReason = finishReasons[finishReason] ?? finishReason.toLowerCase();
  if (refusals.has(finishReason)) {
    draft.isFiltered = true;
    draft.refusal = finishReason;
  }
}

function readPart(part: unknown, draft: Draft): void {
  if (!isRecord(part)) return;
  const { text, thought, functionCall } = part;
  if (thought === true) draft.noteToken();
  else if (typeof text === 'string') draft.addText(text);
  if (isRecord(functionCall)) {
    const args = isRecord(functionCall['args']) ? functionCall['args'] : {};
    draft.addToolCall(draft.toolCalls.length, functionCall['name'], JSON.stringify(args));
  }
}

const finishReasons: Readonly<Record<string, string>> = { STOP: 'stop', MAX_TOKENS: 'length' };

/** Why a filter took the place of the answer. */
const refusals: ReadonlySet<string> = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'MODEL_ARMOR',
]);

/** Thinking is billed as output and is no part of the candidates' count. */
function readUsage(usage: unknown, draft: Draft): void {
  if (!isRecord(usage)) return;
  const prompt = readCount(usage['promptTokenCount']);
  if (prompt !== undefined) draft.inputTokens = prompt + (readCount(usage['toolUsePromptTokenCount']) ?? 0);
  const shown = readCount(usage['candidatesTokenCount']);
  const thought = readCount(usage['thoughtsTokenCount']);
  if (shown !== undefined || thought !== undefined) draft.outputTokens = (shown ?? 0) + (thought ?? 0);
  draft.reasoningTokens = thought || draft.reasoningTokens;
  draft.cachedInputTokens = readCount(usage['cachedContentTokenCount']) || draft.cachedInputTokens;
}

/** `{error: {code, message, status, details}}` of google.rpc, which may say when to try again. */
function readError(body: unknown): ErrorObject | undefined {
  const holder: unknown = Array.isArray(body) ? body[0] : body;
  const error = isRecord(holder) ? holder['error'] : undefined;
  if (!isRecord(error)) return undefined;
  const { status, details } = error;
  const known = Array.isArray(details) ? details.filter(isRecord) : [];
  const delays = known.map(readDelay).filter(delay => delay !== undefined);
  return {
    ...readErrorFields(error),
    ...(known.some(isDaily) ? { kind: 'quota' } : {}),
    ...(typeof status === 'string' ? { type: status } : {}),
    ...(delays[0] === undefined ? {} : { retryAfter: delays[0] }),
  };
}

/** Whether a `google.rpc.QuotaFailure` is of a day's quota: waiting a while does not help. */
function isDaily({ violations }: Readonly<Record<string, unknown>>): boolean {
  if (!Array.isArray(violations)) return false;
  return violations.some(
    one => isRecord(one) && typeof one['quotaId'] === 'string' && one['quotaId'].includes('PerDay'),
  );
}

/** Milliseconds of a `google.rpc.RetryInfo`, such as `34.5s`. */
function readDelay({ retryDelay: delay }: Readonly<Record<string, unknown>>): number | undefined {
  const seconds = typeof delay === 'string' ? /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(delay)?.[1] : undefined;
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
