import path from 'node:path';
import pc from 'picocolors';
import { toWorkbenchError, WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { describeCellFailure } from '../../engine/notebooks/failure-text.ts';
import { loadNotebook, type Notebook, type NotebookCell } from '../../engine/notebooks/ipynb.ts';
import { createNotebookFile, type NotebookFile } from '../../engine/notebooks/notebook-file.ts';
import { showLine } from '../../engine/reports/shown-text.ts';
import { createTerminalAccess } from '../access.ts';
import { createHost, withStore, type Host } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { layTable, printFailure, printJson, printNote, printResult } from '../output.ts';
import { executeCell, type CellContext, type CellOutcome } from './notebook-cell.ts';
import type { RunNotebookOptions } from './notebook-options.ts';
import { chooseCells, nameCell, skipDone } from './notebook-selection.ts';

/**
 * Executes a notebook's cells in order, as its kernel would, and writes each cell's output into the file: its run's reference when it has
 * begun, what came of it when it has ended. A process that is killed leaves a valid file from which `--resume` goes on.
 */
export async function runNotebook(file: string, options: RunNotebookOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  const source = path.resolve(file);
  try {
    const target = options.output === undefined ? source : path.resolve(options.output);
    const notebook = await openNotebook(source, target, options, host, signal);
    const chosen = chooseCells(notebook, options.cell);
    const cells = options.resume === true ? skipDone(chosen) : chosen;
    if (cells.length === 0) {
      printNote(chosen.length === 0 ? `${file} has no cell to execute.` : `Every cell of ${file} is done.`);
      if (options.json === true) printJson({ notebook: source, output: target, cells: [] });
      return 0;
    }
    return await withStore(host, path.dirname(source), options.store, signal, async (store, workspace) => {
      const book = createNotebookFile(notebook, target, host.files);
      const context: CellContext = { host, store, workspace, book, options, access: createTerminalAccess(options) };
      const outcomes = await executeCells(cells, context, signal);
      print(outcomes, book.current(), target, options);
      return tellEnd(outcomes, cells.length, file, options, signal);
    });
  } finally {
    interrupts.dispose();
  }
}

/** A copy that an interrupted execution wrote is gone on with; its cells' paths still start where the notebook lies. */
async function openNotebook(
  source: string,
  target: string,
  { resume }: RunNotebookOptions,
  host: Host,
  signal: AbortSignal,
): Promise<Notebook> {
  const begun = resume === true && (await host.files.facts(target)) !== undefined;
  if (!begun || target === source) return loadNotebook(source, host.files, signal);
  return { ...(await loadNotebook(target, host.files, signal)), path: source };
}

/** Cells that are to be executed lose their numbers first: what has one afterwards was executed. */
async function executeCells(
  cells: readonly NotebookCell[],
  context: CellContext,
  signal: AbortSignal,
): Promise<readonly CellOutcome[]> {
  const { book, options } = context;
  await book.change(new Map(cells.map(cell => [cell, { executionCount: null }])));
  let count = cellCount(book, cells);
  const outcomes: CellOutcome[] = [];
  for (const cell of cells) {
    const outcome = await executeOne(cell, ++count, context, signal);
    outcomes.push(outcome);
    if (signal.aborted) break;
    if (outcome.failure !== undefined && options.allowErrors !== true) break;
    if (outcome.gate !== undefined && outcome.gate !== 'met' && options.stopAtGate === true) break;
  }
  return outcomes;
}

/** Numbers go on after those of the cells that are not executed; they begin anew where all are. */
function cellCount(book: NotebookFile, cells: readonly NotebookCell[]): number {
  const executed = new Set(cells.map(({ index }) => index));
  const counts = book
    .current()
    .cells.map(({ index, executionCount }) => (executed.has(index) ? 0 : (executionCount ?? 0)));
  return Math.max(0, ...counts);
}

async function executeOne(
  cell: NotebookCell,
  count: number,
  context: CellContext,
  signal: AbortSignal,
): Promise<CellOutcome> {
  const { book, host, options } = context;
  const limit = limitTime(cell, options.timeout, host, signal);
  const startedAt = host.clock.now();
  if (options.json !== true) printNote(pc.dim(`Cell ${nameCell(cell)}`));
  try {
    const outcome = await executeCell(cell, count, context, limit.signal);
    await book.change(new Map([[cell, { timing: { startedAt, endedAt: host.clock.now() } }]]));
    return limit.passed() ? { ...outcome, failure: limit.failure } : outcome;
  } catch (error) {
    const failure = limit.passed() ? limit.failure : toWorkbenchError(error);
    const output = { type: 'stderr', text: describeCellFailure(failure, book.current().path) } as const;
    await book.change(
      new Map([[cell, { outputs: [output], executionCount: count, timing: { startedAt, endedAt: host.clock.now() } }]]),
    );
    return { cell, kind: undefined, state: 'failed', failure };
  } finally {
    limit.dispose();
  }
}

/** A signal that also aborts when a cell's time is up. */
function limitTime(cell: NotebookCell, seconds: number | undefined, { clock }: Host, signal: AbortSignal) {
  const controller = new AbortController();
  const name = nameCell(cell);
  const failure = new WorkbenchError('deadline-exceeded', `Cell ${name} took longer than ${String(seconds)} s.`, {
    remedy: 'Its run was cancelled and can be gone on with: add --resume, and give it more time with --timeout.',
  });
  const stop =
    seconds === undefined
      ? () => undefined
      : clock.after(seconds * 1000, () => {
          controller.abort(new WorkbenchError('cancelled', failure.message));
        });
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    passed: () => controller.signal.aborted && !signal.aborted,
    failure,
    dispose: stop,
  };
}

