import { WorkbenchError } from '../../base/errors.ts';
import { formatSeconds } from '../../reports/format.ts';
import { budgetExceeded } from '../guards.ts';
import type { Machine, Machines } from './machine.ts';
import { isAlive } from './find-machine.ts';
import { endWords, nounOf, productOf } from './words.ts';

/** Seconds without a sign of life after which a trainer is taken for dead; it gives one every 15 seconds. */
export const silence = 600;
/** Seconds that ending a machine may take, with the time between two looks: so much earlier the budget stops a job. */
export const endingMargin = 120;
/** Seconds for which the trainer may save and end by itself once the deadline is over. */
export const deadlineGrace = 120;

/** What is known when a job is judged. Times are milliseconds of one monotonic clock. */
export interface Watched {
  readonly now: number;
  /** When the machine was asked for. */
  readonly since: number;
  /** When the trainer last wrote something new; undefined before its first word. */
  readonly heard: number | undefined;
  /** What the platform says; `unknown` where it cannot be asked. */
  readonly machine: Machine | 'gone' | 'unknown';
  /** The storage could be read. */
  readonly canHear: boolean;
  /** US dollars of the run, with those of an hour; undefined where no price is known. */
  readonly dollars: number | undefined;
  readonly hourlyPrice: number | undefined;
}

export interface Limits {
  readonly bootDeadline: number;
  /** When the job must be over. */
  readonly until: number | undefined;
  readonly deadline: number | undefined;
  /** US dollars of the whole run. */
  readonly budget: number | undefined;
}

export type Judgement =
  | { readonly kind: 'wait' }
  /** End the machine and fail the run. */
  | { readonly kind: 'stop'; readonly error: WorkbenchError }
  /** Its machine is lost: go on from the saved state on a new one. */
  | { readonly kind: 'replace'; readonly why: string };

/** What has to happen to a job whose trainer has not told its end. */
export function judgeJob({ name, type }: Pick<Machines, 'name' | 'type'>, watched: Watched, limits: Limits): Judgement {
  const { now, since, heard, machine, dollars, hourlyPrice } = watched;
  const { budget, until, deadline = 0 } = limits;
  const noun = nounOf(type);
  if (budget !== undefined && dollars !== undefined) {
    const margin = ((hourlyPrice ?? 0) / 3600) * endingMargin;
    if (dollars + margin >= budget) return { kind: 'stop', error: budgetExceeded(budget, dollars) };
  }
  if (until !== undefined && now > until + deadlineGrace * 1000) {
    return {
      kind: 'stop',
      error: new WorkbenchError('deadline-exceeded', `The deadline of ${formatSeconds(deadline)} passed on ${name}.`, {
        remedy: 'Resume the run to go on for as long again, or raise limits.deadline.',
      }),
    };
  }
  if (machine !== 'unknown' && (machine === 'gone' || !isAlive(machine))) {
    const why = endWords(type, machine === 'gone' ? undefined : machine);
    if (heard !== undefined) return { kind: 'replace', why };
    return { kind: 'stop', error: notStarted(name, type, `it ended before training began (${why})`) };
  }
  if (heard === undefined) {
    const seconds = (now - since) / 1000;
    if (seconds <= limits.bootDeadline) return { kind: 'wait' };
    const why = `no trainer has started on its ${noun} within ${formatSeconds(limits.bootDeadline)} (limits.bootDeadline)`;
    return { kind: 'stop', error: notStarted(name, type, why) };
  }
  if (watched.canHear && machine !== 'unknown' && now - heard > silence * 1000) {
    return { kind: 'replace', why: `nothing was heard from the ${noun} for ${formatSeconds(silence)}` };
  }
  return { kind: 'wait' };
}

function notStarted(name: string, type: Machines['type'], why: string): WorkbenchError {
  return new WorkbenchError('machine-not-started', `Training on ${name} (${productOf(type)}) did not start: ${why}.`, {
    remedy: `The ${nounOf(type)} was ended. Resume the run to try another one, or choose other hardware or another image.`,
  });
}

/** After so many machines a job is not tried again. */
export const mostReplacements = 3;

export function lostTooOften(name: string, type: Machines['type'], why: string): WorkbenchError {
  return new WorkbenchError(
    'machine-lost',
    `Training on ${name} lost its ${nounOf(type)} ${String(mostReplacements + 1)} times, at last: ${why}.`,
    { remedy: 'What was saved stays. Resume the run later, or choose other hardware.' },
  );
}
