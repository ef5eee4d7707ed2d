import path from 'node:path';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { describePerson, nameOfVersion } from '../../engine/promotion/version.ts';
import { compareVersions } from '../../engine/registry/compare.ts';
import { describeModel, describeVersion, listRegistry } from '../../engine/registry/details.ts';
import { publishRun } from '../../engine/registry/publish.ts';
import { registerRun } from '../../engine/registry/register-run.ts';
import { renderModel, renderRegistry, renderVersion, renderVersionComparison } from '../../engine/registry/text.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { readVersionName, requireVersion } from '../version-reference.ts';
import { print, withGovernance, type Run } from './governed.ts';
import { addIngest } from './registry-ingest.ts';
import { addReleaseSteps } from './release.ts';

interface RegisterOptions {
  readonly model?: string;
  readonly alias?: string;
  readonly card?: string;
  readonly epoch?: number;
  readonly description?: string;
}

export function addRegistry(program: Command, run: Run): void {
  const registry = program
    .command('registry')
    .description('Register, compare, approve and promote model versions')
    .addHelpText(
      'after',
      '\nMODEL@V names a version by its number or an alias. Names are git identities, self-asserted.',
    );
  registry
    .command('list')
    .description('Registered models')
    .option('--archived', 'archived models too')
    .action((options: { readonly archived?: boolean }, command: Command) =>
      run(() => list(options.archived === true, globalOptions(command))),
    );
  registry
    .command('show')
    .description('A model with its versions, or one version with all that is known of it')
    .argument('<version>', 'MODEL or MODEL@V')
    .action((name: string, _options: unknown, command: Command) => run(() => show(name, globalOptions(command))));
  registry
    .command('register')
    .description("Register a tuning run's checkpoint as a model version")
    .argument('<run>', 'id of the tuning run, or the beginning of one')
    .option('-m, --model <name>', "the model; default: what the tuning job's `register` says")
    .option('--alias <alias>', 'alias moved to the version (default: candidate)')
    .option('--card <file>', 'Markdown file kept as its model card')
    .option('--epoch <number>', 'checkpoint of this epoch instead of the best one', readEpoch)
    .option('--description <text>', 'what is new in this version')
    .action((id: string, options: RegisterOptions, command: Command) =>
      run(() => register(id, options, globalOptions(command))),
    );
  registry
    .command('publish')
    .description("Add a benchmark run's figures to the versions it asked; done by itself when a run succeeds")
    .argument('<run>', 'id of the benchmark run, or the beginning of one')
    .action((id: string, _options: unknown, command: Command) => run(() => publish(id, globalOptions(command))));
  registry
    .command('alias')
    .description('Move an alias to a version, or remove it')
    .argument('<version>', 'MODEL@V; with --delete MODEL is enough')
    .argument('<alias>')
    .option('--delete', 'remove the alias')
    .action((name: string, alias: string, options: { readonly delete?: boolean }, command: Command) =>
      run(() => setAlias(name, alias, options.delete === true, globalOptions(command))),
    );
  registry
    .command('compare')
    .description('Versions side by side; figures only where they were measured on the same rows')
    .argument('<version...>', 'MODEL@V')
    .action((names: readonly string[], _options: unknown, command: Command) =>
      run(() => compare(names, globalOptions(command))),
    );
  registry
    .command('archive')
    .description('Take a model out of use; nothing is deleted')
    .argument('<model>')
    .option('--undo', 'bring it back')
    .action((model: string, options: { readonly undo?: boolean }, command: Command) =>
      run(() => archive(model, options.undo !== true, globalOptions(command))),
    );
  addIngest(registry, run);
  addReleaseSteps(registry, run);
}

function readEpoch(text: string): number {
  const epoch = Number(text);
  if (Number.isInteger(epoch) && epoch >= 0) return epoch;
  throw new WorkbenchError('usage', `"${text}" is no epoch.`, { remedy: 'Give a whole number.' });
}

function list(archived: boolean, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store }, _folder, signal) => {
    const all = await listRegistry(store, signal);
    const models = all.models.filter(({ model }) => archived || model.state === 'LIVE');
    if (models.length > 0 || options.json === true) print({ models }, renderRegistry(models), options);
    else printNote('No model is registered here yet. Register one: `aiwb registry register RUN --model my-model`.');
    return 0;
  });
}

function show(text: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store }, _folder, signal) => {
    const { model, version } = readVersionName(text);
    if (version === undefined) {
      const details = await describeModel(model, store, signal);
      print(details, renderModel(details), options);
    } else {
      const details = await describeVersion(model, version, store, signal);
      print(details, renderVersion(details), options);
    }
    return 0;
  });
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
        runId,
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

function publish(runId: string, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store, identities }, folder, signal) => {
    const actor = await identities.whoAmI(folder, signal);
    const versions = await publishRun(runId, store, signal, actor);
    const names = versions.map(nameOfVersion).join(', ');
    const none = 'The run asked no registered version: there is nothing to add its figures to.';
    print({ versions }, names === '' ? none : `The run's figures are with ${names}.`, options);
    return 0;
  });
}

function setAlias(name: string, alias: string, remove: boolean, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store, identities }, folder, signal) => {
    const { model, version } = remove ? { ...readVersionName(name), version: undefined } : requireVersion(name);
    const actor = await identities.whoAmI(folder, signal);
    const changed = await store.registry.setAlias(model, alias, version, actor);
    const at = Object.hasOwn(changed.aliases, alias) ? changed.aliases[alias] : undefined;
    print(changed, at === undefined ? `${model} has no alias ${alias}.` : `${alias} is ${model}@${at}.`, options);
    return 0;
  });
}

function compare(names: readonly string[], options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store }, _folder, signal) => {
    const comparison = await compareVersions(names.map(readVersionName), store, signal);
    print(comparison, renderVersionComparison(comparison), options);
    return 0;
  });
}

function archive(model: string, archived: boolean, options: GlobalOptions): Promise<ExitCode> {
  return withGovernance(options, async ({ store, identities }, folder, signal) => {
    const changed = await store.registry.setArchived(model, archived, await identities.whoAmI(folder, signal));
    print(changed, `${model} is ${changed.state === 'ARCHIVED' ? 'archived' : 'in use'}.`, options);
    return 0;
  });
}
