import { WorkbenchError } from '../../engine/base/errors.ts';
import { didYouMean } from '../../engine/base/suggest.ts';
import { guardedAliases } from '../../engine/ports/registry.ts';

const modelName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const aliasName = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
/** Aliases that would read as a version: MLflow reserves the same. */
const versionLike = /^(v?\d+|latest)$/i;
const mostListed = 10;

/** Throws `usage` for a name that `registry:MODEL@VERSION` could not carry. */
export function checkModelName(name: string): void {
  if (modelName.test(name)) return;
  throw new WorkbenchError('usage', `${JSON.stringify(name)} cannot be the name of a registered model.`, {
    remedy: 'Use letters, digits, ".", "_" and "-", at most 120 of them, beginning with a letter or digit.',
  });
}

/** Throws `usage` for aliases that read as a version, and for those that only governance may move. */
export function checkFreeAlias(alias: string): void {
  checkAlias(alias);
  if (!guardedAliases.includes(alias)) return;
  throw new WorkbenchError('usage', `The alias "${alias}" is moved by governance only.`, {
    remedy: 'Approve the version, lock its baseline and promote it; or choose another alias.',
  });
}

export function checkAlias(alias: string): void {
  if (aliasName.test(alias) && !versionLike.test(alias)) return;
  const why = versionLike.test(alias) ? 'it reads as a version' : 'it has other characters than aliases may';
  throw new WorkbenchError('usage', `${JSON.stringify(alias)} cannot be an alias: ${why}.`, {
    remedy: 'Use a word such as "candidate": letters, digits, ".", "_" and "-", at most 64, beginning with a letter.',
  });
}

/** The version's number when the text reads as one (`3`, `v3`). */
export function readVersionNumber(text: string): number | undefined {
  const digits = /^v?([1-9]\d{0,8})$/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** No model of this name; says which there are. */
export function modelNotFound(name: string, known: readonly string[]): WorkbenchError {
  const message = `The registry has no model "${name}"${didYouMean(name, known)}.`;
  const remedy =
    known.length === 0
      ? 'Register one first: it has no models yet.'
      : `It has: ${listSome(known)}. See \`aiwb registry list\`.`;
  return new WorkbenchError('registry-not-found', message, { remedy });
}

/** No such version or alias; says which there are. */
export function versionNotFound(
  model: string,
  wanted: string | undefined,
  newest: number,
  aliases: readonly string[],
): WorkbenchError {
  if (newest === 0) {
    const remedy = 'Register a version of it first.';
    return new WorkbenchError('registry-not-found', `The model "${model}" has no versions yet.`, { remedy });
  }
  const message = `The model "${model}" has no version or alias "${wanted ?? ''}"${didYouMean(wanted ?? '', aliases)}.`;
  const versions = newest === 1 ? 'version 1' : `versions 1 to ${newest}`;
  const remedy = `It has ${versions}${aliases.length === 0 ? '' : ` and the aliases ${listSome(aliases)}`}.`;
  return new WorkbenchError('registry-not-found', message, { remedy });
}

function listSome(names: readonly string[]): string {
  const more = names.length - mostListed;
  return names.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
