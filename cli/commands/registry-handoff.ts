import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { HandedOff, HandoffPorts } from '../../engine/handoff/ports.ts';
import { describePublication, publishPending, publishRun, publishVersion } from '../../engine/handoff/publish.ts';
import { pullVersion } from '../../engine/handoff/pull-version.ts';
import { nameOfVersion } from '../../engine/base/version-name.ts';
import type { Publication } from '../../schemas/generated/messages.ts';
import { allowOriginOption } from '../access.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printNote } from '../output.ts';
import { readVersionName, requireLocalVersion, requireVersion } from '../version-reference.ts';
import { print, withRegistries, type Run } from './governed.ts';

interface PublishOptions {
  readonly to?: string;
  readonly version?: string;
  readonly as?: string;
  readonly baseline?: boolean;
  readonly useCase?: string;
  readonly publicData?: boolean;
  readonly hardware?: string;
  readonly tutorialKeys?: boolean;
  readonly pending?: boolean;
  readonly allowOrigin?: readonly string[];
}

interface PullOptions {
  readonly as?: string;
  readonly allowOrigin?: readonly string[];
}

/** What goes to other registries and comes from them. */
export function addHandoff(registry: Command, run: Run): void {
  registry
    .command('publish')
    .description(
      "Add a benchmark run's figures to the versions it asked (done by itself in the local registry when a run succeeds), or put a version into another registry",
    )
    .argument('[what]', 'a run, by its id or the beginning of one; or MODEL@V')
    .option('--to <registry>', 'a registry of workbench.yaml')
    .option('--version <version>', 'the version that the run measured: [REGISTRY/]MODEL@V')
    .option('--as <name>', 'what the model is called there (default: as here)')
    .option('--baseline', "figures of a generic benchmark, for everybody's choice of models")
    .option('--use-case <name>', "figures of a use case (default: the benchmark's name)")
    .option('--public-data', 'name the dataset and send samples along; else only its digest and number of rows leave')
    .option('--hardware <text>', 'what the model ran on, such as "8 x NVIDIA H100"')
    .option('--tutorial-keys', "write the OpenShift AI tutorial's result links too")
    .option('--pending', 'do what was broken off or failed')
    .option(...allowOriginOption)
    .action((what: string | undefined, options: PublishOptions, command: Command) =>
      run(() => publish(what, options, globalOptions(command))),
    );
  registry
    .command('pull')
    .description("Make a local version of another registry's, with its figures, card and weights")
    .argument('<version>', 'REGISTRY/MODEL@V')
    .option('--as <name>', 'what the model is called here (default: as there)')
    .option(...allowOriginOption)
    .action((name: string, options: PullOptions, command: Command) =>
      run(() => pull(name, options, globalOptions(command))),
    );
}

function publish(what: string | undefined, options: PublishOptions, global: GlobalOptions): Promise<ExitCode> {
  return withHandoff(options, global, async (ports, folder, signal) => {
    if (options.pending === true) {
      requireNothingElse(what);
      const filter = { folder, ...(options.to === undefined ? {} : { registry: options.to }) };
      return tellPending(await publishPending(filter, ports, signal), global);
    }
    if (what === undefined) {
      throw new WorkbenchError('usage', 'There is nothing named to publish.', {
        remedy: 'Name a run or MODEL@V; or do what is still to be done: `aiwb registry publish --pending`.',
      });
    }
    if (what.includes('@')) {
      const { model, version } = requireLocalVersion(what);
      const registry = requireTarget(what, options.to);
      const facts = { model, version, registry, folder, ...termsOf(options), ...renamed(options) };
      return tell(await publishVersion(facts, ports, signal), global);
    }
    const facts = { runId: what, folder, ...termsOf(options), ...dataOf(options), ...placeOf(options) };
    return tellRun(await publishRun(facts, ports, signal), global);
  });
}

