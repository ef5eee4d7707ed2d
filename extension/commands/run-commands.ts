import * as vscode from 'vscode';
import type { RunSource, RunSummary } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Parameters } from '../engine/engine.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { isCancellable, isResumable } from '../runs/states.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { describeEstimate } from './estimate.ts';
import { benchmarkFile, resolveBenchmark, resolveRuns } from './pick.ts';
import type { VirtualDocuments } from './virtual-documents.ts';

/** Commands that start, stop and show runs. */
export function registerRunCommands(context: CommandContext, documents: VirtualDocuments): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.runBenchmark', (given: unknown) => runBenchmark(context, given)),
    registerCommand(context, 'aiwb.dryRun', (given: unknown) => dryRun(context, documents, given)),
    registerCommand(context, 'aiwb.cancelRun', (...given: unknown[]) => cancelRuns(context, given)),
    registerCommand(context, 'aiwb.resumeRun', (...given: unknown[]) => resumeRuns(context, given)),
    registerCommand(context, 'aiwb.archiveRun', (...given: unknown[]) => archiveRuns(context, given, true)),
    registerCommand(context, 'aiwb.unarchiveRun', (...given: unknown[]) => archiveRuns(context, given, false)),
    registerCommand(context, 'aiwb.openRun', (given: unknown) => openRun(context, given)),
    registerCommand(context, 'aiwb.compareRuns', (...given: unknown[]) => compareRuns(context, given)),
    registerCommand(context, 'aiwb.openBenchmark', (given: unknown) => openBenchmark(context, given)),
    registerCommand(context, 'aiwb.openLog', (given: unknown) => openLog(context, documents, given)),
    registerCommand(context, 'aiwb.refreshRuns', () => context.book.load(true)),
  ];
}

async function runBenchmark(context: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveBenchmark(given);
  if (uri === undefined) return undefined;
  if (uri.path.endsWith('.ipynb')) {
    await vscode.commands.executeCommand('vscode.open', uri);
    return undefined;
  }
  const engine = context.engines.of(uri);
  const source = await sourceOf(uri);
  const starting = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the benchmark') };
  const run = await vscode.window.withProgress(starting, () =>
    engine.request('runs/start', { source, origin: 'editor' }),
  );
  context.book.note(engine.folder, run);
  context.panels.show([run.id], { beside: true });
  return run.id;
}

/** An edited file is saved first, so that the run can be repeated from it; where it cannot be, its text is sent. */
async function sourceOf(uri: vscode.Uri): Promise<RunSource> {
  const document = vscode.workspace.textDocuments.find(candidate => candidate.uri.toString() === uri.toString());
  if (document?.isDirty !== true || (await document.save())) return { path: uri.fsPath };
  return { path: uri.fsPath, text: document.getText() };
}

async function dryRun(context: CommandContext, documents: VirtualDocuments, given: unknown): Promise<void> {
  const uri = await resolveBenchmark(given);
  if (uri === undefined) return;
  const engine = context.engines.of(uri);
  const document = vscode.workspace.textDocuments.find(candidate => candidate.uri.toString() === uri.toString());
  const text = document?.isDirty === true ? { text: document.getText() } : {};
  const estimating = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Estimating the run') };
  const estimate = await vscode.window.withProgress(estimating, () =>
    engine.request('runs/dryRun', { source: { path: uri.fsPath, ...text }, origin: 'editor' }),
  );
  await documents.previewMarkdown(vscode.l10n.t('Dry run of {0}', estimate.name), describeEstimate(estimate));
}

async function cancelRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Cancel a Run');
  const runs = await resolveRuns(context, rowsOf(given), { title, filter: ({ run }) => isCancellable(run) });
  const active = runs.filter(({ run }) => isCancellable(run));
  await Promise.all(active.map(entry => change(context, entry, 'runs/cancel', { runId: entry.run.id })));
}

async function resumeRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Resume a Run');
  const runs = await resolveRuns(context, rowsOf(given), { title, filter: ({ run }) => isResumable(run) });
  for (const entry of runs) await change(context, entry, 'runs/resume', { runId: entry.run.id });
}

async function archiveRuns(context: CommandContext, given: readonly unknown[], archived: boolean): Promise<void> {
  const title = archived ? vscode.l10n.t('Archive Runs') : vscode.l10n.t('Restore Runs');
  const filter = ({ run }: RunEntry): boolean => run.archived !== archived;
  const runs = (await resolveRuns(context, rowsOf(given), { title, filter, many: true })).filter(filter);
  await Promise.all(runs.map(entry => change(context, entry, 'runs/archive', { runId: entry.run.id, archived })));
}

/** Requests that change one run and answer with it. */
type ChangeMethod = 'runs/cancel' | 'runs/resume' | 'runs/archive';

async function change<M extends ChangeMethod>(
  context: CommandContext,
  entry: RunEntry,
  method: M,
  parameters: Parameters<M>,
): Promise<void> {
  const run: RunSummary = await engineOf(context, entry).request(method, parameters);
  context.book.note(entry.folder, run);
}

async function openRun(context: CommandContext, given: unknown): Promise<void> {
  const runs = await resolveRuns(context, [given], { title: vscode.l10n.t('Open a Run') });
  const ids = runs.map(({ run }) => run.id);
  if (ids.length > 0) context.panels.show(ids);
}

async function compareRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Choose Two or More Runs to Compare');
  const rows = rowsOf(given).length > 0 ? rowsOf(given) : context.selectedRuns();
  let runs = await resolveRuns(context, rows, { title, many: true });
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    const others = { title: vscode.l10n.t('Compare with …'), many: true };
    const isOther = ({ run }: RunEntry): boolean =>
      run.id !== only.run.id && run.name === only.run.name && !run.archived;
    runs = [only, ...(await resolveRuns(context, [], { ...others, filter: isOther }))];
  }
  if (runs.length < 2) return;
  if (new Set(runs.map(entry => entry.folder)).size > 1) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('These runs lie in the stores of different folders.'),
      remedy: vscode.l10n.t('Choose runs of one folder.'),
    });
  }
  context.panels.show(runs.map(({ run }) => run.id));
}

async function openBenchmark(context: CommandContext, given: unknown): Promise<void> {
  const [entry] = await resolveRuns(context, [given], { title: vscode.l10n.t("Open a Run's Benchmark") });
  if (entry === undefined) return;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(entry.folder), benchmarkFile(entry.run.file));
  await vscode.commands.executeCommand('vscode.open', uri);
}

async function openLog(context: CommandContext, documents: VirtualDocuments, given: unknown): Promise<void> {
  const [entry] = await resolveRuns(context, [given], { title: vscode.l10n.t("Open a Run's Log") });
  if (entry === undefined) return;
  const { text } = await engineOf(context, entry).request('runs/log', { runId: entry.run.id });
  await documents.showLog(`${entry.run.name} ${entry.run.id}`, text);
}

/** Views pass the clicked row and then all selected rows, which include it. */
function rowsOf(given: readonly unknown[]): readonly unknown[] {
  const [row, selected] = given;
  if (Array.isArray(selected) && selected.length > 0) return [selected];
  return row === undefined ? [] : [row];
}
