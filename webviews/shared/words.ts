import type {
  FailureClass,
  GateResult,
  RunKind,
  RunState,
  RunSummary,
  Verdict,
} from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';
import type { IconName } from './icons.ts';
import { countOf, formatCount } from './format.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'neutral' | 'busy';

interface StateWords {
  readonly text: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

const states: Readonly<Record<RunState, StateWords>> = {
  queued: { text: 'Queued', icon: 'clock', tone: 'neutral' },
  provisioning: { text: 'Getting ready', icon: 'spinner', tone: 'busy' },
  running: { text: 'Running', icon: 'spinner', tone: 'busy' },
  cancelling: { text: 'Cancelling', icon: 'spinner', tone: 'busy' },
  succeeded: { text: 'Finished', icon: 'pass', tone: 'good' },
  failed: { text: 'Failed', icon: 'error', tone: 'bad' },
  cancelled: { text: 'Cancelled', icon: 'slash', tone: 'neutral' },
  lost: { text: 'Lost', icon: 'warning', tone: 'warn' },
};

export function stateWords(state: RunState): StateWords {
  return states[state];
}

export function isActive(state: RunState): boolean {
  return !isEnded(state);
}

const unitsOfWork: Readonly<Record<RunKind, string>> = { benchmark: 'sample', tune: 'epoch', prompt: 'answer' };

/** What a run has done, in what it counts: `480 samples`, `25 epochs`. */
export function doneWords({ kind, progress }: RunSummary): string {
  return countOf(progress.done, unitsOfWork[kind]);
}

/** `1,012 of 1,920 samples`, `12 of 25 epochs`. */
export function progressWords({ kind, progress }: RunSummary): string {
  return `${formatCount(progress.done)} of ${countOf(progress.total, unitsOfWork[kind])}`;
}

const failures: Readonly<Record<FailureClass, string>> = {
  'rate-limit': 'rate limited',
  server: 'server errors',
  network: 'no connection',
  timeout: 'no answer in time',
  refused: 'refused by the endpoint',
  malformed: 'unreadable answers',
  client: 'requests rejected',
  model: 'failures inside the model',
};

/** `timeout` becomes `no answer in time`; a class from a newer engine stays as it is. */
export function failureWords(failureClass: string): string {
  return Object.hasOwn(failures, failureClass) ? failures[failureClass as FailureClass] : failureClass;
}

/** `12 samples failed: 9 rate limited, 3 no answer in time`. Undefined where none did. */
export function failedSentence(failed: number, errors: Readonly<Record<string, number>>): string | undefined {
  if (failed === 0) return undefined;
  const classes = Object.entries(errors).sort(([, a], [, b]) => b - a);
  const total = countOf(failed, 'sample');
  const [first, ...others] = classes;
  if (first === undefined) return `${total} failed`;
  if (others.length === 0) return `${total} failed: ${failureWords(first[0])}`;
  return `${total} failed: ${classes.map(([name, count]) => `${String(count)} ${failureWords(name)}`).join(', ')}`;
}

const verdicts: Readonly<Record<Verdict, { text: string; icon: IconName; tone: Tone }>> = {
  better: { text: 'Better', icon: 'arrowUp', tone: 'good' },
  worse: { text: 'Worse', icon: 'arrowDown', tone: 'bad' },
  'not-distinguishable': { text: 'Not distinguishable', icon: 'equal', tone: 'neutral' },
  'not-computed': { text: 'Not computed', icon: 'slash', tone: 'neutral' },
};

export function verdictWords(verdict: Verdict): { text: string; icon: IconName; tone: Tone } {
  return verdicts[verdict];
}

const gates: Readonly<Record<GateResult['outcome'], { text: string; icon: IconName; tone: Tone }>> = {
  met: { text: 'Gate met', icon: 'pass', tone: 'good' },
  'not-met': { text: 'Gate not met', icon: 'error', tone: 'bad' },
  'not-computed': { text: 'Gate not computed', icon: 'slash', tone: 'warn' },
};

export function gateWords(outcome: GateResult['outcome']): { text: string; icon: IconName; tone: Tone } {
  return gates[outcome];
}