function withHandoff(
  options: { readonly allowOrigin?: readonly string[] },
  global: GlobalOptions,
  use: (ports: HandoffPorts, folder: string, signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withRegistries(global, { allowOrigin: options.allowOrigin }, (ports, registries, folder, signal) =>
    use({ ...ports, registries, onProgress: printNote }, folder, signal),
  );
}

function requireNothingElse(what: string | undefined): void {
  if (what === undefined) return;
  throw new WorkbenchError('usage', `--pending does all that is open; ${what} cannot be named beside it.`, {
    remedy: `Publish it by its name: \`aiwb registry publish ${what}\`.`,
  });
}

function requireTarget(what: string, to: string | undefined): string {
  if (to !== undefined) return to;
  throw new WorkbenchError('usage', `Where ${what} is to be published is not said.`, {
    remedy: `Name a registry of workbench.yaml: \`aiwb registry publish ${what} --to NAME\`.`,
  });
}

function termsOf({ baseline, useCase, tutorialKeys }: PublishOptions) {
  if (baseline === true && useCase !== undefined) {
    throw new WorkbenchError('usage', 'Figures are a baseline or belong to a use case, not both.', {
      remedy: 'Give --baseline or --use-case.',
    });
  }
  return {
    ...(baseline === true ? { scope: 'baseline' as const } : {}),
    ...(useCase === undefined ? {} : { scope: 'custom' as const, useCase }),
    ...(tutorialKeys === true ? { tutorialKeys } : {}),
  };
}

function renamed({ as: name }: PublishOptions): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

function dataOf({ publicData, hardware }: PublishOptions) {
  return {
    ...(publicData === true ? { private: false } : {}),
    ...(hardware === undefined ? {} : readHardware(hardware)),
  };
}

/** `8 x NVIDIA H100`, or a name alone. */
function readHardware(text: string): { readonly hardwareType: string; readonly hardwareCount?: number } {
  const [, count, type] = /^(\d{1,6})\s*[x×]\s*(\S.*)$/.exec(text.trim()) ?? [];
  if (count !== undefined && type !== undefined && Number(count) > 0)
    return { hardwareType: type, hardwareCount: Number(count) };
  if (text.trim() !== '') return { hardwareType: text.trim() };
  throw new WorkbenchError('usage', 'No hardware is named.', { remedy: 'Write it as "8 x NVIDIA H100".' });
}

function placeOf({ to, version: text }: PublishOptions) {
  if (text === undefined) return to === undefined ? {} : { registry: to };
  const { registry, model, version } = requireVersion(text);
  if (registry !== undefined && to !== undefined && registry !== to) {
    throw new WorkbenchError('usage', `--to says ${to} and --version says ${registry}.`, {
      remedy: 'Name the registry once.',
    });
  }
  const place = registry ?? to;
  return { model, version, ...(place === undefined ? {} : { registry: place }) };
}

/** Figures in the local registry are told as ever. */
function tellRun(handed: HandedOff, global: GlobalOptions): ExitCode {
  const { publications } = handed;
  if (!publications.every(({ registry }) => registry === 'local')) return tell(handed, global);
  for (const note of handed.notes) printNote(note);
  const versions = publications.map(({ model, version }) => ({ model, version }));
  const names = versions.map(nameOfVersion).join(', ');
  const none = 'The run asked no registered version: there is nothing to add its figures to.';
  print({ versions }, names === '' ? none : `The run's figures are with ${names}.`, global);
  return 0;
}

function tell(handed: HandedOff, global: GlobalOptions): ExitCode {
  for (const note of handed.notes) printNote(note);
  print(handed, handed.publications.map(describe).join('\n'), global);
  return handed.publications[0]?.state === 'failed' ? 3 : 0;
}

function tellPending(handed: HandedOff, global: GlobalOptions): ExitCode {
  for (const note of handed.notes) printNote(note);
  if (handed.publications.length === 0 && global.json !== true) printNote('Nothing waits to be published.');
  else print(handed, handed.publications.map(describe).join('\n'), global);
  return handed.publications.some(({ state }) => state === 'failed') ? 3 : 0;
}

/** One publication in a line: what, where, and its page or what kept it. */
function describe(publication: Publication): string {
  const { kind, runId, state, url, failure } = publication;
  const what = kind === 'version' ? 'Published' : kind === 'run' ? `Figures of run ${runId ?? ''}` : 'Status';
  const where = describePublication(publication);
  if (state === 'failed') {
    const { message = 'It failed.', remedy } = failure ?? {};
    return `${where}: not published. ${message}${remedy === undefined ? '' : ` ${remedy}`}`;
  }
  return `${what}${kind === 'version' ? ' as' : ' at'} ${where}${url === undefined ? '' : `: ${url}`}`;
}

function pull(text: string, options: PullOptions, global: GlobalOptions): Promise<ExitCode> {
  return withHandoff(options, global, async (ports, folder, signal) => {
    const { registry, model, version } = readVersionName(text);
    if (registry === undefined || version === undefined) {
      throw new WorkbenchError('usage', `"${text}" names no version of another registry.`, {
        remedy: 'Write REGISTRY/MODEL@VERSION, such as shared/granite@3.',
      });
    }
    const name = options.as === undefined ? {} : { name: options.as };
    const pulled = await pullVersion({ registry, model, version, folder, ...name }, ports, signal);
    for (const note of pulled.notes) printNote(note);
    const here = nameOfVersion(pulled.version);
    print(pulled.version, `${text} is ${here} here. Ask it in a benchmark as registry:${here}.`, global);
    return 0;
  });
}
