import process from 'node:process';
import type { Command } from 'commander';
import type { Store } from '../../engine/ports/store.ts';
import { toWorkbenchError, WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { listRegistries } from '../../engine/registry/browse.ts';
import { describeModel, describeVersion } from '../../engine/versions/details.ts';
import { describeAge, notesOnFound, renderFound, renderRegistries } from '../../engine/registry/find-text.ts';
import { describeFilter } from '../../engine/registry/filter/describe.ts';
import { parseFilter } from '../../engine/registry/filter/parse.ts';
import { findInRegistries, type Found } from '../../engine/registry/find.ts';
import { describeRemoteModel, describeRemoteVersion } from '../../engine/versions/remote-details.ts';
import { syncRegistry, type SyncProgress } from '../../engine/registry/sync.ts';
import { renderModel, renderVersion } from '../../engine/registry/text.ts';
import { allowOriginOption, type AccessOptions } from '../access.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printNote, tableWidth } from '../output.ts';
import { readVersionName } from '../version-reference.ts';
import { print, withRegistries, type Run } from './governed.ts';

interface ListOptions extends AccessOptions {
  readonly registry?: readonly string[];
  readonly all?: boolean;
  readonly archived?: boolean;
  readonly versions?: boolean;
  readonly limit?: number;
}

interface SyncChoice extends AccessOptions {
  readonly whole?: boolean;
}

/** Finding models in all registries, and keeping what is known of them. */
export function addRegistryFinding(registry: Command, run: Run): void {
  registry
    .command('list')
    .alias('search')
    .description(
      'Models with their newest version and its figures; a filter such as "status:approved ttft_p90<200 task:asr"',
    )
    .argument('[filter...]', 'words, field:value and figure<number; see docs/registry-filters.md')
    .option(
      '-r, --registry <name>',
      'look in this registry (may be repeated; default: the local one and those that were read)',
      collect,
    )
    .option('--all', 'ask those too that were never read')
    .option('--archived', 'archived models and versions too')
    .option('--versions', 'every version that matches, not models')
    .option('--limit <number>', 'most rows of each registry (default: 50)', readLimit)
    .option(...allowOriginOption)
    .action((words: readonly string[], options: ListOptions, command: Command) =>
      run(() => list(words.join(' '), options, globalOptions(command))),
    );
  registry
    .command('show')
    .description('A model with its versions, or one version with all that is known of it')
    .argument('<version>', '[REGISTRY/]MODEL or [REGISTRY/]MODEL@V')
    .option(...allowOriginOption)
    .action((name: string, options: AccessOptions, command: Command) =>
      run(() => show(name, options, globalOptions(command))),
    );
  registry
    .command('registries')
    .description('Registries of the workspace: what they can, and how old what is known of them is')
    .action((_options: unknown, command: Command) => run(() => showRegistries(globalOptions(command))));
  registry
    .command('sync')
    .description('Read registries, so that they can be listed and searched at once, and without a network')
    .argument('[name...]', 'default: all that workbench.yaml declares')
    .option('--whole', 'read everything, not only what changed')
    .option(...allowOriginOption)
    .action((names: readonly string[], options: SyncChoice, command: Command) =>
      run(() => sync(names, options, globalOptions(command))),
    );
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new WorkbenchError('usage', `"${text}" is no number of rows.`, { remedy: 'Give a whole number above 0.' });
}

const defaultLimit = 50;

function list(filter: string, options: ListOptions, global: GlobalOptions): Promise<ExitCode> {
  const { registry, all = false, archived = false, versions = false, limit = defaultLimit } = options;
  return withRegistries(global, options, async ({ store, clock }, registries, _folder, signal) => {
    const every = ['local', ...registries.declared.map(({ name }) => name)];
    const names = all ? every : (registry ?? (await whichAreKnown(every, store)));
    const request = { registries: [...new Set(names)], filter, archived, versions, limit };
    const found = await findInRegistries(request, registries, store.catalogue, signal);
    for (const note of notesOnFound(found, clock.now())) printNote(note);
    const isEmpty = found.every(({ rows }) => rows.length === 0);
    if (!isEmpty || global.json === true) print(asJson(found, versions), renderFound(found, tableWidth()), global);
    else printNote(explainNothing(filter, names));
    return 0;
  });
}

/** Those that can be listed without asking anybody. */
async function whichAreKnown(names: readonly string[], { catalogue }: Store): Promise<readonly string[]> {
  const known: string[] = [];
  for (const name of names) {
    if (name === 'local' || (await catalogue.state(name)).syncedAt !== undefined) known.push(name);
  }
  return known;
}

function asJson(found: readonly Found[], versions: boolean) {
  const rows = found.flatMap(one => one.rows);
  return {
    ...(versions
      ? { versions: rows.flatMap(({ version }) => (version === undefined ? [] : [version])) }
      : {
          models: rows.map(({ model, version }) => ({
            ...model,
            ...(version === undefined ? {} : { newest: version }),
          })),
        }),
    registries: found.map(({ rows: shown, ...facts }) => ({ ...facts, shown: shown.length })),
  };
}

function explainNothing(filter: string, names: readonly string[]): string {
  const wanted = describeFilter(parseFilter(filter));
  if (wanted !== '') return `Nothing in ${names.join(', ')} matches: ${wanted}.`;
  return names.includes('local')
    ? 'No model is registered here yet. Register one: `aiwb registry register RUN --model my-model`.'
    : `${names.join(', ')} has no models.`;
}

function show(text: string, access: AccessOptions, global: GlobalOptions): Promise<ExitCode> {
  return withRegistries(global, access, async ({ store, clock }, registries, _folder, signal) => {
    const { registry, model, version } = readVersionName(text);
    const noteAge = (at: number | undefined): void => {
      if (at === undefined) return;
      printNote(`${registry ?? ''} could not be asked: this is what was read ${describeAge(clock.now() - at)} ago.`);
    };
    if (registry === undefined) {
      if (version === undefined) {
        const details = await describeModel(model, store, signal);
        print(details, renderModel(details, tableWidth()), global);
      } else {
        const details = await describeVersion(model, version, store, signal);
        print(details, renderVersion(details, tableWidth()), global);
      }
      return 0;
    }
    const opened = registries.open(registry);
    if (version === undefined) {
      const details = await describeRemoteModel(opened, model, store.catalogue, signal);
      noteAge(details.cachedAt);
      print(details, renderModel(details, tableWidth()), global);
    } else {
      const details = await describeRemoteVersion(opened, model, version, store.catalogue, signal);
      noteAge(details.cachedAt);
      print(details, renderVersion(details, tableWidth()), global);
    }
    return 0;
  });
}

function showRegistries(global: GlobalOptions): Promise<ExitCode> {
  return withRegistries(global, {}, async ({ store, clock }, registries) => {
    const entries = await listRegistries(registries, store);
    print(entries, renderRegistries(entries.registries, clock.now(), tableWidth()), global);
    for (const { name, cache } of entries.registries)
      if (cache.failure !== undefined) printNote(`${name}: ${cache.failure.message}`);
    return 0;
  });
}

function sync(
  names: readonly string[],
  { whole = false, ...access }: SyncChoice,
  global: GlobalOptions,
): Promise<ExitCode> {
  return withRegistries(global, access, async ({ store, clock }, registries, _folder, signal) => {
    const declared = registries.declared.map(({ name }) => name);
    await store.catalogue.retain(declared);
    const wanted = names.length === 0 ? declared : [...new Set(names)];
    if (wanted.length === 0) printNote('No registry is declared in workbench.yaml: there is nothing to read.');
    let failed: WorkbenchError | undefined;
    const line = createLine();
    for (const name of wanted) {
      const opened = registries.open(name);
      if (opened.type === 'local') continue;
      try {
        const options = { whole, onProgress: line.show };
        const { state, mode, models, versions } = await syncRegistry(
          opened,
          { catalogue: store.catalogue, clock },
          options,
          signal,
        );
        line.clear();
        const what = `${models} models and ${versions} versions`;
        if (state === 'busy') printNote(`${name} is being read already.`);
        else printNote(`${name}: ${mode === 'whole' ? `${what} read` : `${what} had changed`}.`);
      } catch (error) {
        line.clear();
        signal.throwIfAborted();
        failed ??= toWorkbenchError(error);
        printNote(`${name} could not be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (failed !== undefined) throw toWorkbenchError(failed);
    const entries = await listRegistries(registries, store);
    print(entries, renderRegistries(entries.registries, clock.now(), tableWidth()), global);
    return 0;
  });
}

/** One line of a terminal that tells how far a reading is. */
function createLine() {
  const terminal = process.stderr.isTTY;
  return {
    show({ registry, models, versions }: SyncProgress): void {
      if (terminal) process.stderr.write(`\r\u001b[2K${registry}: ${models} models, ${versions} versions`);
    },
    clear(): void {
      if (terminal) process.stderr.write('\r\u001b[2K');
    },
  };
}
