import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { archive } from '../../engine/registry/archive.ts';
import { editEntry } from '../../engine/registry/edit.ts';
import { formatReference } from '../../engine/base/registry-reference.ts';
import { allowOriginOption, type AccessOptions } from '../access.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { readVersionName } from '../version-reference.ts';
import { print, withRegistries, type Run } from './governed.ts';

interface EditOptions extends AccessOptions {
  readonly description?: string;
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
}

interface ArchiveOptions extends AccessOptions {
  readonly undo?: boolean;
}

/** Small changes of what is in a registry. */
export function addRegistryEdits(registry: Command, run: Run): void {
  registry
    .command('edit')
    .description('Change the description and properties of a model or version')
    .argument('<version>', '[REGISTRY/]MODEL or [REGISTRY/]MODEL@V')
    .option('--description <text>')
    .option('--set <key=value>', 'set a property; numbers, true and false are taken as such (may be repeated)', collect)
    .option('--unset <key>', 'remove a property (may be repeated)', collect)
    .option(...allowOriginOption)
    .action((name: string, options: EditOptions, command: Command) =>
      run(() => edit(name, options, globalOptions(command))),
    );
  registry
    .command('archive')
    .description('Take a model, or one version of it, out of use; nothing is deleted')
    .argument('<model>', '[REGISTRY/]MODEL or [REGISTRY/]MODEL@V')
    .option('--undo', 'bring it back')
    .option(...allowOriginOption)
    .action((name: string, options: ArchiveOptions, command: Command) =>
      run(() => archiveEntry(name, options, globalOptions(command))),
    );
}

function edit(
  text: string,
  { description, set = [], unset = [], ...access }: EditOptions,
  global: GlobalOptions,
): Promise<ExitCode> {
  return withRegistries(global, access, async ({ store, identities }, registries, folder, signal) => {
    const { registry, model, version } = readVersionName(text);
    const properties = [...set.map(readProperty), ...unset.map(key => [key, undefined] as const)];
    if (description === undefined && properties.length === 0) {
      throw new WorkbenchError('usage', 'Nothing is to be changed.', {
        remedy: 'Give --description, --set key=value or --unset key.',
      });
    }
    const actor = await identities.whoAmI(folder, signal);
    const change = {
      ...(description === undefined ? {} : { description }),
      ...(properties.length === 0 ? {} : { customProperties: Object.fromEntries(properties) }),
    };
    const target = { model, version };
    const changed = await editEntry(registries.open(registry), target, change, actor, store.catalogue, signal);
    print(changed, `${text} is changed.`, global);
    return 0;
  });
}

/** `key=value`; what reads as a number, `true`, `false` or a quoted text is taken as that. */
function readProperty(text: string): readonly [key: string, value: string | number | boolean] {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(equals, 0)).trim();
  if (key === '' || key === '__proto__')
    throw new WorkbenchError('usage', `"${text}" sets no property.`, { remedy: 'Write --set key=value.' });
  const written = text.slice(equals + 1);
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return [key, value];
  } catch {
    // Any other text is a text.
  }
  return [key, written];
}

function archiveEntry(
  text: string,
  { undo = false, ...access }: ArchiveOptions,
  global: GlobalOptions,
): Promise<ExitCode> {
  return withRegistries(global, access, async ({ store, identities }, registries, folder, signal) => {
    const { registry, model, version } = readVersionName(text);
    const actor = await identities.whoAmI(folder, signal);
    const step = { model, version, archived: !undo };
    const changed = await archive(registries.open(registry), step, actor, store.catalogue, signal);
    const name = formatReference({
      ...(registry === undefined ? {} : { registry }),
      model,
      ...(version === undefined ? {} : { version }),
    });
    print(changed, `${name} is ${undo ? 'in use' : 'archived'}.`, global);
    return 0;
  });
}