function print(
  outcomes: readonly CellOutcome[],
  notebook: Notebook,
  target: string,
  options: RunNotebookOptions,
): void {
  if (options.json === true) {
    printJson({
      notebook: notebook.path,
      output: target,
      cells: outcomes.map(({ cell, failure, ...outcome }) => ({
        cell: cell.index + 1,
        ...(cell.id === undefined ? {} : { id: cell.id }),
        ...outcome,
        ...(failure === undefined
          ? {}
          : { failure: { code: failure.code, message: failure.message, remedy: failure.remedy } }),
      })),
    });
    return;
  }
  const header = ['Cell', 'Kind', 'State', 'Gate', 'Result'].map(text => ({ text }));
  const rows = outcomes.map(({ cell, kind, state, gate, as, headline }) => [
    { text: nameCell(cell) },
    { text: kind ?? '–' },
    { text: state },
    { text: gate ?? '–' },
    {
      text:
        [as, headline]
          .filter(part => part !== undefined)
          .map(part => showLine(part, 100))
          .join(': ') || '–',
    },
  ]);
  printResult(layTable(header, rows, ['Cell']));
}

/** Tells what failed and how to go on; gives the exit code. */
function tellEnd(
  outcomes: readonly CellOutcome[],
  asked: number,
  file: string,
  options: RunNotebookOptions,
  signal: AbortSignal,
): ExitCode {
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  for (const { cell, failure } of failed) {
    if (failure === undefined || (signal.aborted && failure.code === 'cancelled')) continue;
    if (options.json !== true) printNote(`Cell ${nameCell(cell)}:`);
    // With --json the failure stands in the result.
    printFailure(failure, false, options.verbose === true);
  }
  const isDone = outcomes.length === asked && failed.length === 0;
  if (!isDone) {
    const left = asked - outcomes.length;
    const rest = left === 0 ? '' : `${String(left)} of ${String(asked)} cells were not executed. `;
    printNote(`${rest}Go on with: aiwb notebook run ${file} --resume`);
  }
  if (signal.aborted) return 130;
  const [first] = failed;
  if (first?.failure !== undefined && options.allowErrors !== true) return first.failure.exitCode;
  return outcomes.some(({ gate }) => gate !== undefined && gate !== 'met') ? 1 : 0;
}
