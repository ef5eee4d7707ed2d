import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { isServed } from './documents.ts';

/**
 * Tells the server the order of a notebook's cells whenever it changes, until disposed: a name counts from the cell that gives it on. By
 * themselves documents have no order.
 */
export function followCellOrder(client: LanguageClient): vscode.Disposable {
  function tell(notebook: vscode.NotebookDocument): void {
    const documents = notebook.getCells().map(({ document }) => document);
    if (!client.isRunning() || !documents.some(isServed)) return;
    const cells = documents.map(({ uri }) => client.code2ProtocolConverter.asUri(uri));
    client
      .sendNotification('aiwb/cells', { cells })
      .catch((error: unknown) => client.outputChannel.warn(String(error)));
  }

  for (const notebook of vscode.workspace.notebookDocuments) tell(notebook);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenNotebookDocument(tell),
    vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
      if (contentChanges.length > 0) tell(notebook);
    }),
  );
}
