import type * as vscode from 'vscode';
import type { Disposable } from '../base/emitter.ts';

/** How long to see whether a cancelled cell is still there, in milliseconds. */
const settleMs = 500;

/** How a cell that is being worked on is stopped. */
export interface CellControl extends Disposable {
  readonly cell: vscode.NotebookCell;
  /** A person wants the work ended: its run is cancelled. */
  readonly interrupted: AbortSignal;
  /** The cell or its notebook went: nothing can be written here any more, and the run goes on. */
  readonly left: AbortSignal;
  interrupt(): void;
  leave(): void;
}

/**
 * Controls a cell through its execution, where it has one. VS Code cancels the executions of a notebook that is closed, and of cells that
 * are deleted, a moment before they are gone, and says no more than when a person interrupts: who cancelled shows a little later.
 */
export function controlCell(cell: vscode.NotebookCell, token?: vscode.CancellationToken): CellControl {
  const interrupted = new AbortController();
  const left = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function decide(): void {
    timer = undefined;
    if (isGone(cell)) left.abort();
    else interrupted.abort();
  }

  const subscription = token?.onCancellationRequested(() => {
    timer ??= setTimeout(decide, settleMs);
  });
  return {
    cell,
    interrupted: interrupted.signal,
    left: left.signal,
    interrupt: () => interrupted.abort(),
    leave: () => left.abort(),
    dispose() {
      clearTimeout(timer);
      subscription?.dispose();
    },
  };
}

/** Whether nothing can be written to the cell any more. */
export function isGone(cell: vscode.NotebookCell): boolean {
  return cell.notebook.isClosed || cell.index < 0;
}
