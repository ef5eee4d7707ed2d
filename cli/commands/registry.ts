import path from 'node:path';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { nameOfVersion } from '../../engine/base/version-name.ts';
import { describePerson } from '../../engine/people/describe-person.ts';
import { keepModel } from '../../engine/registry/archive.ts';
import { compareVersions } from '../../engine/versions/compare.ts';
import { registerRun } from '../../engine/registry/register-run.ts';
import { renderVersionComparison } from '../../engine/registry/text.ts';
import { allowOriginOption, type AccessOptions } from '../access.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { tableWidth } from '../output.ts';
import { readVersionName, requireVersion } from '../version-reference.ts';
import { addPromotionRecords } from './promotion-record.ts';
import { print, withGovernance, withRegistries, type Run } from './governed.ts';
import { addRegistryEdits } from './registry-edit.ts';
import { addRegistryFinding } from './registry-find.ts';
import { addHandoff } from './registry-handoff.ts';
import { addCard } from './registry-card.ts';
import { addLineage } from './registry-lineage.ts';
import { addIngest } from './registry-ingest.ts';
import { addReleaseSteps } from './release.ts';
import { findRun } from './stored-runs.ts';

interface RegisterOptions {
  readonly model?: string;
  readonly alias?: string;
  readonly card?: string;
  readonly epoch?: number;
  readonly description?: string;
}

interface AliasOptions extends AccessOptions {
  readonly delete?: boolean;
}

export function addRegistry(program: Command, run: Run): void {
  const registry = program
    .command('registry')
    .addHelpText(
      'after',
      '\nMODEL@V names a version by its number or an alias. Names are git identities, self-asserted.',
    );
  addRegistryFinding(registry, run);
  addRegistryEdits(registry, run);
  registry
    .command('register')
    .description("Register a tuning run's checkpoint as a model version")
    .argument('<run>', 'id of the tuning run, the beginning of one, or "latest"')
    .option('-m, --model <name>', "the model; default: what the tuning job's `register` says")
    .option('--alias <alias>', 'alias moved to the version (default: candidate)')
    .option('--card <file>', 'Markdown file kept as its model card')
    .option('--epoch <number>', 'checkpoint of this epoch instead of the best one', readEpoch)
    .option('--description <text>', 'what is new in this version')
    .action((id: string, options: RegisterOptions, command: Command) =>
      run(() => register(id, options, globalOptions(command))),
    );
  addHandoff(registry, run);
  registry
    .command('alias')
    .description('Move an alias to a version, or remove it')
    .argument('<version>', 'MODEL@V; with --delete MODEL is enough')
    .argument('<alias>')
    .option('--delete', 'remove the alias')
    .option(...allowOriginOption)
    .action((name: string, alias: string, options: AliasOptions, command: Command) =>
      run(() => setAlias(name, alias, options, globalOptions(command))),
    );
  registry
    .command('compare')
    .description('Versions side by side; figures only where they were measured on the same rows')
    .argument('<version...>', '[REGISTRY/]MODEL@V')
    .option(...allowOriginOption)
    .action((names: readonly string[], options: AccessOptions, command: Command) =>
      run(() => compare(names, options, globalOptions(command))),
    );
  addCard(registry, run);
  addLineage(registry, run);
  addIngest(registry, run);
  addReleaseSteps(registry, run);
  addPromotionRecords(registry, run);
}

function readEpoch(text: string): number {
  const epoch = Number(text);
  if (Number.isInteger(epoch) && epoch >= 0) return epoch;
  throw new WorkbenchError('usage', `"${text}" is no epoch.`, { remedy: 'Give a whole number.' });
}

function register(
  runId: string,
  { model, alias, card, epoch, description }: RegisterOptions,
  options: GlobalOptions,
): Promise<ExitCode> {
  return withGovernance(options, async (ports, folder, signal) => {
    const author = await ports.identities.whoAmI(folder, signal);
    const version = await registerRun(
      {
        runId: await findRun(ports.store, runId),
        author,
        ...(model === undefined ? {} : { model }),
        ...(alias === undefined ? {} : { alias }),
        ...(card === undefined ? {} : { card: path.resolve(card) }),
        ...(epoch === undefined ? {} : { epoch }),
        ...(description === undefined ? {} : { description }),
      },
      ports,
      signal,
    );
    const name = nameOfVersion(version);
    print(
      version,
      `${name} is registered by ${describePerson(version.author)}. Ask it in a benchmark as registry:${name}.`,
      options,
    );
    return 0;
  });
}

function setAlias(name: string, alias: string, options: AliasOptions, global: GlobalOptions): Promise<ExitCode> {
  return withRegistries(global, options, async ({ store, identities }, registries, folder, signal) => {
    const remove = options.delete === true;
    const { registry, model, version } = remove
      ? { ...readVersionName(name), version: undefined }
      : requireVersion(name);
    const actor = await identities.whoAmI(folder, signal);
    const opened = registries.open(registry);
    const changed = await opened.setAlias(model, alias, version, actor, signal);
    await keepModel(opened, changed, store.catalogue);
    const at = Object.hasOwn(changed.aliases, alias) ? changed.aliases[alias] : undefined;
    print(changed, at === undefined ? `${model} has no alias ${alias}.` : `${alias} is ${model}@${at}.`, global);
    return 0;
  });
}

function compare(names: readonly string[], access: AccessOptions, options: GlobalOptions): Promise<ExitCode> {
  return withRegistries(options, access, async ({ store }, registries, _folder, signal) => {
    const comparison = await compareVersions(names.map(readVersionName), registries, store, signal);
    print(comparison, renderVersionComparison(comparison, tableWidth()), options);
    return 0;
  });
}
