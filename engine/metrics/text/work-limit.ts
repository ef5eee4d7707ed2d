import { WorkbenchError } from '../../base/errors.ts';

/** Steps of 32 cells that one comparison of two texts may take: some ten seconds. */
const maxSteps = 2 ** 30;

/**
 * Refuses a comparison whose effort is the product of two lengths where that would take minutes: two texts of 100,000 words pass, two of 200,000 do not.
 * `steps` is given where it is not (length of the reference ÷ 32) × length of the hypothesis.
 * @throws WorkbenchError `metric-unsuitable`.
 */
export function checkEffort(
  metric: string,
  referenceLength: number,
  hypothesisLength: number,
  steps = Math.ceil(referenceLength / 32) * hypothesisLength,
): void {
  if (steps <= maxSteps) return;
  throw new WorkbenchError(
    'metric-unsuitable',
    `${metric} cannot compare a target of ${referenceLength} with an answer of ${hypothesisLength} parts: that is more than one sample may take.`,
    { remedy: 'Split such rows, for example by paragraph, or limit the length of answers.' },
  );
}
