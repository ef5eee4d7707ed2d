import type { Platform } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** A platform as `workbench.yaml` declares it. */
export interface ChosenPlatform {
  readonly name: string;
  readonly settings: Platform;
}

const local: ChosenPlatform = { name: 'local', settings: { type: 'local' } };

/** The platform of this name: declared under `compute`, or `local`, which always exists. Throws `usage` for any other. */
export function choosePlatform(name: string, { config, path }: Workspace): ChosenPlatform {
  const declared = config.compute ?? {};
  const settings = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (settings !== undefined) return { name, settings };
  if (name === local.name) return local;
  const names = [...new Set([local.name, ...Object.keys(declared)])];
  throw new WorkbenchError('usage', `No platform is called "${name}"${didYouMean(name, names)}.`, {
    remedy: `There are: ${names.join(', ')}. Others are declared under \`compute\` in workbench.yaml.`,
    ...(path === undefined ? {} : { place: { path } }),
  });
}

/** All platforms: those that are declared, and `local`. */
export function listPlatforms({ config }: Workspace): readonly ChosenPlatform[] {
  const declared = Object.entries(config.compute ?? {}).map(([name, settings]) => ({ name, settings }));
  return declared.some(({ name }) => name === local.name) ? declared : [local, ...declared];
}
