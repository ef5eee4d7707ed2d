import path from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { reportRun } from '../../engine/reports/compare-runs.ts';
import { exportRuns } from '../../engine/reports/export.ts';
import { renderText } from '../../engine/reports/text.ts';
import { estimateRun } from '../../engine/runs/estimate.ts';
import { executeRun } from '../../engine/runs/execute.ts';
import { createRun, specifyRun } from '../../engine/runs/start.ts';
import type { RunSpec } from '../../engine/runs/spec.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { databaseName } from '../../platform/store/names.ts';
import {
  createHost,
  createRunPorts,
  readPageAssets,
  storeFolderOf,
  withStore,
  workspaceFolderOf,
  type Host,
} from '../composition.ts';
import { collectSecrets, startDetached } from '../detached.ts';
import { renderEstimate } from '../estimate-text.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, globalOptions, type GlobalOptions } from '../options.ts';
import { printFailure, printJson, printNote, printResult, terminalWidth } from '../output.ts';
import { createProgressLine } from '../progress-line.ts';
import { createTerminalSecrets } from '../secrets.ts';

interface RunOptions extends GlobalOptions {
  readonly model?: readonly string[];
  readonly limit?: number;
  readonly resume?: string;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly html?: string;
  readonly allowOrigin?: readonly string[];
}

export function addRun(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  program
    .command('run')
    .description('Run a benchmark and print the comparison')
    .argument('[file]', 'the .bench.yaml file; not needed with --resume')
    .option('-m, --model <name>', 'only this model of the benchmark (may be repeated)', collect)
    .option('-n, --limit <rows>', 'only the first rows of the test split', readCount)
    .option('--resume <run>', 'go on with a run that did not finish')
    .option('--dry-run', 'say what would be sent and what it would cost; send nothing')
    .option('--detach', 'run in the background and return at once')
    .option('--html <file>', 'also write the report as one self-contained page')
    .option(
      '--allow-origin <origin>',
      'let keys be sent to this address, such as http://localhost:8000 (may be repeated)',
      collect,
    )
    .action((file: string | undefined, _options: unknown, command: Command) =>
      run(() => runBenchmark(file, { ...command.opts<RunOptions>(), ...globalOptions(command) })),
    );
}

export function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new WorkbenchError('usage', `"${text}" is no number of rows.`, { remedy: 'Give a whole number above 0.' });
}

async function runBenchmark(file: string | undefined, options: RunOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    const start = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
    if (options.dryRun === true) return await dryRun(requireFile(file), options, host, signal);
    return await withStore(host, start, options.store, signal, async (store, workspace) => {
      const record = await createOrFind(file, options, store, host, signal);
      const secrets = createTerminalSecrets(options.allowOrigin ?? []);
      if (options.detach === true) {
        const ports = await createRunPorts(host, workspace, secrets, {}, signal);
        const resolved = await collectSecrets(record.spec, ports, signal);
        await startDetached(record, storeFolderOf(workspace, options.store), store, resolved, { network: {} });
        printDetached(record, options);
        return 0;
      }
      return await runInForeground(record, store, workspace, secrets, host, options, signal);
    });
  } finally {
    interrupts.dispose();
  }
}

function requireFile(file: string | undefined): string {
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
    },
    host.files,
    signal,
  );
}

async function createOrFind(
  file: string | undefined,
  options: RunOptions,
  store: Store,
  host: Host,
  signal: AbortSignal,
): Promise<RunRecord> {
  if (options.resume !== undefined) return store.getRun(options.resume);
  return createRun(await specify(requireFile(file), options, host, signal), store, host.clock, host.random);
}

async function dryRun(file: string, options: RunOptions, host: Host, signal: AbortSignal): Promise<ExitCode> {
  const spec = await specify(file, options, host, signal);
  const ports = await createRunPorts(
    host,
    { folder: spec.folder, path: undefined, text: '', config: {} },
    createTerminalSecrets([]),
    {},
    signal,
  );
  const estimate = await estimateRun(spec, ports, signal);
  if (options.json === true) printJson(estimate);
  else printResult(renderEstimate(estimate));
  return 0;
}

async function runInForeground(
  record: RunRecord,
  store: Store,
  workspace: Workspace,
  secrets: ReturnType<typeof createTerminalSecrets>,
  host: Host,
  options: RunOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const runId = record.summary.id;
  const ports = await createRunPorts(host, workspace, secrets, {}, signal);
  const line = createProgressLine();
  if (options.json !== true) printNote(pc.dim(`${record.summary.name}: run ${runId}`));
  let ended: RunRecord;
  try {
    ended = await executeRun(runId, store, ports, { owner: host.owner, onProgress: line.show }, signal);
  } finally {
    line.clear();
  }
  const report =
    ended.variants.length === 0 ? undefined : await reportRun(runId, store, host.clock, new AbortController().signal);
  if (options.json === true && report !== undefined) printJson(report);
  else if (report !== undefined) printResult(renderText(report, terminalWidth()));
  if (report !== undefined && options.html !== undefined) {
    const target = path.resolve(options.html);
    const dependencies = { store, files: host.files, clock: host.clock, pageAssets: readPageAssets };
    await exportRuns([runId], 'html', target, dependencies, new AbortController().signal);
    printNote(`Report: ${path.relative(process.cwd(), target)}`);
  }
  await warnOfSize(store, host);
  return tellOutcome(ended, options);
}

/** Above this a store deserves a thought; runs go on. */
const largeStore = 2_000_000_000;

async function warnOfSize(store: Store, host: Host): Promise<void> {
  const size = (await host.files.facts(host.files.resolve(store.path, databaseName)))?.size ?? 0;
  if (size < largeStore) return;
  printNote(
    `The store has grown to ${(size / 1e9).toFixed(1)} GB. Archive runs you no longer need, then \`aiwb store gc\` frees their space.`,
  );
}

function tellOutcome({ summary }: RunRecord, options: RunOptions): ExitCode {
  const again = `aiwb run --resume ${summary.id}`;
  if (summary.state === 'succeeded') return summary.gate === 'not-met' || summary.gate === 'not-computed' ? 1 : 0;
  if (summary.state === 'cancelled') {
    printNote(
      `Cancelled after ${String(summary.progress.done)} of ${String(summary.progress.total)} samples. Go on with: ${again}`,
    );
    return 130;
  }
  const failure = summary.failure ?? { code: 'run-failed', message: 'The run failed.' };
  const { code, message, remedy, place } = failure;
  const error = new WorkbenchError(code as WorkbenchError['code'], message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(place === undefined ? {} : { place }),
  });
  const exitCode = printFailure(error, options.json === true, options.verbose === true);
  if (summary.progress.done > 0) printNote(`${String(summary.progress.done)} samples are kept. Go on with: ${again}`);
  return exitCode;
}

function printDetached({ summary }: RunRecord, options: RunOptions): void {
  if (options.json === true) printJson(summary);
  else printResult(`Run ${summary.id} goes on in the background. Follow it with: aiwb runs show ${summary.id}`);
}
