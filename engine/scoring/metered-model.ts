import { countCharacters, type Embeddings, type Model } from '../models/model.ts';
import type { Price } from '../../schemas/generated/files.ts';
import type { Budget } from '../models/budget.ts';
import { costOf, estimateCost } from '../models/cost.ts';

/** Texts sent in one request for embeddings. */
const largestBatch = 64;
/** Requests for embeddings under way at once; texts that come meanwhile wait and go together. */
const mostRequests = 4;

/** The model with every request within the budget; texts to embed are sent together. `onCost` hears of each request's US dollars. */
export function meterModel(
  model: Model,
  price: Price | undefined,
  budget: Budget,
  onCost: (cost: number) => void,
): Model {
  const spend = async <Reply>(
    characters: number,
    maxTokens: number | undefined,
    ask: () => Promise<Reply>,
    costOf: (reply: Reply) => number,
  ): Promise<Reply> => {
    const estimate = estimateCost(characters, maxTokens, price);
    const room = budget.reserve(estimate);
    if (room !== undefined) await room;
    let cost = 0;
    try {
      const reply = await ask();
      cost = costOf(reply);
      if (cost > 0) onCost(cost);
      return reply;
    } finally {
      budget.settle(estimate, cost);
    }
  };
  const embed = model.embed?.bind(model);
  return {
    name: model.name,
    digest: model.digest,
    answer: (question, signal) =>
      spend(
        countCharacters(question.messages),
        question.parameters.maxTokens,
        () => model.answer(question, signal),
        answer => costOf(answer, price) ?? 0,
      ),
    ...(embed === undefined
      ? {}
      : {
          embed: batchTexts((texts, timeout, signal) =>
            spend(
              texts.reduce((sum, text) => sum + text.length, 0),
              0,
              () => embed(texts, timeout, signal),
              ({ inputTokens }) =>
                costOf({ outputTokens: 0, ...(inputTokens === undefined ? {} : { inputTokens }) }, price) ?? 0,
            ),
          ),
        }),
    close: () => model.close(),
  };
}

type Embed = (texts: readonly string[], timeout: number, signal: AbortSignal) => Promise<Embeddings>;

interface Asked {
  readonly texts: readonly string[];
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly reply: PromiseWithResolvers<Embeddings>;
}

/** Sends what is asked for while other requests are under way together. Nobody waits for a batch to fill. */
function batchTexts(embed: Embed): Embed {
  let waiting: Asked[] = [];
  let underWay = 0;
  const next = (): void => {
    while (waiting.length > 0 && underWay < mostRequests) {
      const batch: Asked[] = [];
      let texts = 0;
      for (const asked of waiting) {
        if (batch.length > 0 && texts + asked.texts.length > largestBatch) break;
        batch.push(asked);
        texts += asked.texts.length;
      }
      waiting = waiting.slice(batch.length);
      underWay += 1;
      void send(embed, batch).finally(() => {
        underWay -= 1;
        next();
      });
    }
  };
  return (texts, timeout, signal) => {
    const reply = Promise.withResolvers<Embeddings>();
    waiting.push({ texts, timeout, signal, reply });
    // After this turn, so that samples that come together go together.
    queueMicrotask(next);
    return reply.promise;
  };
}

async function send(embed: Embed, batch: readonly Asked[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const texts = batch.flatMap(asked => asked.texts);
  try {
    const { vectors, inputTokens } = await embed(texts, first.timeout, first.signal);
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    let at = 0;
    for (const { texts: own, reply } of batch) {
      const share = own.reduce((sum, text) => sum + text.length, 0) / Math.max(1, characters);
      reply.resolve({
        vectors: vectors.slice(at, at + own.length),
        ...(inputTokens === undefined ? {} : { inputTokens: inputTokens * share }),
      });
      at += own.length;
    }
  } catch (error) {
    for (const { reply } of batch) reply.reject(error);
  }
}
