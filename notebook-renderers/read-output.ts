import type { RunOutput } from '../schemas/generated/messages.ts';
import { validateRunOutput } from '../schemas/generated/validators.js';

export type ReadOutput =
  { readonly kind: 'run'; readonly output: RunOutput } | { readonly kind: 'newer' } | { readonly kind: 'unreadable' };

/** Anybody may have written a notebook's outputs: nothing is taken for a run that does not fit the schema. */
export function readRunOutput(input: unknown): ReadOutput {
  if (validateRunOutput(input)) return { kind: 'run', output: input };
  const version: unknown =
    typeof input === 'object' && input !== null && 'version' in input ? input.version : undefined;
  return typeof version === 'number' && version > 1 ? { kind: 'newer' } : { kind: 'unreadable' };
}
