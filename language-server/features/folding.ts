import type { Feature } from '../feature.ts';

/** Fields, list items, texts and comments that can be folded. */
export const folding: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
