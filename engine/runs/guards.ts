import type { Connection } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Answer } from '../models/model.ts';
import type { RunLimits } from './limits.ts';

/**
 * US dollars an answer cost: tokens × their price, cached input and reasoning at their own where they have one, plus the price of a
 * request and of transcribed minutes; where the endpoint says what it cost, that. Absent where no price is known, or not a count that the price needs.
 */
export function costOf(answer: Partial<Answer>, price: Connection['price']): number | undefined {
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

/** A failure rate says little before this many samples. */
const fewestJudged = 20;

/** Why a run must stop because too many answers failed, or nothing when it may go on. */
export function judgeErrors(
  counts: { readonly done: number; readonly failed: number },
  variant: {
    readonly done: number;
    readonly failed: number;
    /** Of the failed ones, those the model refused. */
    readonly refused: number;
    readonly model: string;
    readonly lastFailure: string;
  },
  limits: RunLimits,
): WorkbenchError | undefined {
  // A model that refuses all it is asked says something about itself, and is let go on.
  if (variant.failed >= fewestJudged && variant.failed === variant.done && variant.refused < variant.failed) {
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
