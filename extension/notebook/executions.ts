import path from 'node:path';
import type * as vscode from 'vscode';
import type { CellSource, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { RunBook } from '../runs/run-book.ts';
import { cellId } from './kernel-metadata.ts';
import { cellOutput, failureOutput } from './outputs.ts';

export interface ExecutionParts {
  readonly engines: Engines;
  readonly book: RunBook;
  readonly log: Log;
}

/**
 * Runs one cell from start to end. A run's output is written once when it has started and once when it has ended; an
 * assessment's once at its end. A cell has succeeded when its work was done: what the gate says is in the output.
 */
export async function executeCell(execution: vscode.NotebookCellExecution, parts: ExecutionParts): Promise<void> {
  const { cell } = execution;
  const interrupted = abortOn(execution.token);
  execution.start(Date.now());
  try {
    const engine = parts.engines.of(cell.notebook.uri);
    const source = sourceOfCell(cell, engine);
    const started = await engine.request('cells/start', { source, results: [] }, interrupted);
    const { run, bundle, as } = started;
    if (bundle === undefined) await execution.clearOutput();
    else await execution.replaceOutput(cellOutput(bundle));
    if (run === undefined) {
      execution.end(started.kind === 'empty' ? undefined : true, Date.now());
      return;
    }
    parts.book.note(engine.folder, run);
    await finish(execution, engine, run.id, as, interrupted, parts);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'cancelled') await execution.replaceOutput(failureOutput(failure));
    execution.end(false, Date.now());
  }
}

/** The cell as the engine is asked about it. */
export function sourceOfCell(cell: vscode.NotebookCell, engine: Engine): CellSource {
  const id = cellId(cell.metadata);
  return {
    notebook: pathOf(cell.notebook, engine),
    language: cell.document.languageId,
    text: cell.document.getText(),
    ...(id === undefined ? {} : { cell: id }),
  };
}

/** Takes up a cell whose run was started earlier, by this window or another: finishes its output once the run ended. */
export async function attachCell(
  execution: vscode.NotebookCellExecution,
  engine: Engine,
  run: RunSummary,
  name: string | undefined,
  parts: ExecutionParts,
): Promise<void> {
  execution.start(run.startedAt ?? run.createdAt);
  await finish(execution, engine, run.id, name, abortOn(execution.token), parts);
}

/** Waits for the run's end, cancelling the run when the cell is interrupted, and replaces the output. */
async function finish(
  execution: vscode.NotebookCellExecution,
  engine: Engine,
  runId: string,
  name: string | undefined,
  interrupted: AbortSignal,
  { book, log }: ExecutionParts,
): Promise<void> {
  const cancel = (): void => void cancelRun(engine, runId, log);
  interrupted.addEventListener('abort', cancel, { once: true });
  if (interrupted.aborted) cancel();
  try {
    const run = await book.whenEnded(runId);
    const asked = { runId, ...(name === undefined ? {} : { as: name }) };
    await execution.replaceOutput(cellOutput((await engine.request('cells/output', asked)).bundle));
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
