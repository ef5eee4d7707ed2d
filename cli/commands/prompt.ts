import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { exportRuns } from '../../engine/run-exports/export.ts';
import { promptReport } from '../../engine/reports/prompt-report.ts';
import { renderPromptText } from '../../engine/reports/prompt-text.ts';
import { estimateRun } from '../../engine/runs/estimate.ts';
import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import { planRun } from '../../engine/runs/plan-run.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import { createRun, resolveSpec, specifyRun } from '../../engine/runs/start.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { allowCommandsOption, allowOriginOption, checkPrograms, createTerminalAccess, type Access } from '../access.ts';
import { foresee } from '../foresee.ts';
import { createHost, createRunPorts, readPageAssets, withStore, workspaceFolderOf, type Host } from '../composition.ts';
import { renderEstimate } from '../estimate-text.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, readCount, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth, terminalWidth } from '../output.ts';
import { readCases, readDollars, type CaseChoices } from '../prompt-cases.ts';
import { version } from '../version.ts';
import { carryOut, findResumable } from './attempt.ts';
import { findRun } from './stored-runs.ts';

interface PromptOptions extends GlobalOptions, CaseChoices {
  readonly model?: readonly string[];
  readonly repeats?: number;
  readonly budget?: number;
  readonly resume?: string;
  readonly cache?: boolean;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly html?: string;
  readonly allowOrigin?: readonly string[];
  readonly allowCommands?: boolean;
}

export function addPrompt(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('prompt')
    .argument('[file]', 'the .prompt.yml file; not needed with --resume')
    .option('-m, --model <name>', "a model that answers (may be repeated); default: the prompt's own", collect)
    .option('--set <name=value>', 'what a variable stands for (may be repeated)', collect)
    .option('--values <file>', 'a file of rows (.jsonl, .csv, …), each a case')
    .option('--dataset <path>', "take the first rows of a benchmark's dataset as cases")
    .option('--input <column>', 'the column of the dataset that models without a prompt read')
    .option('-n, --limit <rows>', 'how many rows are tried; default 5 of a dataset, all of --values', readCount)
    .option('--repeats <count>', 'ask every case so often', readCount)
    .option('--budget <dollars>', 'the most that may be spent, in US dollars', readDollars)
    .option('--resume <run>', 'go on with a trial that did not finish: its id, or "latest"')
    .option('--no-cache', 'ask everything anew, whatever was answered earlier')
    .option('--dry-run', 'say what would be sent and what it would cost; send nothing')
    .option('--detach', 'run in the background and return at once')
    .option('--html <file>', 'also write the answers as one self-contained page')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((file: string | undefined, _options: unknown, command: Command) =>
      run(() => tryPrompt(file, { ...command.opts<PromptOptions>(), ...globalOptions(command) })),
    );
}

async function tryPrompt(file: string | undefined, options: PromptOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const start = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
    if (options.dryRun === true) return await dryRun(await specify(file, options, host, signal), options, host, signal);
    return await withStore(host, start, options.store, signal, async (store, workspace) => {
      const access = createTerminalAccess(options);
      const record = await createOrFind(file, options, store, workspace, access, host, signal);
      const print = (ended: RunRecord): Promise<void> => printReport(ended, store, host, options);
      return carryOut(record, { store, workspace, access, host, options }, print, signal);
    });
  } finally {
    interrupts.dispose();
  }
}

async function specify(
  file: string | undefined,
  options: PromptOptions,
  host: Host,
  signal: AbortSignal,
): Promise<RunSpec> {
  if (file === undefined) {
    throw new WorkbenchError('usage', 'No prompt was named.', {
      remedy: 'Name a .prompt.yml file: `aiwb prompt my.prompt.yml --model gpt`.',
    });
  }
  const kind = kindOfPath(file);
  if (kind === 'bench' || kind === 'tune') {
    const [what, command] = kind === 'bench' ? ['a benchmark', 'run'] : ['a tuning job', 'tune'];
    throw new WorkbenchError('usage', `${file} is ${what}.`, { remedy: `Run it with \`aiwb ${command} ${file}\`.` });
  }
  const absolute = path.resolve(file);
  const cases = await readCases(options, absolute, host.files, signal);
  const { model: models, limit, repeats, budget } = options;
  return specifyRun(
    {
      path: absolute,
      kind: 'prompt',
      folder: await workspaceFolderOf(host, path.dirname(absolute)),
      origin: 'terminal',
      ...(models === undefined ? {} : { models: [...new Set(models)] }),
      ...(limit === undefined ? {} : { limit }),
      ...(options.cache === false ? { cache: false } : {}),
      trial: {
        ...cases,
        ...(repeats === undefined ? {} : { repeats }),
        ...(budget === undefined ? {} : { budget }),
      },
    },
    host.files,
    host.identities,
    signal,
  );
}

/** A trial is checked whole, with its cases, before anything is recorded: a refusal leaves no trace. */
async function createOrFind(
  file: string | undefined,
  options: PromptOptions,
  store: Store,
  workspace: Workspace,
  access: Access,
  host: Host,
  signal: AbortSignal,
): Promise<RunRecord> {
  const found =
    options.resume === undefined
      ? undefined
      : await findResumable(await findRun(store, options.resume), 'prompt', store);
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  const spec = found?.spec ?? (await resolveSpec(await specify(file, options, host, signal), store, ports, signal));
  if (found === undefined) await planRun(spec, ports, signal);
  checkPrograms(neededPrograms(spec, workspace), access);
  return found ?? createRun(spec, store, ports, signal);
}

async function dryRun(spec: RunSpec, options: PromptOptions, host: Host, signal: AbortSignal): Promise<ExitCode> {
  const workspace = { folder: spec.folder, path: undefined, text: '', config: {} };
  const ports = await createRunPorts(host, workspace, createTerminalAccess({}), {}, signal);
  const estimate = await estimateRun(await foresee(spec, options.store, host, ports, signal), ports, signal);
  if (options.json === true) printJson(estimate);
  else printResult(renderEstimate(estimate));
  return 0;
}

/** A trial that never began has no answers to print. The report is made even after an interrupt. */
async function printReport({ summary, variants }: RunRecord, store: Store, host: Host, options: PromptOptions) {
  if (variants.length === 0) return;
  const { signal } = new AbortController();
  const report = await promptReport(summary.id, store, host.clock, signal);
  if (options.json === true) printJson(report);
  else printResult(renderPromptText(report, terminalWidth(), tableWidth()));
  if (options.html === undefined) return;
  const target = path.resolve(options.html);
  const { files, clock, digest } = host;
  await exportRuns(
    [summary.id],
    'html',
    target,
    { store, files, clock, digest, pageAssets: readPageAssets, workbench: version },
    signal,
  );
  printNote(`Answers: ${path.relative(process.cwd(), target)}`);
}
