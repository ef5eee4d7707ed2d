import type { AppliedPolicy, PolicyEntry } from '../../schemas/generated/messages.ts';

/** Paths of the policies somebody chose: those that no other policy of the set builds on. The others are found by themselves. */
export function chosenPolicies(policies: readonly AppliedPolicy[]): string[] {
  const extended = new Set(policies.flatMap(policy => policy.extends));
  return policies.flatMap(({ id, path }) => (path === undefined || extended.has(id) ? [] : [path]));
}

/** Policies that nothing extends, which is what one assesses by; all of them where they extend each other. */
export function leadingPolicies(policies: readonly PolicyEntry[]): PolicyEntry[] {
  const extended = new Set(policies.flatMap(policy => policy.extends ?? []));
  const leading = policies.filter(({ id }) => id === undefined || !extended.has(id));
  return leading.length > 0 ? leading : [...policies];
}
