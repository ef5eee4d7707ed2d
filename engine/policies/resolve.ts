import { combinePolicies } from './combine.ts';
import type { StatedControl } from './inherited.ts';
import type {
  EffectiveControl,
  EffectiveGate,
  PolicyDocument,
  PolicyLibrary,
  PolicyResolution,
  PolicySet,
} from './policy-set.ts';
import { defaultFailOn, defaultWeights, type SeverityWeights } from './ranks.ts';

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
  const gates = new Map<string, EffectiveGate>();
  const frameworks = new Map<string, PolicySet['frameworks'][number]>();
  for (const node of nodes) {
    const policy = stated.get(node);
    if (policy === undefined) continue;
    weights.set(node.document.policy.id, policy.scoring.weights);
    for (const { gate } of policy.scoring.gates) gates.set(gate.policy, gate);
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
      gates:
        gates.size > 0 ? [...gates.values()] : [{ policy: policies.at(-1)?.policy.id ?? '', failOn: defaultFailOn }],
      frameworks: [...frameworks.values()],
      digest: library.digest.sha256(policies.map(({ digest }) => digest).join('\n')),
    },
  };
}

function toEffective(stated: StatedControl, weights: ReadonlyMap<string, SeverityWeights>): EffectiveControl {
  const policy = stated.origin.document.policy.id;
  const { control, tightenedBy, appliesTo, mappings } = stated;
  const weight = (weights.get(policy) ?? defaultWeights)[control.severity];
  return { control, policy, tightenedBy, weight, appliesTo, mappings };
}
