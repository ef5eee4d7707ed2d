import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { localSettings } from '../../engine/models/transformers/open.ts';
import type { EnvironmentState, MissingEnvironment, Trainer, TrainerEnvironment } from '../../engine/ports/trainer.ts';
import type { TuningPlan } from '../../engine/tuning/plan.ts';
import {
  createCommand,
  describeEnvironment,
  environmentBytes,
  environmentMissing,
} from '../../engine/models/transformers/environment.ts';
import { loadWorkspace } from '../../engine/workspace/workspace.ts';
import { allowCommandsOption, createTerminalAccess } from '../access.ts';
import { createHost, createRunPorts, workspaceFolderOf } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';

interface EnvironmentOptions extends GlobalOptions {
  readonly create?: boolean;
  readonly remove?: boolean;
  readonly python?: string;
  readonly allowCommands?: boolean;
}

export function addTuneEnvironment(tuning: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  tuning
    .command('environment')
    .description('Show, make or remove the Python environment that models of Transformers train and answer in')
    .option('--create', 'make it where it is missing: fetches several gigabytes')
    .option('--remove', 'remove all environments that the workbench has made')
    .option('--python <path>', "make or look at it with this interpreter and not with the workspace's")
    .option(...allowCommandsOption)
    .action((_options: unknown, command: Command) =>
      run(() => environment({ ...command.opts<EnvironmentOptions>(), ...globalOptions(command) })),
    );
}

async function environment(options: EnvironmentOptions): Promise<ExitCode> {
  if (options.create === true && options.remove === true)
    throw new WorkbenchError('usage', '`--create` and `--remove` exclude each other.', { remedy: 'Name one of them.' });
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const workspace = await loadWorkspace(host.files, await workspaceFolderOf(host, process.cwd()), signal);
    const named = createTerminalAccess(options);
    // What the person names on the command line needs no other leave.
    const access = {
      ...named,
      allowsProgram: (command: readonly string[]) =>
        (options.python !== undefined && command[0] === options.python) || named.allowsProgram(command),
    };
    const { trainer } = await createRunPorts(host, workspace, access, {}, signal);
    const python = options.python ?? localSettings(workspace.config).python;
    if (options.remove === true) return await remove(trainer, options);
    if (options.create === true)
      return show({ state: 'ready', environment: await create(trainer, python, signal) }, options);
    return show(await trainer.inspect(python, signal), options);
  } finally {
    interrupts.dispose();
  }
}

async function remove(trainer: Trainer, { json }: EnvironmentOptions): Promise<ExitCode> {
  const removed = await trainer.remove();
  if (json === true) printJson({ removed });
  else
    printResult(
      removed.length === 0 ? 'There was none to remove.' : removed.map(folder => `Removed ${folder}`).join('\n'),
    );
  return 0;
}

async function create(trainer: Trainer, python: string | undefined, signal: AbortSignal): Promise<TrainerEnvironment> {
  // Asking for it by name is the leave to make it.
  await trainer.permit();
  let last = '';
  return trainer.create(
    python,
    step => {
      if (step !== last) printNote(step);
      last = step;
    },
    signal,
  );
}

/** Exit code 1 where there is none yet. */
function show(state: EnvironmentState, { json }: EnvironmentOptions): ExitCode {
  if (json === true) printJson(state);
  else printResult(state.state === 'ready' ? describeReady(state.environment) : describeMissing(state.missing));
  return state.state === 'ready' ? 0 : 1;
}

function describeReady(environment: TrainerEnvironment): string {
  const { python, folder, libraries } = environment;
  return [
    describeEnvironment(environment),
    `Interpreter  ${python}`,
    `Folder       ${folder ?? 'not made by the workbench'}`,
    `Libraries    ${Object.entries(libraries)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ].join('\n');
}

function describeMissing(missing: MissingEnvironment): string {
  return [
    environmentMissing(missing).message,
    `It would be made in ${missing.folder}`,
    `Libraries    ${missing.requirements.join(', ')}`,
    `Make it with \`${createCommand}\`.`,
  ].join('\n');
}

/**
 * Makes sure before a run is recorded that it may install what it needs: by `--yes`, by asking in a terminal, or because it is there. Throws
 * `environment-missing` otherwise.
 */
export async function agreeOnEnvironment(
  { platform, base }: Pick<TuningPlan, 'platform' | 'base'>,
  trainer: Trainer,
  { yes, json }: { readonly yes?: boolean; readonly json?: boolean },
  signal: AbortSignal,
): Promise<void> {
  if (platform.settings.type !== 'local' || base.kind === 'embedded') return;
  const state = await trainer.inspect(platform.settings.python, signal);
  if (state.state === 'ready' || state.missing.isPermitted) return;
  if (yes !== true && !(await agrees(state.missing, json === true, signal))) throw environmentMissing(state.missing);
  await trainer.permit();
}

async function agrees(missing: MissingEnvironment, json: boolean, signal: AbortSignal): Promise<boolean> {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return false;
  const gigabytes = String(Math.round(environmentBytes / 2 ** 30));
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `Training needs Python libraries (${missing.requirements.slice(0, 3).join(', ')}, …): up to ${gigabytes} GB, once, into ${missing.folder}. Install them? [y/N] `;
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } finally {
    lines.close();
  }
}
