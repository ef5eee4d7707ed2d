import path from 'node:path';
import type * as vscode from 'vscode';
import type { CellSource, MimeBundle, NamedResult } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { CellControl } from './control.ts';
import { followRun, type FollowParts } from './follow-run.ts';
import { cellId } from './kernel-metadata.ts';
import { namedResults, toNamedResult } from './named-results.ts';
import { factsOfContent, runMime } from './output-facts.ts';
import { cellOutput, failureOutput, readNotebook } from './outputs.ts';

export interface ExecutionParts extends FollowParts {
  readonly engines: Engines;
}

/** How a cell came out, for what comes after it. */
export type CellOutcome = 'done' | 'gate-missed' | 'failed' | 'left';

/** What executing a cell needs of its kernel. */
export interface CellKernel {
  canWrite(): boolean;
  createExecution(): vscode.NotebookCellExecution;
}

/**
 * Runs one cell from start to end. A run's output is written once when it has started and once when it has ended; an
 * assessment's once at its end. A cell has succeeded when its work was done: what the gate says is in the output.
 */
export async function executeCell(
  execution: vscode.NotebookCellExecution,
  control: CellControl,
  order: number,
  kernel: CellKernel,
  parts: ExecutionParts,
): Promise<CellOutcome> {
  const { cell } = execution;
  execution.executionOrder = order;
  execution.start(Date.now());
  let ended = false;
  const end = (success: boolean | undefined): void => {
    ended = true;
    execution.end(success, Date.now());
  };
  try {
    const engine = parts.engines.of(cell.notebook.uri);
    const results = await resultsOf(cell.notebook);
    const source = sourceOfCell(cell, engine);
    const stopped = AbortSignal.any([control.interrupted, control.left]);
    const { kind, run, bundle, as } = await engine.request('cells/start', { source, results }, stopped);
    if (bundle === undefined) await execution.clearOutput();
    else await execution.replaceOutput(cellOutput(bundle));
    if (run === undefined) {
      end(kind === 'empty' ? undefined : true);
      return bundle !== undefined && missesGate(bundle) ? 'gate-missed' : 'done';
    }
    parts.book.note(engine.folder, run);
    ended = true;
    const notebook = pathOf(cell.notebook.uri, engine);
    const how = await followRun(
      {
        control,
        engine,
        runId: run.id,
        isSearch: isSearch(bundle),
        as,
        notebook,
        execution,
        order: () => order,
        ...kernel,
      },
      parts,
    );
    if (how.kind === 'left') return 'left';
    if (how.kind === 'failed' || how.run.state !== 'succeeded') return 'failed';
    return how.run.gate === 'not-met' ? 'gate-missed' : 'done';
  } catch (error) {
    const failure = toFailure(error);
    if (ended || control.left.aborted) return 'left';
    if (failure.code !== 'cancelled') await execution.replaceOutput(failureOutput(failure));
    end(failure.code === 'cancelled' ? undefined : false);
    return 'failed';
  }
}

/** The cell as the engine is asked about it. */
export function sourceOfCell(cell: vscode.NotebookCell, engine: Engine): CellSource {
  const id = cellId(cell.metadata);
  return {
    notebook: pathOf(cell.notebook.uri, engine),
    language: cell.document.languageId,
    text: cell.document.getText(),
    ...(id === undefined ? {} : { cell: id }),
  };
}

/** The notebook's named results, as cells refer to them. */
export async function resultsOf(notebook: vscode.NotebookDocument): Promise<NamedResult[]> {
  const named = namedResults(await readNotebook(notebook));
  return named.flatMap(({ facts }) => toNamedResult(facts) ?? []);
}

/** Where a cell's relative paths start from. An untitled notebook counts as lying in the workspace folder. */
export function pathOf(notebook: vscode.Uri, engine: Engine): string {
  if (notebook.scheme === 'file') return notebook.fsPath;
  return path.join(engine.folder, path.basename(notebook.path));
}

function isSearch(bundle: MimeBundle | undefined): boolean {
  return factsOfContent(runMime, bundle?.[runMime])?.trials !== undefined;
}

function missesGate(bundle: MimeBundle): boolean {
  return Object.entries(bundle).some(([mime, content]) => factsOfContent(mime, content)?.gate === 'not-met');
}
