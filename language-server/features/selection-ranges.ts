import type { Feature } from '../feature.ts';

/** What grows the selection: word, value, field, mapping, file. */
export const selectionRanges: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
