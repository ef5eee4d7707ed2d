import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { RunBook } from '../runs/run-book.ts';
import { classifyCell } from './classify.ts';
import { cellId } from './kernel-metadata.ts';
import { failureOutput, runOutput, type RunResult } from './outputs.ts';

export interface ExecutionParts {
  readonly engines: Engines;
  readonly book: RunBook;
  readonly log: Log;
}

/** Runs one cell from start to end. Its output is written once when the run has started and once when it has ended. */
export async function executeCell(execution: vscode.NotebookCellExecution, parts: ExecutionParts): Promise<void> {
  const { cell } = execution;
  const interrupted = abortOn(execution.token);
  execution.start(Date.now());
  try {
    const engine = parts.engines.of(cell.notebook.uri);
    const text = cell.document.getText();
    const kind = classifyCell(cell.document.languageId, text);
    if (kind === 'empty') {
      await execution.clearOutput();
      execution.end(undefined, Date.now());
      return;
    }
    if (kind === 'other') throw new FailureError(notABenchmark());
    const id = cellId(cell.metadata);
    const source = { path: pathOf(cell.notebook, engine), text, ...(id === undefined ? {} : { cell: id }) };
    const run = await engine.request('runs/start', { source, origin: 'notebook' }, interrupted);
    parts.book.note(engine.folder, run);
    await execution.replaceOutput(runOutput(run));
    await finish(execution, engine, run.id, interrupted, parts);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'cancelled') await execution.replaceOutput(failureOutput(failure));
    execution.end(false, Date.now());
  }
}

/** Takes up a cell whose run was started earlier, by this window or another: finishes its output once the run ended. */
export async function attachCell(
  execution: vscode.NotebookCellExecution,
  engine: Engine,
  run: RunSummary,
  parts: ExecutionParts,
): Promise<void> {
  execution.start(run.startedAt ?? run.createdAt);
  await finish(execution, engine, run.id, abortOn(execution.token), parts);
}

/** Waits for the run's end, cancelling the run when the cell is interrupted, and replaces the output. */
async function finish(
  execution: vscode.NotebookCellExecution,
  engine: Engine,
  runId: string,
  interrupted: AbortSignal,
  { book, log }: ExecutionParts,
): Promise<void> {
  const cancel = (): void => void cancelRun(engine, runId, log);
  interrupted.addEventListener('abort', cancel, { once: true });
  if (interrupted.aborted) cancel();
  try {
    const run = await book.whenEnded(runId);
    await execution.replaceOutput(runOutput(run, await resultOf(engine, run, log)));
    execution.end(run.state === 'succeeded', run.endedAt ?? Date.now());
  } catch (error) {
    // The engine is gone, the run may well go on: the cell is attached again when the notebook is next opened.
    log.warn(describeFailure(toFailure(error)));
    execution.end(undefined, Date.now());
  } finally {
    interrupted.removeEventListener('abort', cancel);
  }
}

async function cancelRun(engine: Engine, runId: string, log: Log): Promise<void> {
  try {
    await engine.request('runs/cancel', { runId });
  } catch (error) {
    log.warn(describeFailure(toFailure(error)));
  }
}

/** The run's report; a run that failed before its first sample has none worth a second failure. */
async function resultOf(engine: Engine, run: RunSummary, log: Log): Promise<RunResult | undefined> {
  try {
    const question = { runIds: [run.id] };
    const report = await engine.request('runs/report', question);
    return { report, markdown: (await engine.request('runs/markdown', question)).text };
  } catch (error) {
    log.warn(describeFailure(toFailure(error)));
    return undefined;
  }
}

/** Where a cell's relative paths start from. An untitled notebook counts as lying in the workspace folder. */
function pathOf(notebook: vscode.NotebookDocument, engine: Engine): string {
  if (notebook.uri.scheme === 'file') return notebook.uri.fsPath;
  return path.join(engine.folder, path.basename(notebook.uri.path));
}

function abortOn(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

function notABenchmark(): { code: string; message: string; remedy: string } {
  return {
    code: 'usage',
    message: vscode.l10n.t('This cell is no benchmark.'),
    remedy: vscode.l10n.t('A benchmark has the keys name, dataset and models. Notes belong in a Markdown cell.'),
  };
}
