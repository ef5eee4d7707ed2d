import type { EpochPoint } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { formatSeconds } from '../reports/format.ts';
import { aspectWords } from './rows.ts';

/** Training this far above where it began, or above guessing, is lost. */
const divergedFactor = 10;

/**
 * Why training must stop because it diverged: a loss, of the training rows or of an aspect's validation rows, that is no number, or over ten
 * times what it was before training. A base that had next to no loss is measured against guessing, ln(classes) nats, instead.
 */
export function judgeDivergence(
  point: EpochPoint,
  before: EpochPoint | undefined,
  classes: number,
  learningRate: number,
): WorkbenchError | undefined {
  const guessing = Math.log(classes);
  const losses = [
    { what: 'training loss', loss: point.trainingLoss, before: before?.trainingLoss },
    ...point.aspects.map(({ aspect, loss }) => ({
      what: `validation loss of ${aspectWords(aspect)}`,
      loss,
      before: before?.aspects.find(candidate => candidate.aspect === aspect)?.loss,
    })),
  ];
  for (const { what, loss, before: start } of losses) {
    const reference = Math.max(start ?? guessing, guessing);
    if (Number.isFinite(loss) && loss <= divergedFactor * reference) continue;
    const value = Number.isFinite(loss)
      ? `is ${loss.toPrecision(3)} nats a row, over ten times the ${reference.toPrecision(3)} it began at`
      : 'is no finite number';
    return new WorkbenchError(
      'training-diverged',
      `Training diverged in epoch ${String(point.epoch)} with learning rate ${String(learningRate)}: the ${what} ${value}.`,
      {
        remedy: `Lower hyperparameters.learningRate, to ${String(learningRate / 10)} for instance; earlier checkpoints are kept.`,
      },
    );
  }
  return undefined;
}

/** The end of a run that reached its deadline. */
export function deadlineExceeded(seconds: number, epochs: number, total: number): WorkbenchError {
  return new WorkbenchError(
    'deadline-exceeded',
    `The deadline of ${formatSeconds(seconds)} passed after ${String(epochs)} of ${String(total)} epochs.`,
    { remedy: 'Resume the run to go on for as long again, or raise limits.deadline.' },
  );
}

/** The end of a run that would cost more than it may. */
export function budgetExceeded(budget: number, spent: number): WorkbenchError {
  return new WorkbenchError(
    'budget-exceeded',
    `The budget of ${budget.toFixed(2)} USD is spent (${spent.toFixed(2)} USD).`,
    { remedy: 'Raise limits.budget and run the job again, or choose a smaller platform.' },
  );
}
