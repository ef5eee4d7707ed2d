import type { Feature } from '../feature.ts';

/** What the workspace declares, by name. */
export const workspaceSymbols: Feature = {
  capabilities: () => ({}),
  register: () => undefined,
};
