import type { Feature } from '../feature.ts';

/** Colours for templates, ids and names. */
export const semanticTokens: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
