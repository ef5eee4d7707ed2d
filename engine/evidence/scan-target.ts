import { WorkbenchError } from '../base/errors.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { nameOfVersion } from '../base/version-name.ts';

export interface ChosenTarget {
  readonly target?: string;
  readonly confirmed?: true;
}

/**
 * The scanned model that is the version. A report may be of anything: where its names do not tell, whoever adds it must say so
 * (`target-unconfirmed`), which is kept with it.
 */
export function chooseTarget(
  targets: readonly string[],
  wanted: string | undefined,
  version: LocalVersion,
  path: string,
): ChosenTarget {
  const [only] = targets;
  if (wanted !== undefined) {
    if (targets.includes(wanted))
      return isNamed(wanted, version) ? { target: wanted } : { target: wanted, confirmed: true };
    const names = only === undefined ? 'The report names no model.' : `The report names ${listNames(targets)}.`;
    throw new WorkbenchError('usage', `${path} is not about the model "${wanted}".`, {
      remedy: names,
      place: { path },
    });
  }
  if (only === undefined) return {};
  if (targets.length === 1 && isNamed(only, version)) return { target: only };
  const name = nameOfVersion(version);
  const message =
    targets.length === 1
      ? `${path} is about the model "${only}", and nothing here says that this is ${name}.`
      : `${path} is about several models: ${listNames(targets)}.`;
  throw new WorkbenchError('target-unconfirmed', message, {
    remedy: `If ${targets.length === 1 ? 'it is' : 'one of them is'} ${name}, say so with its name: --target "${only}". That is kept with the report.`,
    place: { path },
  });
}

function listNames(targets: readonly string[]): string {
  return targets
    .slice(0, 10)
    .map(target => `"${target}"`)
    .join(', ');
}

/** Scanners write a model behind its provider's or owner's name. */
function isNamed(target: string, { model, version, aliases }: LocalVersion): boolean {
  const names = new Set([model, ...[version, ...aliases].flatMap(each => [`${model}@${each}`, `${model}:${each}`])]);
  const lower = target.toLowerCase();
  return [...names].some(name => {
    const wanted = name.toLowerCase();
    return lower === wanted || lower.endsWith(`/${wanted}`) || lower.endsWith(`:${wanted}`);
  });
}
