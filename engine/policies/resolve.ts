import { combinePolicies, type StatedPolicy } from './combine.ts';
import type { StatedControl } from './inherited.ts';
import type {
  EffectiveControl,
  EffectiveGate,
  PolicyDocument,
  PolicyLibrary,
  PolicyResolution,
  PolicySet,
  ScopedControl,
} from './policy-set.ts';
import type { PolicyNode } from './loading.ts';
import { defaultWeights, type SeverityWeights } from './ranks.ts';
import type { StatedGate } from './scoring-rules.ts';

/**
 * Puts policies and all they extend together for an assessment. A child policy may only make stricter what it inherits; a control
 * that two policies made stricter satisfies both, also where one of the two applies to fewer models. Where anything breaks a rule
 * there is no set. Rejects only with the signal's reason and what the library rejects with.
 */
export async function resolvePolicies(
  documents: readonly PolicyDocument[],
  library: PolicyLibrary,
  signal: AbortSignal,
): Promise<PolicyResolution> {
  const { nodes, stated, controls, library: known, findings } = await combinePolicies(documents, library, signal);
  if (findings.length > 0) return { set: undefined, findings };
  const policies = nodes.map(node => node.document);
  const weights = new Map<string, SeverityWeights>();
  const gates = new Map<string, StatedGate>();
  const frameworks = new Map<string, PolicySet['frameworks'][number]>();
  for (const node of nodes) {
    const policy = stated.get(node);
    if (policy === undefined) continue;
    weights.set(node.document.policy.id, policy.scoring.weights);
    for (const each of policy.scoring.gates) gates.set(each.gate.policy, each);
    for (const { id, version } of node.document.policy.frameworks ?? []) {
      const framework = known.find(id, version);
      if (framework !== undefined) frameworks.set(`${id} ${version}`, framework);
    }
  }
  return {
    findings: [],
    set: {
      policies,
      controls: [...controls.values()].map(control => toEffective(control, weights)),
      gates: withoutRepeated([...gates.values()]).map(gate => withScope(gate, nodes, stated, weights, controls)),
      frameworks: [...frameworks.values()],
      digest: library.digest.sha256(policies.map(({ digest }) => digest).join('\n')),
    },
  };
}

/** What a policy without a gate implies need not be said twice. */
function withoutRepeated(gates: readonly StatedGate[]): readonly EffectiveGate[] {
  const isRepeated = ({ gate, isImplied }: StatedGate, index: number): boolean =>
    isImplied === true &&
    gates.some(
      (other, at) =>
        (other.isImplied !== true || at > index) && gate.failOn.every(severity => other.gate.failOn.includes(severity)),
    );
  return gates.filter((gate, index) => !isRepeated(gate, index)).map(({ gate }) => gate);
}

/** A gate with what its policy's controls were before others made them stricter or added to them. */
function withScope(
  gate: EffectiveGate,
  nodes: readonly PolicyNode<PolicyDocument>[],
  stated: ReadonlyMap<PolicyNode<PolicyDocument>, StatedPolicy>,
  weights: ReadonlyMap<string, SeverityWeights>,
  all: ReadonlyMap<string, StatedControl>,
): EffectiveGate {
  const node = nodes.find(({ document }) => document.policy.id === gate.policy);
  const own = node && stated.get(node)?.controls;
  if (own === undefined || isWhole(own, all)) return gate;
  const scope = [...own].map(([id, control]): [string, ScopedControl] => {
    const { control: effective, weight } = toEffective(control, weights);
    return [id, { severity: effective.severity, weight, checks: new Set(control.checks.keys()) }];
  });
  return { ...gate, scope: new Map(scope) };
}

function isWhole(own: ReadonlyMap<string, StatedControl>, all: ReadonlyMap<string, StatedControl>): boolean {
  return own.size >= all.size && [...all].every(([id, control]) => own.get(id) === control);
}

function toEffective(stated: StatedControl, weights: ReadonlyMap<string, SeverityWeights>): EffectiveControl {
  const policy = stated.origin.document.policy.id;
  const { control, tightenedBy, appliesTo, mappings } = stated;
  const weight = (weights.get(policy) ?? defaultWeights)[control.severity];
  return { control, policy, tightenedBy, weight, appliesTo, mappings };
}
