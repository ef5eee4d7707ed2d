import type { Platform } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { LinearJobPorts } from './linear-job.ts';
import { createLocalPlatform } from './local-platform.ts';
import type { TuningPlatform } from './platform.ts';

/** A platform as `workbench.yaml` declares it. */
export interface ChosenPlatform {
  readonly name: string;
  readonly type: Platform['type'];
}

const local: ChosenPlatform = { name: 'local', type: 'local' };

/** The platform of this name: declared under `compute`, or `local`, which always exists. Throws `usage` for any other. */
export function choosePlatform(name: string, { config, path }: Workspace): ChosenPlatform {
  const declared = config.compute ?? {};
  const platform = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (platform !== undefined) return { name, type: platform.type };
  if (name === local.name) return local;
  const names = [...new Set([local.name, ...Object.keys(declared)])];
  throw new WorkbenchError('usage', `No platform is called "${name}"${didYouMean(name, names)}.`, {
    remedy: `There are: ${names.join(', ')}. Others are declared under \`compute\` in workbench.yaml.`,
    ...(path === undefined ? {} : { place: { path } }),
  });
}

type CreatePlatform = (name: string, ports: LinearJobPorts) => TuningPlatform;

/** How a platform's client is made, for each type that `workbench.yaml` may declare. */
const clients: Readonly<Partial<Record<ChosenPlatform['type'], CreatePlatform>>> = { local: createLocalPlatform };

export function createPlatform({ name, type }: ChosenPlatform, ports: LinearJobPorts): TuningPlatform {
  const create = clients[type];
  if (create === undefined) throw new Error(`No client for ${type}.`);
  return create(name, ports);
}
