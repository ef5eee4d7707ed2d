import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import { readStopAtGate } from '../settings.ts';
import { controlCell, isGone, type CellControl } from './control.ts';
import { executeCell, type CellOutcome, type ExecutionParts } from './executions.ts';
import { followRun, type FollowedRun } from './follow-run.ts';
import { raisesException } from './kernel-metadata.ts';

/** How long Restart waits for what it cancelled to be written, in milliseconds. */
const restartMs = 10_000;

export interface QueueParts extends ExecutionParts {
  /** Whether the notebook has our kernel. */
  canWrite(): boolean;
  createExecution(cell: vscode.NotebookCell): vscode.NotebookCellExecution;
}

/** What one notebook's kernel does: its cells run one after the other. */
export interface CellQueue {
  /** Runs cells after those that wait already; resolves when none waits any more. */
  run(cells: readonly vscode.NotebookCell[]): Promise<void>;
  /** Whether the cell waits or is being worked on. */
  has(cell: vscode.NotebookCell): boolean;
  /** Takes up a run that was started earlier. Later cells wait for one that shows as being executed. */
  attach(cell: vscode.NotebookCell, run: AttachedRun): void;
  /** Gives up cells that are gone, before new ones come in their place. VS Code cancels them too, but not always in time. */
  leaveGone(): void;
  /** Drops what waits, cancels what runs, and counts from 1 again. */
  restart(): Promise<void>;
}

export interface AttachedRun extends Pick<FollowedRun, 'engine' | 'runId' | 'isSearch' | 'as' | 'notebook'> {
  /** When it began. */
  readonly startedAt: number;
}

interface Waiting {
  readonly cell: vscode.NotebookCell;
  readonly execution: vscode.NotebookCellExecution;
  readonly cancelled: vscode.Disposable;
}

export function createCellQueue(notebook: vscode.NotebookDocument, parts: QueueParts): CellQueue {
  const waiting: Waiting[] = [];
  const working = new Map<
    vscode.NotebookCell,
    { control: CellControl; outcome: Promise<CellOutcome>; shown: boolean }
  >();
  let pumping: Promise<void> | undefined;
  let lastOrder: number | undefined;

  function nextOrder(): number {
    lastOrder = (lastOrder ?? highestOrder(notebook)) + 1;
    return lastOrder;
  }

  function drop(entry: Waiting): void {
    const index = waiting.indexOf(entry);
    if (index < 0) return;
    waiting.splice(index, 1);
    entry.cancelled.dispose();
    entry.execution.end(undefined);
  }

  function dropAll(): number {
    const dropped = [...waiting];
    for (const entry of dropped) drop(entry);
    return dropped.length;
  }

  /** Keeps account of a cell that is being worked on. */
  async function work(control: CellControl, shown: boolean, start: () => Promise<CellOutcome>): Promise<CellOutcome> {
    const { cell } = control;
    const outcome = start()
      .catch((error: unknown): CellOutcome => {
        parts.log.warn(describeFailure(toFailure(error)));
        return 'failed';
      })
      .finally(() => {
        working.delete(cell);
        control.dispose();
      });
    working.set(cell, { control, outcome, shown });
    return await outcome;
  }

  async function pump(): Promise<void> {
    for (;;) {
      const before = await Promise.all(
        [...working.values()].filter(({ shown }) => shown).map(({ outcome }) => outcome),
      );
      if (before.includes('failed')) dropAll();
      const next = waiting.shift();
      if (next === undefined) return;
      const { cell, execution, cancelled } = next;
      cancelled.dispose();
      const control = controlCell(cell, execution.token);
      const kernel = { canWrite: parts.canWrite, createExecution: () => parts.createExecution(cell) };
      const outcome = await work(control, true, () => executeCell(execution, control, nextOrder(), kernel, parts));
      if (notebook.isClosed || control.interrupted.aborted || stops(outcome, cell)) tellStop(outcome, cell, dropAll());
    }
  }

  /** Whether what waits is dropped: after a failure, as in Jupyter, unless the cell is tagged for it; after a gate where told so. */
  function stops(outcome: CellOutcome, cell: vscode.NotebookCell): boolean {
    if (outcome === 'failed') return !raisesException(cell.metadata);
    return outcome === 'gate-missed' && readStopAtGate(notebook.uri);
  }

  function tellStop(outcome: CellOutcome, cell: vscode.NotebookCell, dropped: number): void {
    if (outcome !== 'gate-missed' || dropped === 0) return;
    const message = vscode.l10n.t(
      'The gate of cell {0} is not met: {1} cells after it were not run.',
      cell.index + 1,
      dropped,
    );
    void vscode.window.showWarningMessage(message);
  }

  return {
    async run(cells) {
      // All of them first, so that those that wait show it and can be interrupted.
      for (const cell of cells) {
        if (this.has(cell)) continue;
        const execution = parts.createExecution(cell);
        const entry: Waiting = {
          cell,
          execution,
          cancelled: execution.token.onCancellationRequested(() => drop(entry)),
        };
        waiting.push(entry);
      }
      pumping ??= pump().finally(() => {
        pumping = undefined;
      });
      await pumping;
    },
    has: cell => working.has(cell) || waiting.some(entry => entry.cell === cell),
    attach(cell, { startedAt, ...run }) {
      const execution = keepsFile(cell) ? parts.createExecution(cell) : undefined;
      const control = controlCell(cell, execution?.token);
      const known = cell.executionSummary?.executionOrder ?? executionCount(cell);
      let order = known;
      execution?.start(startedAt);
      const followed: FollowedRun = {
        ...run,
        control,
        execution,
        canWrite: parts.canWrite,
        createExecution: () => parts.createExecution(cell),
        order: () => (order ??= nextOrder()),
      };
      void work(control, execution !== undefined, async () => {
        const how = await followRun(followed, parts);
        if (how.kind === 'ended') return how.run.state === 'succeeded' ? 'done' : 'failed';
        return how.kind;
      });
    },
    leaveGone() {
      for (const entry of [...waiting]) if (isGone(entry.cell)) drop(entry);
      for (const { control } of working.values()) if (isGone(control.cell)) control.leave();
    },
    async restart() {
      dropAll();
      const stopped = [...working.values()];
      for (const { control } of stopped) control.interrupt();
      const late = new Promise(resolve => setTimeout(resolve, restartMs));
      await Promise.race([Promise.all(stopped.map(({ outcome }) => outcome)), late]);
      for (const { control } of stopped) control.leave();
      lastOrder = 0;
    },
  };
}

function highestOrder(notebook: vscode.NotebookDocument): number {
  return Math.max(0, ...notebook.getCells().map(cell => cell.executionSummary?.executionOrder ?? 0));
}

/** VS Code takes the number away from a cell whose execution starts, and so changes the file, where it has one. */
function keepsFile(cell: vscode.NotebookCell): boolean {
  return executionCount(cell) === undefined;
}

function executionCount(cell: vscode.NotebookCell): number | undefined {
  const count: unknown = (cell.metadata as Record<string, unknown>)['execution_count'];
  return typeof count === 'number' && count > 0 ? count : undefined;
}
