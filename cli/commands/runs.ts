import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { ExportFormat, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { Store } from '../../engine/ports/store.ts';
import { exportPieces, exportRuns, type FileExportDependencies } from '../../engine/run-exports/export.ts';
import type { SampleShare } from '../../engine/run-exports/export-run-file.ts';
import { compareAny } from '../../engine/comparisons/compare-any.ts';
import { formatNumber } from '../../engine/reports/format.ts';
import type { Cell } from '../../engine/reports/table.ts';
import { cancelRun } from '../../engine/tuning/search/cancel.ts';
import { readPageAssets, type Host } from '../composition.ts';
import { globalOptions, readNumberOf, type GlobalOptions } from '../options.ts';
import { layTable, printJson, printNote, printResult, tableWidth, terminalWidth } from '../output.ts';
import { version } from '../version.ts';
import { addShow } from './show-run.ts';
import { findRun, useStore } from './stored-runs.ts';

type Action = () => Promise<ExitCode>;

const exportFormats: readonly ExportFormat[] = [
  ...(['run', 'json', 'markdown', 'html', 'jsonl', 'csv', 'parquet', 'junit', 'lm-eval', 'hf-model-index'] as const),
];

export function addRuns(program: Command, run: (action: Action) => Promise<void>): void {
  const runs = program.command('runs');
  runs
    .command('list')
    .description('Runs, newest first')
    .option('--archived', 'archived runs instead')
    .option('--file <file>', 'only runs of this benchmark or tuning job, relative to the workspace')
    .option('--limit <count>', 'at most this many', text => readNumberOf('runs', text))
    .action((options: ListOptions, command: Command) => run(() => listRuns(options, globalOptions(command))));
  addShow(runs, run);
  runs
    .command('compare')
    .description('Runs side by side; later ones are compared with the first')
    .argument('<run...>', 'ids, beginnings of ids, or "latest"')
    .option('--html <file>', 'write one self-contained page')
    .option('--markdown', 'print Markdown')
    .action((ids: readonly string[], options: CompareOptions, command: Command) =>
      run(() => compare(ids, options, globalOptions(command))),
    );
  runs
    .command('export')
    .description(
      'Write a report, a file that opens anywhere (run), its gates (junit) or samples, or what other tools read (lm-eval, hf-model-index)',
    )
    .argument('<run...>', 'ids, beginnings of ids, or "latest"')
    .requiredOption('--to <format>', exportFormats.join(', '))
    .option(
      '--samples <count>',
      'with --to run: this many samples of each run travel along, wrong and failed ones first, or all',
      readShare,
    )
    .option('-o, --output <file>', 'write to this file (lm-eval: this folder) instead of the standard output')
    .action((ids: readonly string[], options: ExportOptions, command: Command) =>
      run(() => exportTo(ids, options, globalOptions(command))),
    );
  runs
    .command('cancel')
    .description('Ask a run to stop, of a trial its whole search; answered samples and saved epochs are kept')
    .argument('<run>')
    .action((id: string, _options: unknown, command: Command) =>
      run(() => change(id, globalOptions(command), (store, found) => cancelRun(found, store), tellCancelled)),
    );
  runs
    .command('archive')
    .description('Take a run out of the lists; `aiwb store gc` deletes archived runs')
    .argument('<run>')
    .option('--undo', 'put it back')
    .action((id: string, options: { readonly undo?: boolean }, command: Command) =>
      run(() => change(id, globalOptions(command), (store, found) => store.setArchived(found, options.undo !== true))),
    );
}

interface ListOptions {
  readonly archived?: boolean;
  readonly file?: string;
  readonly limit?: number;
}
interface CompareOptions {
  readonly html?: string;
  readonly markdown?: boolean;
}
interface ExportOptions {
  readonly to: string;
  readonly output?: string;
  readonly samples?: SampleShare;
}

function listRuns(filter: ListOptions, options: GlobalOptions): Promise<ExitCode> {
  return useStore(options, async (store, host) => {
    const runs = await store.listRuns(filter);
    if (options.json === true) printJson({ runs });
    else if (runs.length === 0) printNote('There are no runs here yet. Start one: `aiwb run my.bench.yaml`.');
    else printResult(renderRuns(runs, host.clock.now()));
    return 0;
  });
}

function renderRuns(runs: readonly RunSummary[], now: number): string {
  const header = ['Run', 'Name', 'State', 'Done', 'Best', 'Started'].map(text => ({ text }));
  return layTable(
    header,
    runs.map(summary => [
      { text: summary.id },
      { text: summary.name },
      { text: summary.state },
      {
        text: `${String(summary.progress.done)}/${String(summary.progress.total)}${summary.kind === 'tune' ? ' epochs' : ''}`,
      },
      bestOf(summary),
      { text: describeAge(now - summary.createdAt) },
    ]),
    ['Name', 'Best'],
    ['Done', 'Started'],
  );
}

function bestOf({ headlines }: RunSummary): Cell {
  const [first] = headlines;
  if (first === undefined) return { text: '–' };
  const isLower = first.unit === 'ms' || first.unit === 'USD';
  const best = headlines.reduce(
    (leader, candidate) =>
      candidate.value !== leader.value && candidate.value < leader.value === isLower ? candidate : leader,
    first,
  );
  const figure = ` ${formatNumber(best.value, best.unit ?? 'ratio')} ${best.label}`;
  return { text: best.model + figure, keep: figure };
}

function describeAge(milliseconds: number): string {
  const minutes = Math.max(0, milliseconds) / 60_000;
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${String(Math.floor(minutes))} min ago`;
  if (minutes < 48 * 60) return `${String(Math.floor(minutes / 60))} h ago`;
  return `${String(Math.floor(minutes / 1440))} days ago`;
}

function dependenciesOf(store: Store, { clock, files, digest }: Host, samples?: SampleShare): FileExportDependencies {
  return { store, clock, files, digest, pageAssets: readPageAssets, workbench: version, samples };
}

/** Throws `usage`. */
function readShare(text: string): SampleShare {
  if (text === 'all') return 'all';
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new WorkbenchError('usage', `"${text}" is no number of samples.`, { remedy: 'Give a whole number, or all.' });
}

function compare(
  ids: readonly string[],
  { html, markdown }: CompareOptions,
  options: GlobalOptions,
): Promise<ExitCode> {
  return useStore(options, async (store, host, signal) => {
    const found: string[] = [];
    for (const id of ids) found.push(await findRun(store, id));
    const compared = await compareAny(found, store, host.clock, signal);
    if (options.json === true) printJson(compared.content);
    else printResult(markdown === true ? compared.markdown() : compared.text(terminalWidth(), tableWidth()));
    if (html !== undefined) {
      await exportRuns(found, 'html', path.resolve(html), dependenciesOf(store, host), signal);
      printNote(`Report: ${html}`);
    }
    return 0;
  });
}

function exportTo(
  ids: readonly string[],
  { to, output, samples }: ExportOptions,
  options: GlobalOptions,
): Promise<ExitCode> {
  const format = exportFormats.find(candidate => candidate === to);
  if (format === undefined) {
    throw new WorkbenchError('usage', `"${to}" is no export format.`, {
      remedy: `Use one of: ${exportFormats.join(', ')}.`,
    });
  }
  if (samples !== undefined && format !== 'run') {
    throw new WorkbenchError('usage', `--samples is for --to run: ${format} has its own.`, {
      remedy: 'Leave it out, or export a run file: --to run.',
    });
  }
  return useStore(options, async (store, host, signal) => {
    const found: string[] = [];
    for (const id of ids) found.push(await findRun(store, id));
    if (output !== undefined) {
      await exportRuns(found, format, path.resolve(output), dependenciesOf(store, host, samples), signal);
      printNote(`Written: ${output}`);
      return 0;
    }
    for await (const piece of exportPieces(found, format, dependenciesOf(store, host, samples), signal)) {
      if (!process.stdout.write(piece)) await new Promise(resolve => process.stdout.once('drain', resolve));
    }
    return 0;
  });
}

function change(
  id: string,
  options: GlobalOptions,
  apply: (store: Store, runId: string) => Promise<RunSummary>,
  tell = ({ id: runId, state, archived }: RunSummary) => `Run ${runId} is ${archived ? 'archived' : state}.`,
): Promise<ExitCode> {
  return useStore(options, async store => {
    const summary = await apply(store, await findRun(store, id));
    if (options.json === true) printJson(summary);
    else printResult(tell(summary));
    return 0;
  });
}

function tellCancelled({ id, state, endedAt }: RunSummary): string {
  return endedAt === undefined ? `Run ${id} is ${state}.` : `Run ${id} has ended already: ${state}.`;
}
