import * as vscode from 'vscode';
import type { RunSource, RunSummary, StartRun } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine, Parameters } from '../engine/engine.ts';
import { classifyCell } from '../../schemas/cells.ts';
import { findCell } from '../notebook/find-cell.ts';
import { resultsOf, sourceOfCell } from '../notebook/executions.ts';
import { isFocus } from '../base/focus.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { isCancellable, isResumable } from '../runs/states.ts';
import { engineOf, registerCommand, rowsOf, type CommandContext } from './context.ts';
import { describeEstimate } from './estimate.ts';
import { benchmarkFiles, resolveFile, resolveRuns, tuningFiles, withoutCell } from './pick.ts';

/** Commands that start, stop and show runs. */
export function registerRunCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.runBenchmark', (given: unknown) => runBenchmark(context, given)),
    registerCommand(context, 'aiwb.runWithoutCache', (given: unknown) => runWithoutCache(context, given)),
    registerCommand(context, 'aiwb.extendRun', (...given: unknown[]) => extendRun(context, given)),
    registerCommand(context, 'aiwb.train', (given: unknown) => train(context, given)),
    registerCommand(context, 'aiwb.dryRun', (given: unknown) => dryRun(context, given)),
    registerCommand(context, 'aiwb.cancelRun', (...given: unknown[]) => cancelRuns(context, given)),
    registerCommand(context, 'aiwb.resumeRun', (...given: unknown[]) => resumeRuns(context, given)),
    registerCommand(context, 'aiwb.archiveRun', (...given: unknown[]) => archiveRuns(context, given, true)),
    registerCommand(context, 'aiwb.unarchiveRun', (...given: unknown[]) => archiveRuns(context, given, false)),
    registerCommand(context, 'aiwb.openRun', (given: unknown, focus: unknown) => openRun(context, given, focus)),
    registerCommand(context, 'aiwb.compareRuns', (...given: unknown[]) => compareRuns(context, given)),
    registerCommand(context, 'aiwb.openRunFile', (given: unknown) => openRunFile(context, given)),
    registerCommand(context, 'aiwb.openLog', (given: unknown) => openLog(context, given)),
    registerCommand(context, 'aiwb.refreshRuns', () => context.book.load(true)),
  ];
}

async function runBenchmark(context: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveFile(given, benchmarkFiles);
  return uri === undefined ? undefined : await startRun(context, uri, vscode.l10n.t('Starting the benchmark'));
}

/** Asks every sample anew. */
async function runWithoutCache(context: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveFile(given, benchmarkFiles);
  if (uri === undefined) return undefined;
  return await startRun(context, uri, vscode.l10n.t('Starting the benchmark'), { cache: false });
}

/** Runs the file of an earlier run as it is now, with more models or rows; what that run has answered is taken over and not paid again. */
async function extendRun(context: CommandContext, given: readonly unknown[]): Promise<string | undefined> {
  const isOwn = ({ run }: RunEntry): boolean => run.kind === 'benchmark' && run.origin !== 'import';
  const title = vscode.l10n.t('Extend a Run');
  const [entry] = await resolveRuns(context, rowsOf(given), { title, filter: entry => isOwn(entry) });
  if (entry === undefined) return undefined;
  const { folder, run } = entry;
  if (/\.ipynb(#|$)/.test(run.file)) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('{0} was run from a notebook cell.', run.name),
      remedy: vscode.l10n.t('Put the benchmark into a .bench.yaml file to extend its runs.'),
    });
  }
  const uri = vscode.Uri.joinPath(vscode.Uri.file(folder), run.file);
  return await startRun(context, uri, vscode.l10n.t('Extending run {0}', run.id), { extends: run.id });
}

async function train(context: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveFile(given, tuningFiles);
  return uri === undefined ? undefined : await startRun(context, uri, vscode.l10n.t('Starting the training'));
}

/** Starts what a file describes and shows its page. A notebook is opened instead: its cells are run one by one. */
export async function startRun(
  context: CommandContext,
  uri: vscode.Uri,
  title: string,
  how: Pick<StartRun, 'extends' | 'cache' | 'platform'> = {},
): Promise<string | undefined> {
  if (uri.path.endsWith('.ipynb')) {
    await vscode.commands.executeCommand('vscode.open', uri);
    return undefined;
  }
  const engine = context.engines.of(uri);
  const source = await sourceOf(uri);
  const starting = { location: vscode.ProgressLocation.Window, title };
  const run = await vscode.window.withProgress(starting, () =>
    engine.request('runs/start', { source, origin: 'editor', ...how }),
  );
  context.book.note(engine.folder, run);
  context.pages.showRuns([run.id], { beside: true });
  return run.id;
}

/** An edited file is saved first, so that what it starts can be repeated from it; where it cannot be, its text is sent. */
export async function sourceOf(uri: vscode.Uri): Promise<Pick<RunSource, 'path' | 'text'>> {
  const document = vscode.workspace.textDocuments.find(candidate => candidate.uri.toString() === uri.toString());
  if (document?.isDirty !== true || (await document.save())) return { path: uri.fsPath };
  return { path: uri.fsPath, text: document.getText() };
}

