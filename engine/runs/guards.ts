import { WorkbenchError } from '../base/errors.ts';
import type { RunLimits } from '../documents/limits.ts';

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
