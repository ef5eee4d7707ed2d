import type { Connection } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Answer } from '../models/model.ts';
import type { RunLimits } from './limits.ts';

/** US dollars an answer cost; absent where no price or no token count is known. */
export function costOf(answer: Answer, price: Connection['price']): number | undefined {
  if (price === undefined || answer.inputTokens === undefined || answer.outputTokens === undefined) return undefined;
  return (answer.inputTokens * price.input + answer.outputTokens * price.output) / 1_000_000;
}

/** A failure rate says little before this many samples. */
const fewestJudged = 20;

/** Why a run must stop because too many answers failed, or nothing when it may go on. */
export function judgeErrors(
  counts: { readonly done: number; readonly failed: number },
  variant: { readonly done: number; readonly failed: number; readonly model: string; readonly lastFailure: string },
  limits: RunLimits,
): WorkbenchError | undefined {
  if (variant.failed >= fewestJudged && variant.failed === variant.done) {
    return new WorkbenchError(
      'run-failed',
      `${variant.model} answered none of the first ${String(variant.done)} samples: ${variant.lastFailure}`,
      {
        remedy: 'Correct the connection, then resume the run; answered samples are kept.',
      },
    );
  }
  if (limits.maxErrorRate === undefined || counts.done < fewestJudged) return undefined;
  const rate = counts.failed / counts.done;
  if (rate <= limits.maxErrorRate) return undefined;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return new WorkbenchError(
    'error-rate-exceeded',
    `${percent(rate)} of ${String(counts.done)} samples failed, over the limit of ${percent(limits.maxErrorRate)}; last: ${variant.lastFailure}`,
    { remedy: 'Resume the run once the cause is mended, or raise limits.maxErrorRate.' },
  );
}

/**
 * Keeps a run within its budget. A request reserves its estimated cost before it is sent and settles the real cost after,
 * so that requests under way together cannot pass the budget either.
 */
export class Budget {
  readonly #limit: number | undefined;
  #spent: number;
  #reserved = 0;

  constructor(limit: number | undefined, spentBefore: number) {
    this.#limit = limit;
    this.#spent = spentBefore;
  }

  /** Throws `budget-exceeded` when the next request might pass the budget. */
  reserve(estimate: number): void {
    if (this.#limit === undefined) return;
    if (this.#spent + this.#reserved + estimate > this.#limit) {
      throw new WorkbenchError(
        'budget-exceeded',
        `The budget of ${this.#limit.toFixed(2)} USD would be passed: ${this.#spent.toFixed(4)} USD are spent.`,
        { remedy: 'Raise limits.budget in the benchmark and run it again, or ask fewer rows with --limit.' },
      );
    }
    this.#reserved += estimate;
  }

  settle(estimate: number, cost: number): void {
    if (this.#limit !== undefined) this.#reserved -= estimate;
    this.#spent += cost;
  }
}

/** Tokens an answer may take when nothing says how long it may be. */
const assumedOutputTokens = 256;

/** Estimated US dollars for asking a text of `characters`, before it is sent: four characters a token, the longest answer. */
export function estimateCost(characters: number, maxTokens: number | undefined, price: Connection['price']): number {
  if (price === undefined) return 0;
  return (estimateTokens(characters) * price.input + (maxTokens ?? assumedOutputTokens) * price.output) / 1_000_000;
}

/** Four characters a token: the usual rule of thumb for English. Always shown as an estimate. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
