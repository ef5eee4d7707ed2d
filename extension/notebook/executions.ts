import path from 'node:path';
import * as vscode from 'vscode';
import type { PolicySource, RunKind, RunSource, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { topLevelKeys } from '../editor/policy-text.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { RunBook } from '../runs/run-book.ts';
import { classifyCell, type JobCell } from './classify.ts';
import { cellId } from './kernel-metadata.ts';
import { assessmentOutput, failureOutput, runOutput, type RunResult } from './outputs.ts';
import type { RunReport } from './run-output.ts';

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
    const kind = classifyCell(cell.document.languageId, cell.document.getText());
    if (kind === 'empty') {
      await execution.clearOutput();
      execution.end(undefined, Date.now());
    } else if (kind === 'other') {
      throw new FailureError(notOurs());
    } else if (kind === 'policy') {
      await assessCell(execution, engine, sourceOfCell(cell, engine), interrupted);
    } else {
      await runCell(execution, engine, { ...sourceOfCell(cell, engine), kind: runKinds[kind] }, interrupted, parts);
    }
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'cancelled') await execution.replaceOutput(failureOutput(failure));
    execution.end(false, Date.now());
  }
}

export const runKinds: Record<JobCell, RunKind> = { bench: 'benchmark', tune: 'tune' };

async function runCell(
  execution: vscode.NotebookCellExecution,
  engine: Engine,
  source: RunSource,
  interrupted: AbortSignal,
  parts: ExecutionParts,
): Promise<void> {
  const run = await engine.request('runs/start', { source, origin: 'notebook' }, interrupted);
  parts.book.note(engine.folder, run);
  await execution.replaceOutput(runOutput(run));
  await finish(execution, engine, run.id, interrupted, parts);
}

/** Assesses the version that the policy itself names. */
async function assessCell(
  execution: vscode.NotebookCellExecution,
  engine: Engine,
  source: PolicySource & { text: string },
  interrupted: AbortSignal,
): Promise<void> {
  if (!topLevelKeys(source.text).has('assess')) throw new FailureError(namesNoVersion());
  await execution.clearOutput();
  const assessed = await engine.request('assessments/start', { policies: [source] }, interrupted);
  const { id } = assessed.view.scorecard.record;
  const { text } = await engine.request('assessments/markdown', { assessmentId: id }, interrupted);
  await execution.replaceOutput(assessmentOutput(assessed, text));
  execution.end(true, Date.now());
}

/** A cell's text, and where its relative paths start from. */
export function sourceOfCell(cell: vscode.NotebookCell, engine: Engine): { path: string; text: string; cell?: string } {
  const id = cellId(cell.metadata);
  return {
    path: pathOf(cell.notebook, engine),
    text: cell.document.getText(),
    ...(id === undefined ? {} : { cell: id }),
  };
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
    const report = await reportOf(engine, run);
    if (report === undefined) return undefined;
    return { report, markdown: (await engine.request('runs/markdown', { runIds: [run.id] })).text };
  } catch (error) {
    log.warn(describeFailure(toFailure(error)));
    return undefined;
  }
}

async function reportOf(engine: Engine, run: RunSummary): Promise<RunReport | undefined> {
  const question = { runIds: [run.id] };
  if (run.kind === 'benchmark') return { report: await engine.request('runs/report', question) };
  const [tuning] = (await engine.request('tuning/report', question)).reports;
  return tuning === undefined ? undefined : { tuning };
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

function notOurs(): { code: string; message: string; remedy: string } {
  return {
    code: 'usage',
    message: vscode.l10n.t('This cell is no benchmark, no tuning job and no policy.'),
    remedy: vscode.l10n.t(
      'A benchmark has the keys name, dataset and models, a tuning job name, base and aspects, a policy id, version and level. Notes belong in a Markdown cell.',
    ),
  };
}

function namesNoVersion(): { code: string; message: string; remedy: string } {
  return {
    code: 'usage',
    message: vscode.l10n.t('This policy does not say which model version it assesses.'),
    remedy: vscode.l10n.t('Add it at the end of the cell, such as:\n\nassess: {0}', '{model: ticket-triage@candidate}'),
  };
}
