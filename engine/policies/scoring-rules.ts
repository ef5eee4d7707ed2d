import type { ControlSeverity } from '../../schemas/generated/messages.ts';
import { describePlace, type ReportBreach, type Statement } from './places.ts';
import type { EffectiveGate, PolicySource } from './policy-set.ts';
import { reportLoosened } from './inherited.ts';
import { defaultFailOn, defaultWeights, type SeverityWeights } from './ranks.ts';

/** How a policy and all it extends score and gate. */
export interface StatedScoring {
  readonly weights: SeverityWeights;
  /** Where the weights were settled, for a policy that extends this one. */
  readonly weightsStated: Statement;
  /** The policy's own gate and its ancestors', each with its place. */
  readonly gates: readonly StatedGate[];
}

export interface StatedGate {
  readonly gate: EffectiveGate;
  readonly stated: Statement;
  /** The default of a policy that states no gate and inherits none. */
  readonly isImplied?: true;
}

/** A policy's scoring on top of what it inherits. Whatever is less strict is reported. */
export function stateScoring(
  document: PolicySource,
  inherited: readonly StatedScoring[],
  report: ReportBreach,
): StatedScoring {
  const gates = [
    ...new Map(inherited.flatMap(parent => parent.gates.map(item => [item.gate.policy, item] as const))).values(),
  ];
  const own = readGate(
    document,
    gates.map(({ gate }) => gate),
  );
  if (own !== undefined) for (const { gate, stated } of gates) compareGates(gate, stated, document, report);
  return {
    ...stateWeights(document, inherited, report),
    gates: own === undefined ? (gates.length > 0 ? gates : [implyGate(document)]) : [...gates, toStated(own, document)],
  };
}

function toStated(gate: EffectiveGate, document: PolicySource): StatedGate {
  return { gate, stated: { document, path: ['scoring', 'gate'] } };
}

/** Without a gate a policy fails on critical and high controls, and a policy that extends it may ask for no less. */
function implyGate(document: PolicySource): StatedGate {
  const gate = { policy: document.policy.id, failOn: defaultFailOn };
  return { gate, stated: { document, path: ['id'] }, isImplied: true };
}

/** The weights decide what every inherited bar on the score means, so a child may repeat them and not change them. */
function stateWeights(
  document: PolicySource,
  inherited: readonly StatedScoring[],
  report: ReportBreach,
): Pick<StatedScoring, 'weights' | 'weightsStated'> {
  const own = document.policy.scoring?.severityWeights ?? {};
  const [parent] = inherited;
  if (parent === undefined) {
    return {
      weights: { ...defaultWeights, ...own },
      weightsStated: { document, path: ['scoring', 'severityWeights'] },
    };
  }
  for (const other of inherited) {
    for (const [severity, weight] of Object.entries(own) as [ControlSeverity, number][]) {
      const known = other.weights[severity];
      if (weight === known) continue;
      const message = `\`${severity}\` weighs ${weight}, and ${describePlace(other.weightsStated)} weighs it ${known}. A policy that extends another keeps its weights.`;
      const related = [{ ...other.weightsStated, message: 'The weights that are inherited.' }];
      report('loosened-rule', ['scoring', 'severityWeights', severity], message, {
        replacement: String(known),
        related,
      });
    }
    if (other !== parent && !haveSameWeights(other.weights, parent.weights)) {
      const message = `${describePlace(parent.weightsStated)} and ${describePlace(other.weightsStated)} weigh severities differently, so one policy cannot extend both.`;
      const related = [parent.weightsStated, other.weightsStated].map(stated => ({
        ...stated,
        message: `The weights of \`${stated.document.policy.id}\`.`,
      }));
      report('conflicting-rules', ['extends'], message, { part: 'key', related });
    }
  }
  return { weights: parent.weights, weightsStated: parent.weightsStated };
}

function haveSameWeights(first: SeverityWeights, second: SeverityWeights): boolean {
  return (Object.keys(first) as ControlSeverity[]).every(severity => first[severity] === second[severity]);
}

function readGate(document: PolicySource, inherited: readonly EffectiveGate[]): EffectiveGate | undefined {
  const gate = document.policy.scoring?.gate;
  if (gate === undefined) return undefined;
  const { failOn, ...bars } = gate;
  const kept = [...new Set(inherited.flatMap(parent => parent.failOn))];
  return { policy: document.policy.id, failOn: failOn ?? (kept.length > 0 ? kept : defaultFailOn), ...bars };
}

function compareGates(inherited: EffectiveGate, stated: Statement, document: PolicySource, report: ReportBreach): void {
  const own = document.policy.scoring?.gate ?? {};
  const at = ['scoring', 'gate'];
  const dropped = own.failOn === undefined ? [] : inherited.failOn.filter(severity => !own.failOn?.includes(severity));
  if (dropped.length > 0) {
    const names = dropped.map(severity => `\`${severity}\``).join(', ');
    reportLoosened([...at, 'failOn'], `without ${names}`, stated, `${names} as well`, undefined, report);
  }
  for (const field of ['minScore', 'minEvidenceCoverage'] as const) {
    const [known, value] = [inherited[field], own[field]];
    if (known === undefined || value === undefined || value >= known) continue;
    reportLoosened([...at, field], `\`${value}\``, stated, `at least \`${known}\``, String(known), report);
  }
  const [known, value] = [inherited.maxWaived, own.maxWaived];
  if (known !== undefined && value !== undefined && value > known)
    reportLoosened([...at, 'maxWaived'], `\`${value}\``, stated, `at most \`${known}\``, String(known), report);
}
