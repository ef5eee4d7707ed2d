import type { TrainerFailure } from '../../../schemas/generated/messages.ts';
import { WorkbenchError, type ErrorCode } from '../../base/errors.ts';
import { quoteLine } from '../../models/command/quote.ts';

const codes: Readonly<Record<TrainerFailure['code'], ErrorCode>> = {
  'job-invalid': 'run-failed',
  'data-invalid': 'dataset-invalid',
  'model-unreachable': 'endpoint-unreachable',
  'model-unsuitable': 'model-unsuitable',
  'out-of-memory': 'run-failed',
  'training-diverged': 'training-diverged',
  'deadline-exceeded': 'deadline-exceeded',
  cancelled: 'run-failed',
  'storage-failed': 'run-failed',
  environment: 'environment-unusable',
  unexpected: 'run-failed',
};

const remedies: Readonly<Partial<Record<TrainerFailure['code'], string>>> = {
  'out-of-memory': 'Lower `batchSize` or `maxLength`, or set `gradientCheckpointing: true`.',
  'training-diverged': 'Lower `learningRate`.',
  'deadline-exceeded': 'Raise the deadline; resume the run to go on from where it was.',
  cancelled: 'Resume the run to go on from its last saved state.',
};

/** What made a job fail, in the trainer's words and with its remedy. A trainer may be anybody's: its text is made fit for one line. */
export function failureOf(name: string, { code, message, remedy }: TrainerFailure): WorkbenchError {
  const advice = remedy === undefined || remedy.trim() === '' ? remedies[code] : quoteLine(remedy, 600);
  const said = quoteLine(message, 1200).replace(/[.\s]+$/, '');
  return new WorkbenchError(codes[code], `Training ${name} failed: ${said}.`, {
    remedy: advice ?? 'Look at the run’s log, and resume the run to go on from its last saved state.',
  });
}
