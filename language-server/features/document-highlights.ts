import type { Feature } from '../feature.ts';

/** Other places in the file that name the same thing. */
export const documentHighlights: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
