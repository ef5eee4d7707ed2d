import type { Feature } from '../feature.ts';

/** Last figures and estimates beside what they belong to. */
export const inlayHints: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
