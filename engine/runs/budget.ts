import type { Connection } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Media } from '../models/model.ts';

/**
 * Keeps a run within its budget. A request reserves the most it may cost before it is sent and settles the real cost after, so that
 * requests under way together cannot pass the budget either. Where reservations leave no room, a request waits for others to settle;
 * the run stops when there is nothing to wait for.
 */
export class Budget {
  readonly #limit: number | undefined;
  #spent = 0;
  #reserved = 0;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(limit: number | undefined) {
    this.#limit = limit;
  }

  /** Counts money that was spent without being reserved, such as before a resume. */
  charge(cost: number): void {
    this.#spent += cost;
  }

  /** Throws `budget-exceeded` when the next request might pass the budget; a promise where it has to wait. */
  reserve(estimate: number): Promise<void> | undefined {
    if (this.#limit === undefined) return undefined;
    if (this.#spent + this.#reserved + estimate <= this.#limit) {
      this.#reserved += estimate;
      this.#underWay += 1;
      return undefined;
    }
    if (this.#underWay === 0) throw exceeded(this.#limit, this.#spent);
    return new Promise<void>(resolve => this.#waiting.push(resolve)).then(() => this.reserve(estimate));
  }

  settle(estimate: number, cost: number): void {
    this.#spent += cost;
    if (this.#limit === undefined) return;
    this.#reserved -= estimate;
    this.#underWay -= 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function exceeded(limit: number, spent: number): WorkbenchError {
  const money = (amount: number): string => `${amount < 0.01 ? amount.toPrecision(2) : amount.toFixed(2)} USD`;
  return new WorkbenchError(
    'budget-exceeded',
    `The next request might pass the budget of ${money(limit)}; ${money(spent)} are spent.`,
    {
      remedy:
        'Raise limits.budget in the benchmark, set maxTokens so that less is reserved for an answer, or ask fewer rows.',
    },
  );
}

/** Tokens an answer may take when nothing says how long it may be. */
const assumedOutputTokens = 256;

/** The most US dollars a text of `characters` may cost, before it is sent: four characters a token, the longest answer. */
export function estimateCost(characters: number, maxTokens: number | undefined, price: Connection['price']): number {
  if (price === undefined) return 0;
  return priceOfTokens(estimateTokens(characters), maxTokens ?? assumedOutputTokens, price) + (price.perRequest ?? 0);
}

/** The most US dollars transcribing a sound may cost, before it is sent: its size at the lowest bit rates that speech is kept in. */
export function estimateSoundCost(audio: Media | undefined, price: Connection['price']): number {
  if (audio === undefined || price?.perMinute === undefined) return 0;
  const bytesPerSecond = audio.mediaType === 'audio/wav' ? 16_000 : 4000;
  return (audio.bytes.byteLength / bytesPerSecond / 60) * price.perMinute;
}

/** The most US dollars these tokens may cost: none cached, all output at the dearer of its prices. */
export function priceOfTokens(input: number, output: number, price: NonNullable<Connection['price']>): number {
  const dearest = Math.max(price.output ?? 0, price.reasoning ?? 0);
  return (input * (price.input ?? 0) + output * dearest) / 1_000_000;
}

/** Four characters a token: the usual rule of thumb for English. Always shown as an estimate. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
