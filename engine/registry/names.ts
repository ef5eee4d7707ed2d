import { WorkbenchError } from '../base/errors.ts';

const modelName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

/** Throws `usage` for a name that `registry:MODEL@VERSION` could not carry. */
export function checkModelName(name: string): void {
  if (modelName.test(name)) return;
  throw new WorkbenchError('usage', `${JSON.stringify(name)} cannot be the name of a registered model.`, {
    remedy: 'Use letters, digits, ".", "_" and "-", at most 120, beginning with a letter or digit.',
  });
}
