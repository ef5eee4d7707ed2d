import type { EpochPoint, PreflightFinding } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { formatSeconds } from '../reports/format.ts';
import { aspectWords } from './rows.ts';

/** Training this far above where it began, or above guessing, is lost. */
const divergedFactor = 10;

/**
 * Why training must stop because it diverged: a loss, of the training rows or of an aspect's validation rows, that is no number, or over ten
 * times what it was before training. Where classes are known, a base that had next to no loss is measured against guessing,
 * ln(classes) nats, instead. `classes` is 0 where text is generated: then a loss that was not measured before has no bound but a number.
 */
export function judgeDivergence(
  point: EpochPoint,
  before: EpochPoint | undefined,
  classes: number,
  learningRate: number | undefined,
): WorkbenchError | undefined {
  const guessing = classes > 0 ? Math.log(classes) : undefined;
  const losses = [
    { what: 'training loss', loss: point.trainingLoss, before: before?.trainingLoss },
    ...point.aspects.map(({ aspect, loss }) => ({
      what: `validation loss of ${aspectWords(aspect)}`,
      loss,
      before: before?.aspects.find(candidate => candidate.aspect === aspect)?.loss,
    })),
  ];
  for (const { what, loss, before: start } of losses) {
    const reference = referenceLoss(start, guessing);
    if (Number.isFinite(loss) && loss <= divergedFactor * reference) continue;
    const value = Number.isFinite(loss)
      ? `is ${loss.toPrecision(3)} nats a ${classes > 0 ? 'row' : 'token'}, over ten times the ${reference.toPrecision(3)} it began at`
      : 'is no finite number';
    const rate = learningRate === undefined ? '' : ` with learning rate ${String(learningRate)}`;
    const lower = learningRate === undefined ? '' : `, to ${String(learningRate / 10)} for instance`;
    return new WorkbenchError(
      'training-diverged',
      `Training diverged in epoch ${String(Math.ceil(point.epoch))}${rate}: the ${what} ${value}.`,
      { remedy: `Lower hyperparameters.learningRate${lower}; earlier checkpoints are kept.` },
    );
  }
  return undefined;
}

/** Fine-tuned models begin at small losses: below half a nat a token, ten times more is no sign of divergence yet. */
const leastReference = 0.5;

function referenceLoss(start: number | undefined, guessing: number | undefined): number {
  if (guessing !== undefined) return Math.max(start ?? guessing, guessing);
  return start === undefined || !(start > 0) ? Infinity : Math.max(start, leastReference);
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

/** Why a job is not started; undefined where nothing was found that stops it. */
export function judgePreflight(platform: string, findings: readonly PreflightFinding[]): WorkbenchError | undefined {
  const errors = findings.filter(({ level }) => level === 'error');
  const [first] = errors;
  if (first === undefined) return undefined;
  const more = errors.length > 1 ? ` (and ${String(errors.length - 1)} more)` : '';
  const remedies = errors.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  return new WorkbenchError('preflight-failed', `${platform} cannot train this job: ${first.message}${more}`, {
    remedy:
      [...errors.slice(1).map(({ message }) => message), ...remedies].join(' ') || 'Correct it and run the job again.',
  });
}
