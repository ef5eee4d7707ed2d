import type { Draft } from '../http/draft.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { isPresent, isRecord } from '../http/json.ts';
import type { EventKind, HttpCall, Protocol } from '../http/protocol.ts';
import { AnswerFailure, type ModelParameters, type Question } from '../model.ts';
import { joinChoices, scoreContinuation, type JoinedChoices } from './choices.ts';
import { writePlainText } from './content.ts';
import { createSuffixWriter, mergeParameters, writeStop } from './parameters.ts';
import { compatibleRemedy, readFingerprint, readUsage } from './shared.ts';

/**
 * The completions API: plain text in, its continuation out. A question with choices is scored instead, as EleutherAI's evaluation
 * harness does it: one request with a prompt for each choice, echoed with the log-likelihood of its tokens.
 */
export function createCompletionsProtocol(endpoint: Endpoint, defaults: ModelParameters): Protocol {
  const prefix = `{"model":${JSON.stringify(endpoint.model)},"prompt":`;
  const url = endpoint.urlOf('/completions');
  const writeSuffix = createSuffixWriter(defaults, (parameters, { stream }) => ({
    temperature: parameters.temperature,
    top_p: parameters.topP,
    max_tokens: parameters.maxTokens,
    seed: parameters.seed,
    stop: writeStop(parameters),
    stream,
    stream_options: stream ? { include_usage: true } : undefined,
  }));
  return {
    id: 'openai-completions',
    version: 1,
    reply: 'text completion',
    remedy: compatibleRemedy(endpoint),
    textKey: 'text',
    write(question) {
      refuseExtras(question, endpoint.name);
      const text = writePlainText(question.messages, endpoint.name);
      if (question.choices !== undefined) return writeScoring(question, text, endpoint.model, url, defaults);
      return { url, body: prefix + JSON.stringify(text) + writeSuffix(question) };
    },
    readBody(body, draft, question) {
      if (question.choices === undefined) return readCompletion(body, draft, endpoint.model);
      const joined = joinChoices(writePlainText(question.messages, endpoint.name), question.choices);
      return readScores(body, joined, question.choices, draft, endpoint);
    },
    readEvent: (event, _type, draft) => readEvent(event, draft, endpoint.model),
  };
}

function refuseExtras({ tools, responseFormat }: Question, name: string): void {
  const what = tools === undefined ? (responseFormat === undefined ? undefined : 'a response format') : 'tools';
  if (what === undefined) return;
  throw new AnswerFailure('client', `The completions API of ${name} cannot take ${what}. Use \`api: chat\`.`, 0);
}

/** One token is generated because some servers refuse to generate none; it is not looked at. */
function writeScoring(
  { choices = [], parameters }: Question,
  text: string,
  model: string,
  url: string,
  defaults: ModelParameters,
): HttpCall {
  const { prompts } = joinChoices(text, choices);
  const { seed } = mergeParameters(defaults, parameters);
  const body = { model, prompt: prompts, max_tokens: 1, temperature: 0, echo: true, logprobs: 1, seed, stream: false };
  return { url, body: JSON.stringify(body) };
}

function readCompletion(body: unknown, draft: Draft, model: string): boolean {
  const choices = isRecord(body) ? body['choices'] : undefined;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(body) || !isRecord(choice) || typeof choice['text'] !== 'string') return false;
  readUsage(body['usage'], draft);
  readFingerprint(body, draft, model);
  readChoice(choice, draft);
  return true;
}

function readEvent(event: unknown, draft: Draft, model: string): EventKind {
  const choices = isRecord(event) ? event['choices'] : undefined;
  if (!isRecord(event) || !Array.isArray(choices)) return 'unknown';
  const { usage } = event;
  if (isPresent(usage)) readUsage(usage, draft);
  readFingerprint(event, draft, model);
  const choice: unknown = choices[0];
  if (!isRecord(choice)) return isPresent(event['error']) ? 'unknown' : 'other';
  readChoice(choice, draft);
  const hasMore = isPresent(usage) || isPresent(choice['finish_reason']);
  return !hasMore && typeof choice['text'] === 'string' ? 'text' : 'other';
}

function readChoice(choice: Readonly<Record<string, unknown>>, draft: Draft): void {
  draft.hasAnswer = true;
  const { text, finish_reason: finish } = choice;
  if (typeof text === 'string') draft.addText(text);
  if (typeof finish !== 'string') return;
  draft.finishReason = finish;
  if (finish === 'content_filter') draft.isFiltered = true;
}

/** The likeliest choice is the answer. */
function readScores(
  body: unknown,
  joined: JoinedChoices,
  choices: readonly string[],
  draft: Draft,
  endpoint: Endpoint,
): boolean {
  const replies = isRecord(body) ? body['choices'] : undefined;
  if (!isRecord(body) || !Array.isArray(replies)) return false;
  const scores = joined.prompts.map((_prompt, index) => {
    const reply = findChoice(replies, index);
    return reply === undefined ? undefined : scoreContinuation(reply['logprobs'], joined.contextLength);
  });
  const known = scores.filter(score => score !== undefined);
  if (known.length < choices.length) {
    draft.shortcoming = `no log-likelihoods of the prompt. Multiple choice needs a server that echoes them (echo with logprobs, as vLLM does); use \`api: chat\` for ${endpoint.name} to let it answer in words`;
    return true;
  }
  readUsage(body['usage'], draft);
  readFingerprint(body, draft, endpoint.model);
  draft.choiceLogprobs = known;
  draft.hasAnswer = true;
  draft.finishReason = 'stop';
  draft.addText(choices[known.indexOf(Math.max(...known))] ?? '');
  return true;
}

function findChoice(replies: readonly unknown[], index: number): Readonly<Record<string, unknown>> | undefined {
  const records = replies.filter(isRecord);
  return (
    records.find(reply => reply['index'] === index) ??
    (records[index]?.['index'] === undefined ? records[index] : undefined)
  );
}
