import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import type { PolicyDocument } from '../policies/policy-set.ts';

type Applied = AssessmentRecord['policies'][number];

/** The policies an assessment was asked for: those that no other of its policies builds on. The rest is found through `extends`. */
export function rootsOf(policies: readonly Applied[]): readonly Applied[] {
  const extended = new Set(policies.flatMap(policy => policy.extends));
  return policies.filter(({ id }) => !extended.has(id));
}

/** Policies of a record that another set has not, or not with the same text, each in a sentence. */
export function findOtherPolicies(
  recorded: readonly Applied[],
  found: readonly PolicyDocument[],
): readonly { readonly policy: string; readonly sentence: string }[] {
  const now = new Map(found.map(document => [document.policy.id, document]));
  const then = new Set(recorded.map(({ id }) => id));
  return [
    ...recorded.flatMap(({ id, version, digest }) => {
      const other = now.get(id);
      if (other === undefined)
        return [{ policy: id, sentence: `The policy ${id} ${version} is not part of the set any more.` }];
      if (other.digest === digest) return [];
      const what =
        other.policy.version === version
          ? `has version ${version} as then, and another text`
          : `is ${other.policy.version} now and was ${version}`;
      return [{ policy: id, sentence: `The policy ${id} ${what} (${other.file}).` }];
    }),
    ...found
      .filter(({ policy }) => !then.has(policy.id))
      .map(({ policy: { id, version } }) => ({
        policy: id,
        sentence: `The policy ${id} ${version} is part of the set now and was not then.`,
      })),
  ];
}
