import * as vscode from 'vscode';

/** The cell of an open notebook whose document has this address. */
export function findCell(uri: vscode.Uri): vscode.NotebookCell | undefined {
  return vscode.workspace.notebookDocuments
    .flatMap(notebook => notebook.getCells())
    .find(({ document }) => document.uri.toString() === uri.toString());
}
