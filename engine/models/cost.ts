import type { Price } from '../../schemas/generated/files.ts';
import type { Answer, Media } from './model.ts';

/**
 * US dollars an answer cost: tokens × their price, cached input and reasoning at their own where they have one, plus the price of a
 * request and of transcribed minutes; where the endpoint says what it cost, that. Absent where no price is known, or not a count that the price needs.
 */
export function costOf(answer: Partial<Answer>, price: Price | undefined): number | undefined {
  if (answer.cost !== undefined) return answer.cost;
  if (price === undefined) return undefined;
  const { inputTokens, outputTokens, reasoningTokens = 0, cachedInputTokens = 0, audioSeconds } = answer;
  const { input, output, cachedInput = input, reasoning = output, perRequest = 0, perMinute } = price;
  let cost = perRequest;
  if (input !== undefined || cachedInput !== undefined) {
    if (inputTokens === undefined) return undefined;
    const cached = Math.min(cachedInputTokens, inputTokens);
    cost += ((inputTokens - cached) * (input ?? 0) + cached * (cachedInput ?? 0)) / 1_000_000;
  }
  if (output !== undefined || reasoning !== undefined) {
    if (outputTokens === undefined) return undefined;
    const thought = Math.min(reasoningTokens, outputTokens);
    cost += ((outputTokens - thought) * (output ?? 0) + thought * (reasoning ?? 0)) / 1_000_000;
  }
  if (perMinute !== undefined) {
    if (audioSeconds === undefined) return undefined;
    cost += (audioSeconds / 60) * perMinute;
  }
  return cost;
}

/** Tokens an answer may take when nothing says how long it may be. */
const assumedOutputTokens = 256;

/** The most US dollars a text of `characters` may cost, before it is sent: four characters a token, the longest answer. */
export function estimateCost(characters: number, maxTokens: number | undefined, price: Price | undefined): number {
  if (price === undefined) return 0;
  return priceOfTokens(estimateTokens(characters), maxTokens ?? assumedOutputTokens, price) + (price.perRequest ?? 0);
}

/** The most US dollars transcribing a sound may cost, before it is sent: its size at the lowest bit rates that speech is kept in. */
export function estimateSoundCost(audio: Media | undefined, price: Price | undefined): number {
  if (audio === undefined || price?.perMinute === undefined) return 0;
  const bytesPerSecond = audio.mediaType === 'audio/wav' ? 16_000 : 4000;
  return (audio.bytes.byteLength / bytesPerSecond / 60) * price.perMinute;
}

/** The most US dollars these tokens may cost: none cached, all output at the dearer of its prices. */
export function priceOfTokens(input: number, output: number, price: Price): number {
  const dearest = Math.max(price.output ?? 0, price.reasoning ?? 0);
  return (input * (price.input ?? 0) + output * dearest) / 1_000_000;
}

/** Four characters a token: the usual rule of thumb for English. Always shown as an estimate. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
