import type { Feature } from '../feature.ts';

/** Files that are renamed take the paths with them that name them. */
export const fileOperations: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
