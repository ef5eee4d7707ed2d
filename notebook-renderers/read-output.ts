import { unpackOutput } from '../schemas/packed-output.ts';
import type { Validator } from '../schemas/generated/validators.js';

export type ReadOutput<T> =
  { readonly kind: 'output'; readonly output: T } | { readonly kind: 'newer' } | { readonly kind: 'unreadable' };

/** Anybody may have written a notebook's outputs: nothing is taken for one of ours that does not fit its schema. */
export function readOutput<T>(input: unknown, validate: Validator<T>): ReadOutput<T> {
  const output = unpackOutput(input);
  if (validate(output)) return { kind: 'output', output };
  const version: unknown =
    typeof input === 'object' && input !== null && 'version' in input ? input.version : undefined;
  return typeof version === 'number' && version > 1 ? { kind: 'newer' } : { kind: 'unreadable' };
}
