import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { createCellQueue, type CellQueue } from './cell-queue.ts';
import { pathOf, type ExecutionParts } from './executions.ts';
import { cellId, isOurCell, isOurNotebook, kernelName } from './kernel-metadata.ts';
import { followSelection, notebookType } from './selection.ts';
import { isBehind, type OutputFacts } from './output-facts.ts';
import { readNotebook, runFactsOf } from './outputs.ts';

export interface Kernel extends vscode.Disposable {
  /** Cancels the notebook's cells and runs, no other notebook's, and counts executions anew. */
  restart(notebook: vscode.NotebookDocument): Promise<void>;
}

export interface KernelParts extends ExecutionParts {
  /** Id of this extension. */
  readonly extensionId: string;
}

/** The "AI Workbench" kernel on ordinary `.ipynb` files. */
export function createKernel(parts: KernelParts): Kernel {
  const controller = vscode.notebooks.createNotebookController(kernelName, notebookType, 'AI Workbench');
  const queues = new WeakMap<vscode.NotebookDocument, CellQueue>();
  const preferred = new WeakSet<vscode.NotebookDocument>();

  controller.supportedLanguages = ['aiwb-bench', 'aiwb-tune', 'aiwb-policy', 'aiwb-prompt', 'yaml', 'markdown'];
  controller.supportsExecutionOrder = true;
  controller.description = vscode.l10n.t('Runs benchmarks and tuning jobs on this machine, and assesses by policies');
  controller.detail = vscode.l10n.t('Runs go on when the window closes');
  controller.executeHandler = async (cells, notebook) => {
    if (vscode.workspace.isTrusted) await queueOf(notebook).run(cells);
  };

  function queueOf(notebook: vscode.NotebookDocument): CellQueue {
    const known = queues.get(notebook);
    if (known !== undefined) return known;
    const queue = createCellQueue(notebook, {
      ...parts,
      canWrite: () => selected.has(notebook) && !notebook.isClosed,
      createExecution: cell => controller.createNotebookCellExecution(cell),
    });
    queues.set(notebook, queue);
    return queue;
  }

  /** Takes up what the outputs show less of than there is. Only a notebook that has our kernel can be written. */
  async function attachAll(notebook: vscode.NotebookDocument): Promise<void> {
    const shown = (await readNotebook(notebook)).toSorted((a, b) => a.facts.createdAt - b.facts.createdAt);
    for (const { cell } of shown) await attach(cell);
  }

  async function attach(cell: vscode.NotebookCell, isResumed = false): Promise<void> {
    const facts = runFactsOf(cell);
    if (facts === undefined || !(isResumed || mayChange(facts))) return;
    try {
      const entry = await parts.book.find(facts.id);
      if (entry !== undefined) attachTo(cell, facts.trials === undefined ? entry : await findSearch(entry));
    } catch (error) {
      parts.log.warn(describeFailure(toFailure(error)));
    }
  }

  /** A search as one run. */
  async function findSearch({ folder, run }: RunEntry): Promise<RunEntry> {
    const search = await parts.engines.at(folder)?.request('tuning/search', { runId: run.id });
    return { folder, run: search?.run ?? run };
  }

  function attachTo(cell: vscode.NotebookCell, { folder, run }: RunEntry): void {
    const { notebook } = cell;
    const engine = parts.engines.at(folder);
    const facts = runFactsOf(cell);
    // Much may have happened since it was asked for.
    if (engine === undefined || facts?.id !== run.id || !isBehind(facts, run) || !isOpen(notebook)) return;
    const queue = queueOf(notebook);
    if (queue.has(cell)) return;
    const startedAt = run.startedAt ?? run.createdAt;
    const isSearch = facts.trials !== undefined;
    queue.attach(cell, {
      engine,
      runId: run.id,
      isSearch,
      as: facts.as,
      notebook: pathOf(notebook.uri, engine),
      startedAt,
    });
  }

  function isOpen(notebook: vscode.NotebookDocument): boolean {
    // Not those that are another version of a file, to be compared with.
    const isWritable = notebook.uri.scheme === 'file' || notebook.uri.scheme === 'untitled';
    return isWritable && selected.has(notebook) && !notebook.isClosed && vscode.workspace.isTrusted;
  }

  function prefer(notebook: vscode.NotebookDocument, cells = notebook.getCells()): void {
    if (notebook.notebookType !== notebookType || preferred.has(notebook)) return;
    if (!isOurNotebook(notebook.metadata) && !cells.some(isOurCell)) return;
    preferred.add(notebook);
    controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
  }

  function follow({ notebook, contentChanges, cellChanges }: vscode.NotebookDocumentChangeEvent): void {
    const added = contentChanges.flatMap(({ addedCells }) => addedCells);
    prefer(notebook, [...added, ...cellChanges.map(({ cell }) => cell)]);
    if (contentChanges.length > 0) queues.get(notebook)?.leaveGone();
    if (!isOpen(notebook)) return;
    const changed = cellChanges.flatMap(({ cell, outputs }) => (outputs === undefined ? [] : [cell]));
    for (const cell of [...added, ...changed]) if (!queueOf(notebook).has(cell)) void attach(cell);
  }

  /** The claims of what the file has are given up, and with a notebook that goes, all. */
  function release(notebook: vscode.NotebookDocument, saved: boolean): void {
    for (const engine of parts.engines.all()) {
      const unfinished = new Set(notebook.getCells().flatMap(cell => unfinishedRun(cell) ?? []));
      parts.claims.release(pathOf(notebook.uri, engine), saved, runId => !saved || !unfinished.has(runId));
    }
  }

  const selected = followSelection(controller, parts.extensionId, parts.log, notebook => {
    if (vscode.workspace.isTrusted) void attachAll(notebook);
  });
  const subscriptions = vscode.Disposable.from(
    controller,
    selected,
    parts.book.onRunsChanged(changes => {
      // One that ended and was resumed is under way again, or has ended again before anybody heard of it.
      const resumed = changes.filter(
        ({ entry, before }) => before !== undefined && isEnded(before.state) && isBehind(before, entry.run),
      );
      // The next trial of a search that had stopped between two of them is a run that nobody knew.
      for (const { entry, before } of changes) {
        if (before !== undefined || entry.run.kind !== 'tune' || isEnded(entry.run.state)) continue;
        for (const notebook of selected.all()) {
          for (const cell of notebook.getCells()) if (mayShow(cell, entry.run)) void attach(cell, true);
        }
      }
      for (const { entry } of resumed) {
        for (const notebook of selected.all()) {
          const cell = notebook.getCells().find(candidate => runsOf(candidate).includes(entry.run.id));
          if (cell === undefined) continue;
          if (runFactsOf(cell)?.trials === undefined) attachTo(cell, entry);
          else if (!queueOf(notebook).has(cell)) void attach(cell, true);
        }
      }
    }),
    vscode.workspace.onDidOpenNotebookDocument(notebook => prefer(notebook)),
    vscode.workspace.onDidChangeNotebookDocument(follow),
    vscode.workspace.onDidSaveNotebookDocument(notebook => release(notebook, true)),
    vscode.workspace.onDidCloseNotebookDocument(notebook => {
      queues.get(notebook)?.leaveGone();
      release(notebook, false);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      for (const notebook of selected.all()) void attachAll(notebook);
    }),
  );
  for (const notebook of vscode.workspace.notebookDocuments) prefer(notebook);
  return {
    restart: notebook => queueOf(notebook).restart(),
    dispose: () => void subscriptions.dispose(),
  };
}

/** Whether a run with this output may be more than the output says: it had not ended, or can be resumed. */
function mayChange({ state }: OutputFacts): boolean {
  return state !== 'succeeded';
}

/** The runs that a cell shows: one, or those of a search. */
function runsOf(cell: vscode.NotebookCell): readonly string[] {
  const facts = runFactsOf(cell);
  return facts === undefined ? [] : [facts.id, ...(facts.trials ?? [])];
}

/** Whether a run may be a trial that a cell's search goes on with: that search has ended, and is of the same cell. */
function mayShow(cell: vscode.NotebookCell, { cell: of, createdAt }: RunSummary): boolean {
  const facts = runFactsOf(cell);
  if (facts?.trials === undefined || !isEnded(facts.state) || facts.createdAt > createdAt) return false;
  return of === undefined || of === cellId(cell.metadata);
}

function unfinishedRun(cell: vscode.NotebookCell): string | undefined {
  const facts = runFactsOf(cell);
  return facts === undefined || isEnded(facts.state) ? undefined : facts.id;
}
