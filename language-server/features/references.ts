import type { Feature } from '../feature.ts';

/** Everything in the workspace that names the same thing. */
export const references: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
