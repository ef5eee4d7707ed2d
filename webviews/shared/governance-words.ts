import type {
  Approval,
  CheckState,
  ControlOutcome,
  ControlResult,
  ControlSeverity,
  FrameworkEntry,
  GateCheck,
  Identity,
  PolicyGate,
  PolicyLevel,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import type { IconName } from './icons.ts';
import { showUnseen } from './text.ts';
import type { Tone } from './words.ts';

export interface Look {
  readonly text: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

const outcomes: Readonly<Record<ControlOutcome, Look>> = {
  compliant: { text: 'Compliant', icon: 'pass', tone: 'good' },
  partial: { text: 'Partial', icon: 'half', tone: 'warn' },
  'non-compliant': { text: 'Not compliant', icon: 'error', tone: 'bad' },
  'not-applicable': { text: 'Not applicable', icon: 'slash', tone: 'neutral' },
  'not-assessed': { text: 'Not assessed', icon: 'question', tone: 'warn' },
};

export function outcomeWords(outcome: ControlOutcome): Look {
  return outcomes[outcome];
}

const checkStates: Readonly<Record<CheckState, Look>> = {
  pass: { text: 'Passed', icon: 'pass', tone: 'good' },
  fail: { text: 'Failed', icon: 'error', tone: 'bad' },
  error: { text: 'Could not be checked', icon: 'warning', tone: 'warn' },
  stale: { text: 'Evidence too old', icon: 'clock', tone: 'warn' },
  missing: { text: 'Evidence missing', icon: 'absent', tone: 'warn' },
  'needs-review': { text: 'Needs review', icon: 'review', tone: 'warn' },
  'not-applicable': { text: 'Not applicable', icon: 'slash', tone: 'neutral' },
};

export function checkWords(state: CheckState): Look {
  return checkStates[state];
}

const openStates = ['needs-review', 'missing', 'stale', 'error'] as const satisfies readonly CheckState[];
export type OpenReason = (typeof openStates)[number] | 'undecided';

/** Why a control has not been assessed: what a person can do most about comes first. */
export function openReason({ checks }: ControlResult): OpenReason {
  return openStates.find(reason => checks.some(({ state }) => state === reason)) ?? 'undecided';
}

/** A control's outcome; where it was not assessed, why. */
export function controlWords(control: ControlResult): Look {
  const reason = control.outcome === 'not-assessed' ? openReason(control) : 'undecided';
  return reason === 'undecided' ? outcomes[control.outcome] : checkStates[reason];
}

const policyGates: Readonly<Record<PolicyGate['outcome'], Look>> = {
  passed: { text: 'Passed', icon: 'pass', tone: 'good' },
  failed: { text: 'Failed', icon: 'error', tone: 'bad' },
  'not-computed': { text: 'Not computed', icon: 'slash', tone: 'warn' },
};

export function policyGateWords(outcome: PolicyGate['outcome']): Look {
  return policyGates[outcome];
}

const conditions: Readonly<Record<GateCheck['outcome'], Look>> = {
  met: { text: 'Met', icon: 'pass', tone: 'good' },
  'not-met': { text: 'Not met', icon: 'error', tone: 'bad' },
  'not-computed': { text: 'Not computed', icon: 'slash', tone: 'warn' },
};

export function conditionWords(outcome: GateCheck['outcome']): Look {
  return conditions[outcome];
}

const approvals: Readonly<Record<Approval['state'], Look>> = {
  none: { text: 'No approval', icon: 'absent', tone: 'neutral' },
  requested: { text: 'Approval requested', icon: 'clock', tone: 'busy' },
  approved: { text: 'Approved', icon: 'pass', tone: 'good' },
  void: { text: 'Approval void', icon: 'warning', tone: 'warn' },
};

export function approvalWords(state: Approval['state']): Look {
  return approvals[state];
}

type SignatureState = NonNullable<ScorecardView['signature']>['state'];

const signatures: Readonly<Record<SignatureState, Look>> = {
  valid: { text: 'Signed', icon: 'pass', tone: 'good' },
  'unknown-signer': { text: 'Signed by somebody nobody vouches for', icon: 'question', tone: 'warn' },
  invalid: { text: 'The signature does not hold', icon: 'error', tone: 'bad' },
};

export function signatureWords(state: SignatureState): Look {
  return signatures[state];
}

const frameworkStates: Readonly<Record<FrameworkEntry['state'], Look>> = {
  satisfied: { text: 'satisfied', icon: 'pass', tone: 'good' },
  partial: { text: 'partial', icon: 'half', tone: 'warn' },
  'not-satisfied': { text: 'not satisfied', icon: 'error', tone: 'bad' },
  'not-assessed': { text: 'not assessed', icon: 'question', tone: 'warn' },
  'not-applicable': { text: 'not applicable', icon: 'slash', tone: 'neutral' },
  'not-mapped': { text: 'not mapped', icon: 'absent', tone: 'neutral' },
};

export function frameworkWords(state: FrameworkEntry['state']): Look {
  return frameworkStates[state];
}

/** `Failed: 2 of 5 conditions…`: the word leads the sentence, where it does not lead it already. */
export function leadSentence(word: string, sentence: string): string {
  if (sentence === '') return word;
  return sentence.toLowerCase().startsWith(word.toLowerCase()) ? sentence : `${word}: ${sentence}`;
}

/** From the most severe. */
export const severities: readonly ControlSeverity[] = ['critical', 'high', 'medium', 'low'];

const severityNames: Readonly<Record<ControlSeverity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

export function severityName(severity: ControlSeverity): string {
  return severityNames[severity];
}

/** From the widest. */
export const levels: readonly PolicyLevel[] = ['country', 'industry', 'corporate', 'team'];

const levelNames: Readonly<Record<PolicyLevel, string>> = {
  country: 'Country',
  industry: 'Industry',
  corporate: 'Corporate',
  team: 'Team',
};

export function levelName(level: PolicyLevel): string {
  return levelNames[level];
}

/** `Ada Lim (ada@marlo.example, self-asserted)`: who, and how far that is proved. */
export function identityWords({ name, email, assurance }: Identity): string {
  const proof = assurance === 'signed' ? 'signed' : 'self-asserted';
  const address = showUnseen(email);
  return name === undefined || name === '' ? `${address} (${proof})` : `${showUnseen(name)} (${address}, ${proof})`;
}

/** Who, in short, where the whole stands elsewhere. */
export function identityName({ name, email }: Identity): string {
  return showUnseen(name === undefined || name === '' ? email : name);
}
