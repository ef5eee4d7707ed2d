import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Notebook, NotebookCell } from '../../engine/notebooks/ipynb.ts';
import { readResult } from '../../engine/notebooks/results.ts';
import { classifyCell } from '../../schemas/cells.ts';

/**
 * The cells to execute: those named, in the notebook's order, else all of ours. Cells in other languages are left alone, and so are
 * YAML cells of other kernels' notebooks that are nothing of ours. Throws `usage` for a name that no cell has.
 */
export function chooseCells(notebook: Notebook, names: readonly string[] | undefined): readonly NotebookCell[] {
  if (names === undefined) return notebook.cells.filter(cell => isExecuted(cell, notebook));
  const chosen = new Set(names.map(name => findCell(notebook, name)));
  return notebook.cells.filter(cell => chosen.has(cell));
}

function isExecuted(cell: NotebookCell, { ours }: Notebook): boolean {
  if (cell.kind !== 'code') return false;
  const kind = classifyCell(cell.language, cell.source);
  if (kind === 'empty') return false;
  if (kind !== 'other') return true;
  return ours && cell.language === 'yaml';
}

function findCell(notebook: Notebook, name: string): NotebookCell {
  const byId = notebook.cells.find(({ id }) => id === name);
  const cell = byId ?? (/^\d+$/.test(name) ? notebook.cells[Number(name) - 1] : undefined);
  if (cell === undefined) {
    const ids = notebook.cells.flatMap(candidate => (isExecuted(candidate, notebook) ? [nameCell(candidate)] : []));
    throw new WorkbenchError('usage', `No cell of ${notebook.path} is called ${name}.`, {
      remedy: ids.length === 0 ? 'It has no cell to execute.' : `Cells that can be executed: ${ids.join(', ')}.`,
    });
  }
  if (isExecuted(cell, notebook)) return cell;
  throw new WorkbenchError('usage', `Cell ${nameCell(cell)} of ${notebook.path} is nothing to execute here.`, {
    remedy: 'Name a cell that holds a benchmark, a tuning job, a policy, a prompt or a comparison.',
  });
}

/**
 * The cells from the first one that is not done. A cell is done where it was executed, so that it has a number, and its output shows an
 * end: a cell whose run was interrupted, failed or never began is not.
 */
export function skipDone(cells: readonly NotebookCell[]): readonly NotebookCell[] {
  const first = cells.findIndex(cell => !isDone(cell));
  return first < 0 ? [] : cells.slice(first);
}

function isDone(cell: NotebookCell): boolean {
  if (cell.executionCount === undefined) return false;
  const result = readResult(cell);
  if (result === undefined) return false;
  return result.kind === 'assessment' || result.state === 'succeeded';
}

/** A cell by its number and, where it has one, its id. */
export function nameCell({ index, id }: NotebookCell): string {
  return id === undefined ? String(index + 1) : `${String(index + 1)} (${id})`;
}
