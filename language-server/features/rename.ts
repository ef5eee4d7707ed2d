import type { Feature } from '../feature.ts';

/** Renames a thing wherever the workspace names it. */
export const rename: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
