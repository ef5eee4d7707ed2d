import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { attachCell, executeCell, type ExecutionParts } from './executions.ts';
import { isOurNotebook, kernelName } from './kernel-metadata.ts';
import { markOf } from './outputs.ts';

/** The "AI Workbench" kernel on ordinary `.ipynb` files. */
export function createKernel(parts: ExecutionParts): vscode.Disposable {
  const controller = vscode.notebooks.createNotebookController(kernelName, 'jupyter-notebook', 'AI Workbench');
  const selected = new Set<vscode.NotebookDocument>();
  /** Cells with an execution of ours: a cell can have one at a time. */
  const busy = new Set<vscode.NotebookCell>();
  let order = 0;

  controller.supportedLanguages = ['aiwb-bench', 'aiwb-tune', 'aiwb-policy', 'aiwb-prompt', 'yaml', 'markdown'];
  controller.supportsExecutionOrder = true;
  controller.description = vscode.l10n.t('Runs benchmarks and tuning jobs on this machine, and assesses by policies');
  controller.detail = vscode.l10n.t('Runs go on when the window closes');
  controller.executeHandler = async cells => {
    const free = cells.filter(cell => !busy.has(cell));
    // All of them first, so that those that wait show it and can be interrupted.
    const executions = free.map(cell => ({ cell, execution: controller.createNotebookCellExecution(cell) }));
    for (const { cell } of executions) busy.add(cell);
    for (const { cell, execution } of executions) {
      execution.executionOrder = ++order;
      await executeCell(execution, parts).finally(() => busy.delete(cell));
    }
  };

  /** Attaches to what the outputs say is unfinished. Only a notebook that has our kernel can show an execution. */
  async function attachAll(notebook: vscode.NotebookDocument): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    await Promise.all(notebook.getCells().map(cell => attach(cell)));
  }

  async function attach(cell: vscode.NotebookCell): Promise<void> {
    const mark = markOf(cell);
    if (mark === undefined || mark.ended || busy.has(cell)) return;
    busy.add(cell);
    try {
      const entry = await parts.book.find(mark.runId);
      if (entry === undefined || !selected.has(cell.notebook) || cell.notebook.isClosed) return;
      await attachTo(cell, entry, mark.as);
    } catch (error) {
      parts.log.warn(describeFailure(toFailure(error)));
    } finally {
      busy.delete(cell);
    }
  }

  async function attachTo(cell: vscode.NotebookCell, entry: RunEntry, name: string | undefined): Promise<void> {
    const engine = parts.engines.at(entry.folder);
    if (engine === undefined) return;
    const execution = controller.createNotebookCellExecution(cell);
    execution.executionOrder = cell.executionSummary?.executionOrder ?? ++order;
    await attachCell(execution, engine, entry.run, name, parts);
  }

  function prefer(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== 'jupyter-notebook' || !isOurNotebook(notebook.metadata)) return;
    controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
  }

  const subscriptions = vscode.Disposable.from(
    controller,
    controller.onDidChangeSelectedNotebooks(change => {
      if (!change.selected) {
        selected.delete(change.notebook);
        return;
      }
      selected.add(change.notebook);
      void attachAll(change.notebook);
    }),
    vscode.workspace.onDidOpenNotebookDocument(prefer),
    vscode.workspace.onDidCloseNotebookDocument(notebook => selected.delete(notebook)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      for (const notebook of selected) void attachAll(notebook);
    }),
  );
  for (const notebook of vscode.workspace.notebookDocuments) prefer(notebook);
  return subscriptions;
}
