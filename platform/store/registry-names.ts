import { WorkbenchError } from '../../engine/base/errors.ts';
import { guardedAliases } from '../../engine/ports/registry.ts';

const aliasName = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
/** Aliases that would read as a version; MLflow reserves the same. */
const versionLike = /^(v?\d+|latest)$/i;

/** Throws `usage` for aliases that read as a version, and for those that only governance may move. */
export function checkAlias(alias: string): void {
  if (guardedAliases.includes(alias)) {
    throw new WorkbenchError('usage', `The alias "${alias}" is moved by governance only.`, {
      remedy: 'Have the version approved, lock its baseline and promote it; or choose another alias.',
    });
  }
  if (aliasName.test(alias) && !versionLike.test(alias)) return;
  const why = versionLike.test(alias) ? 'it reads as a version' : 'it has other characters than aliases may';
  throw new WorkbenchError('usage', `${JSON.stringify(alias)} cannot be an alias: ${why}.`, {
    remedy: 'Use a word such as "candidate": letters, digits, ".", "_" and "-", at most 64, beginning with a letter.',
  });
}
