import type { Feature } from '../feature.ts';

/** Formats a file, or a part of it. */
export const formatting: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
