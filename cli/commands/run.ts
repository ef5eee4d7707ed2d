import path from 'node:path';
import type { Command } from 'commander';
import type { Report } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { reportRun } from '../../engine/reports/compare-runs.ts';
import { exportRuns } from '../../engine/run-exports/export.ts';
import { renderJunit } from '../../engine/reports/junit.ts';
import { renderText } from '../../engine/reports/text.ts';
import { estimateRun } from '../../engine/runs/estimate.ts';
import { createRun, kindOfRun, resolveSpec, specifyRun } from '../../engine/runs/start.ts';
import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { createHost, createRunPorts, readPageAssets, withStore, workspaceFolderOf, type Host } from '../composition.ts';
import { allowCommandsOption, allowOriginOption, checkPrograms, createTerminalAccess, type Access } from '../access.ts';
import { foresee } from '../foresee.ts';
import { renderEstimate } from '../estimate-text.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, readCount, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth, terminalWidth } from '../output.ts';
import { carryOut, findResumable } from './attempt.ts';
import { findRun } from './stored-runs.ts';
import { version } from '../version.ts';

interface RunOptions extends GlobalOptions {
  readonly model?: readonly string[];
  readonly limit?: number;
  readonly resume?: string;
  readonly extend?: string;
  readonly cache?: boolean;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly html?: string;
  readonly junit?: string;
  readonly allowOrigin?: readonly string[];
  readonly allowCommands?: boolean;
}

export function addRun(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('run')
    .argument('[file]', 'the .bench.yaml file; not needed with --resume')
    .option('-m, --model <name>', 'only this model of the benchmark (may be repeated)', collect)
    .option('-n, --limit <rows>', 'only the first rows of the test split', readCount)
    .option('--resume <run>', 'go on with a run that did not finish: its id, or "latest"')
    .option('--extend <run>', 'take over the answers of an earlier run where row, model and prompt are the same')
    .option('--no-cache', 'ask every row anew, whatever was answered earlier')
    .option('--dry-run', 'say what would be sent and what it would cost; send nothing')
    .option('--detach', 'run in the background and return at once')
    .option('--html <file>', 'also write the report as one self-contained page')
    .option('--junit <file>', 'also write the gates as JUnit XML, for CI systems')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((file: string | undefined, _options: unknown, command: Command) =>
      run(() => runBenchmark(file, { ...command.opts<RunOptions>(), ...globalOptions(command) })),
    );
}

async function runBenchmark(file: string | undefined, options: RunOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const start = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
    if (options.dryRun === true) return await dryRun(requireFile(file), options, host, signal);
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

function requireFile(file: string | undefined): string {
  const kind = file === undefined ? 'benchmark' : kindOfRun(file);
  if (file !== undefined && kind === 'tune') {
    throw new WorkbenchError('usage', `${file} is a tuning job.`, { remedy: `Run it with \`aiwb tune ${file}\`.` });
  }
  if (file !== undefined && kind === 'prompt') {
    throw new WorkbenchError('usage', `${file} is a prompt.`, { remedy: `Try it with \`aiwb prompt ${file}\`.` });
  }
  if (file !== undefined) return path.resolve(file);
  throw new WorkbenchError('usage', 'No benchmark was named.', {
    remedy: 'Name a .bench.yaml file: `aiwb run my.bench.yaml`.',
  });
}

async function specify(file: string, options: RunOptions, host: Host, signal: AbortSignal): Promise<RunSpec> {
  return specifyRun(
    {
      path: file,
      folder: await workspaceFolderOf(host, path.dirname(file)),
      origin: 'terminal',
      ...(options.model === undefined ? {} : { models: options.model }),
      ...(options.limit === undefined ? {} : { limit: options.limit }),
      ...(options.extend === undefined ? {} : { extends: options.extend }),
      ...(options.cache === false ? { cache: false } : {}),
    },
    host.files,
    host.identities,
    signal,
  );
}

/** Programs that may not be started are refused before anything is recorded. */
async function createOrFind(
  file: string | undefined,
  options: RunOptions,
  store: Store,
  workspace: Workspace,
  access: Access,
  host: Host,
  signal: AbortSignal,
): Promise<RunRecord> {
  const found =
    options.resume === undefined
      ? undefined
      : await findResumable(await findRun(store, options.resume), 'benchmark', store);
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  const spec =
    found?.spec ?? (await resolveSpec(await specify(requireFile(file), options, host, signal), store, ports, signal));
  checkPrograms(neededPrograms(spec, workspace), access);
  return found ?? createRun(spec, store, ports, signal);
}

async function dryRun(file: string, options: RunOptions, host: Host, signal: AbortSignal): Promise<ExitCode> {
  const spec = await specify(file, options, host, signal);
  const ports = await createRunPorts(
    host,
    { folder: spec.folder, path: undefined, text: '', config: {} },
    createTerminalAccess({}),
    {},
    signal,
  );
  const estimate = await estimateRun(await foresee(spec, options.store, host, ports, signal), ports, signal);
  if (options.json === true) printJson(estimate);
  else printResult(renderEstimate(estimate));
  return 0;
}

/** A run that never began has no figures to print; its files tell CI so. The report is made even after an interrupt. */
async function printReport(record: RunRecord, store: Store, host: Host, options: RunOptions): Promise<void> {
  const { signal } = new AbortController();
  const hasBegun = record.variants.length > 0;
  const report = hasBegun ? await reportRun(record.summary.id, store, host.clock, signal) : emptyReport(record, host);
  if (hasBegun && options.json === true) printJson(report);
  else if (hasBegun) printResult(renderText(report, terminalWidth(), tableWidth()));
  if (options.junit !== undefined) {
    await host.files.writeText(path.resolve(options.junit), renderJunit(report));
    printNote(`JUnit: ${options.junit}`);
  }
  if (options.html === undefined || !hasBegun) return;
  const target = path.resolve(options.html);
  const { files, clock, digest } = host;
  await exportRuns(
    [record.summary.id],
    'html',
    target,
    { store, files, clock, digest, pageAssets: readPageAssets, workbench: version },
    signal,
  );
  printNote(`Report: ${path.relative(process.cwd(), target)}`);
}

function emptyReport({ summary }: RunRecord, { clock }: Host): Report {
  const nothing = { variants: [], comparisons: [], gates: [], failures: [], notes: [] };
  return { title: summary.name, createdAt: clock.now(), runs: [summary], confidence: 0.95, ...nothing };
}