async function dryRun(context: CommandContext, given: unknown): Promise<void> {
  const uri = await resolveFile(given, benchmarkFiles, tuningFiles);
  if (uri === undefined) return;
  const { engine, run } = await dryRunOf(context, uri);
  const estimating = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Estimating the run') };
  const estimate = await vscode.window.withProgress(estimating, () => engine.request('runs/dryRun', run));
  await context.documents.previewMarkdown(vscode.l10n.t('Dry run of {0}', estimate.name), describeEstimate(estimate));
}

/** What a file or a notebook cell would run, as the editor has it. */
async function dryRunOf(context: CommandContext, uri: vscode.Uri): Promise<{ engine: Engine; run: StartRun }> {
  const cell = findCell(uri);
  const engine = context.engines.of(cell?.notebook.uri ?? uri);
  if (cell === undefined) {
    const document = vscode.workspace.textDocuments.find(candidate => candidate.uri.toString() === uri.toString());
    const text = document?.isDirty === true ? { text: document.getText() } : {};
    return { engine, run: { source: { path: uri.fsPath, ...text }, origin: 'editor' } };
  }
  const { notebook, text, cell: id, language } = sourceOfCell(cell, engine);
  const kind = classifyCell(language, text) === 'tune' ? 'tune' : 'benchmark';
  const results = await resultsOf(cell.notebook);
  const source: RunSource = { path: notebook, text, kind, results, ...(id === undefined ? {} : { cell: id }) };
  return { engine, run: { source, origin: 'notebook' } };
}

async function cancelRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Cancel a Run');
  const runs = await resolveRuns(context, rowsOf(given), { title, filter: ({ run }) => isCancellable(run) });
  const active = runs.filter(({ run }) => isCancellable(run));
  await Promise.all(active.map(entry => change(context, entry, 'runs/cancel', { runId: entry.run.id })));
}

async function resumeRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Resume a Run');
  const filter = ({ run }: RunEntry): boolean => isResumable(run) || context.stoppedAfter(run.id) !== undefined;
  const runs = await resolveRuns(context, rowsOf(given), { title, filter });
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

/** @param focus rows to lead to, of what opens one run. */
async function openRun(context: CommandContext, given: unknown, focus: unknown): Promise<void> {
  const runs = await resolveRuns(context, [given], { title: vscode.l10n.t('Open a Run') });
  const ids = runs.map(({ run }) => run.id);
  if (ids.length > 0) context.pages.showRuns(ids, isFocus(focus) ? { focus } : {});
}

async function compareRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Choose Two or More Runs to Compare');
  const rows = rowsOf(given).length > 0 ? rowsOf(given) : context.selectedRuns();
  let runs = await resolveRuns(context, rows, { title, many: true });
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    const others = { title: vscode.l10n.t('Compare with …'), many: true };
    const isOther = ({ run }: RunEntry): boolean =>
      run.id !== only.run.id && isComparable(run, only.run) && !run.archived;
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
  requireOneKind(runs);
  context.pages.showRuns(runs.map(({ run }) => run.id));
}

/** Runs of one benchmark, for they share its rows; tuning runs of whichever job. */
function isComparable(run: RunSummary, other: RunSummary): boolean {
  return run.kind === other.kind && run.kind !== 'prompt' && (run.kind === 'tune' || run.name === other.name);
}

async function openRunFile(context: CommandContext, given: unknown): Promise<void> {
  const [entry] = await resolveRuns(context, [given], { title: vscode.l10n.t("Open a Run's File") });
  if (entry === undefined) return;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(entry.folder), withoutCell(entry.run.file));
  await vscode.commands.executeCommand('vscode.open', uri);
}

async function openLog(context: CommandContext, given: unknown): Promise<void> {
  const [entry] = await resolveRuns(context, [given], { title: vscode.l10n.t("Open a Run's Log") });
  if (entry === undefined) return;
  const { text } = await engineOf(context, entry).request('runs/log', { runId: entry.run.id });
  await context.documents.showLog(`${entry.run.name} ${entry.run.id}`, text);
}

/**
 * A benchmark's figures, a tuning job's and the answers to a prompt are about different things: they share no page and no export. A trial has
 * its models side by side already.
 */
export function requireOneKind(runs: readonly RunEntry[]): void {
  const kinds = new Set(runs.map(({ run }) => run.kind));
  if (kinds.has('prompt') && runs.length > 1) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('Trials of prompts are not compared with other runs.'),
      remedy: vscode.l10n.t('Measure the prompts with a benchmark to compare them.'),
    });
  }
  if (kinds.size <= 1) return;
  throw new FailureError({
    code: 'usage',
    message: vscode.l10n.t('Runs of benchmarks and of tuning jobs do not go together.'),
    remedy: vscode.l10n.t('Choose runs of one kind.'),
  });
}
