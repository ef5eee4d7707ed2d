import { WorkbenchError } from '../../engine/base/errors.ts';
import { didYouMean } from '../../engine/base/suggest.ts';

const mostListed = 10;

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
  const names =
    aliases.length === 0 ? '' : ` and the ${aliases.length === 1 ? 'alias' : 'aliases'} ${listSome(aliases)}`;
  return new WorkbenchError('registry-not-found', message, { remedy: `It has ${versions}${names}.` });
}

function listSome(names: readonly string[]): string {
  const more = names.length - mostListed;
  return names.slice(0, mostListed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
