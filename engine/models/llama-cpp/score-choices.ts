import type { Endpoint } from '../http/endpoint.ts';
import { isRecord } from '../http/json.ts';
import { joinChoices } from '../openai/choices.ts';
import { writePlainText } from '../openai/content.ts';
import type { AskJson, ScoredChoices } from '../http/protocol.ts';
import { AnswerFailure, type Question } from '../model.ts';

/** Tokens of all choices of one question. */
const mostTokens = 1000;

/** Likeliest next tokens that are asked for at first, and where one of the choices' tokens is not among them. */
const listed = [500, 20_000] as const;

/**
 * The log-likelihood of each choice after the prompt: the sum over its tokens of log p(token | prompt and the tokens before), as lm-eval's
 * `loglikelihood` has it. Where prompt and choice meet, the tokens are those of both written together. Choices that begin alike share their
 * requests: one for all choices at each position. Throws AnswerFailure.
 */
export async function scoreChoices(
  question: Question,
  choices: readonly string[],
  endpoint: Endpoint,
  ask: AskJson,
): Promise<ScoredChoices> {
  if (choices.some(choice => choice.trim() === '')) {
    throw new AnswerFailure('client', `A choice of this row is empty, so that ${endpoint.name} cannot score it.`, 0);
  }
  const text = writePlainText(question.messages, endpoint.name);
  const { prompts } = joinChoices(text, choices);
  const tokenize = (text: string): Promise<readonly number[]> => readTokens(text, endpoint, ask);
  const contextTokens = await tokenize(text.trimEnd());
  const wholes = await Promise.all(prompts.map(tokenize));
  if (wholes.some(tokens => tokens.length <= contextTokens.length)) {
    throw new AnswerFailure('model', `${endpoint.name} cannot score a choice that adds no token to the prompt.`, 1);
  }
  const total = wholes.reduce((sum, tokens) => sum + tokens.length - contextTokens.length, 0);
  if (total > mostTokens) {
    const what = `${String(total)} tokens, more than the ${String(mostTokens)} that can be scored`;
    throw new AnswerFailure('client', `The choices of this row have ${what} by ${endpoint.name}.`, 0);
  }
  const sums = choices.map(() => 0);
  for (let at = contextTokens.length; wholes.some(tokens => at < tokens.length); at += 1) {
    const open = wholes.flatMap((tokens, choice) => (at < tokens.length ? [{ tokens, choice }] : []));
    const prefixes = new Map(open.map(({ tokens }) => [keyOf(tokens, at), tokens.slice(0, at)]));
    const wanted = Map.groupBy(open, ({ tokens }) => keyOf(tokens, at));
    for (const [key, prefix] of prefixes) {
      const asking = wanted.get(key) ?? [];
      const found = await readNext(prefix, new Set(asking.map(({ tokens }) => tokens[at] ?? -1)), endpoint, ask);
      for (const { tokens, choice } of asking) sums[choice] = (sums[choice] ?? 0) + (found.get(tokens[at] ?? -1) ?? 0);
    }
  }
  return { choiceLogprobs: sums, inputTokens: contextTokens.length + total };
}

function keyOf(tokens: readonly number[], end: number): string {
  return tokens.slice(0, end).join(' ');
}

async function readTokens(content: string, endpoint: Endpoint, ask: AskJson): Promise<readonly number[]> {
  const body = JSON.stringify({ content, add_special: true });
  const reply = await ask({ url: endpoint.urlOf('/tokenize'), body });
  const tokens = isRecord(reply) ? reply['tokens'] : undefined;
  if (Array.isArray(tokens) && tokens.every(token => Number.isSafeInteger(token))) return tokens as readonly number[];
  throw new AnswerFailure('malformed', `${endpoint.name} sent no tokens for the prompt (/tokenize).`, 1);
}

/** Natural logarithms of the probabilities of some next tokens, before any sampling. */
async function readNext(
  prompt: readonly number[],
  wanted: ReadonlySet<number>,
  endpoint: Endpoint,
  ask: AskJson,
): Promise<ReadonlyMap<number, number>> {
  for (const count of listed) {
    const body = JSON.stringify({ prompt, n_predict: 1, n_probs: count, temperature: 0, cache_prompt: true });
    const found = readLogprobs(await ask({ url: endpoint.urlOf('/completion'), body }), wanted);
    if (found === undefined) {
      throw new AnswerFailure('malformed', `${endpoint.name} sent no log-likelihoods (n_probs of /completion).`, 1);
    }
    if (found.size === wanted.size) return found;
  }
  const what = `a choice of this row is so unlikely that it is not among the ${String(listed[1])} likeliest tokens`;
  throw new AnswerFailure('model', `${endpoint.name} cannot score the choices: ${what}.`, 1);
}

function readLogprobs(reply: unknown, wanted: ReadonlySet<number>): ReadonlyMap<number, number> | undefined {
  const positions = isRecord(reply) ? reply['completion_probabilities'] : undefined;
  const first: unknown = Array.isArray(positions) ? positions[0] : undefined;
  const top = isRecord(first) ? first['top_logprobs'] : undefined;
  if (!Array.isArray(top)) return undefined;
  const found = new Map<number, number>();
  for (const entry of top) {
    if (!isRecord(entry)) continue;
    const { id, logprob } = entry;
    if (typeof id === 'number' && typeof logprob === 'number' && wanted.has(id)) found.set(id, logprob);
  }
  return found;
}
