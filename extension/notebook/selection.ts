import * as vscode from 'vscode';
import type { Log } from '../base/log.ts';
import { isOurNotebook, kernelName } from './kernel-metadata.ts';

export const notebookType = 'jupyter-notebook';

/** Which notebooks have our kernel. */
export interface Selection extends vscode.Disposable {
  has(notebook: vscode.NotebookDocument): boolean;
  /** The open ones. */
  all(): readonly vscode.NotebookDocument[];
}

/**
 * Follows which notebooks have our kernel, and gives it to those whose file names it: VS Code itself only proposes one until the first cell runs.
 * Of a notebook that is opened again, VS Code may tell so before the notebook itself is known here, and then its word is lost: what was told
 * is kept by address.
 * @param onSelected called with a notebook as soon as it is open and has our kernel; it may be called again
 */
export function followSelection(
  controller: vscode.NotebookController,
  extensionId: string,
  log: Log,
  onSelected: (notebook: vscode.NotebookDocument) => void,
): Selection {
  /** By address: closing a notebook takes its kernel from none that is not untitled. */
  const selected = new Set<string>();
  /** Notebooks that were given our kernel: a person may choose another afterwards. */
  const given = new WeakSet<vscode.NotebookDocument>();
  const has = ({ uri }: vscode.NotebookDocument): boolean => selected.has(uri.toString());

  async function give(editor: vscode.NotebookEditor): Promise<void> {
    const { notebook } = editor;
    if (notebook.notebookType !== notebookType || given.has(notebook) || has(notebook)) return;
    if (!isOurNotebook(notebook.metadata)) return;
    given.add(notebook);
    const kernel = { notebookEditor: editor, id: kernelName, extension: extensionId };
    await vscode.commands.executeCommand('notebook.selectKernel', kernel);
  }

  function giveAll(editors: readonly vscode.NotebookEditor[]): void {
    for (const editor of editors) give(editor).catch((error: unknown) => log.debug(String(error)));
  }

  const subscriptions = vscode.Disposable.from(
    controller.onDidChangeSelectedNotebooks(({ notebook, selected: isSelected }) => {
      if (!isSelected) {
        selected.delete(notebook.uri.toString());
        return;
      }
      selected.add(notebook.uri.toString());
      onSelected(notebook);
    }),
    vscode.workspace.onDidOpenNotebookDocument(notebook => {
      if (has(notebook)) onSelected(notebook);
    }),
    vscode.workspace.onDidCloseNotebookDocument(({ uri }) => {
      if (uri.scheme === 'untitled') selected.delete(uri.toString());
    }),
    vscode.window.onDidChangeVisibleNotebookEditors(giveAll),
  );
  giveAll(vscode.window.visibleNotebookEditors);
  return {
    has,
    all: () => vscode.workspace.notebookDocuments.filter(has),
    dispose: () => void subscriptions.dispose(),
  };
}
