import { isRecord } from '../http/json.ts';

/** A question's text joined with each of its choices. */
export interface JoinedChoices {
  readonly prompts: readonly string[];
  /** Characters (Unicode code points, as servers count their offsets) before the choices begin. */
  readonly contextLength: number;
}

/**
 * Each choice after the text, separated by the white space the text ends in, else by one space. That white space counts to the
 * choice, not to the text, because tokens begin with it: so does EleutherAI's evaluation harness.
 */
export function joinChoices(text: string, choices: readonly string[]): JoinedChoices {
  const context = text.trimEnd();
  const gap = text.slice(context.length) || (context === '' ? '' : ' ');
  return {
    prompts: choices.map(choice => context + gap + choice.trimStart()),
    contextLength: countPoints(context),
  };
}

/**
 * Sum of the natural log-likelihoods of the tokens after the first `contextLength` characters; undefined where the reply has none. A
 * token that begins before and ends after that point counts. The last token is the one that was generated, and does not.
 */
export function scoreContinuation(logprobs: unknown, contextLength: number): number | undefined {
  if (!isRecord(logprobs)) return undefined;
  const { tokens, token_logprobs: scores, text_offset: offsets } = logprobs;
  if (!Array.isArray(tokens) || !Array.isArray(scores) || tokens.length !== scores.length || tokens.length < 2)
    return undefined;
  const ends = findEnds(tokens, offsets);
  let sum = 0;
  let counted = 0;
  for (let at = 0; at < tokens.length - 1; at++) {
    if ((ends[at] ?? 0) <= contextLength) continue;
    const score: unknown = scores[at];
    // The first token of all has no likelihood, being conditioned on nothing.
    if (score === null && at === 0) continue;
    if (typeof score !== 'number' || Number.isNaN(score)) return undefined;
    sum += score;
    counted++;
  }
  return counted === 0 ? undefined : sum;
}

/** Where each token ends, from the offsets the server gives of their starts, else from their texts. */
function findEnds(tokens: readonly unknown[], offsets: unknown): readonly number[] {
  if (
    Array.isArray(offsets) &&
    offsets.length === tokens.length &&
    offsets.every(offset => typeof offset === 'number')
  ) {
    const starts = offsets as readonly number[];
    return starts.map((start, at) => starts[at + 1] ?? start + countPoints(String(tokens[at])));
  }
  let end = 0;
  return tokens.map(token => (end += countPoints(String(token))));
}

function countPoints(text: string): number {
  let points = 0;
  // A code point beyond the basic plane takes two units.
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) points++;
  return points;
}
