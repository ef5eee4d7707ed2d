import * as vscode from 'vscode';
import { isOurNotebook } from '../notebook/kernel-metadata.ts';
import { cellLanguages, languageOfYaml } from './cell-language.ts';

/** Languages that files are written in. */
export const fileLanguages: readonly string[] = [...cellLanguages, 'aiwb-framework', 'aiwb-workbench'];

/** Whether the language server helps with a document. */
export function isServed(document: vscode.TextDocument): boolean {
  return fileLanguages.includes(servedLanguage(document));
}

/** A cell whose language says nothing yet: Jupyter tools write every cell of ours as YAML. */
export function isYamlCell(document: vscode.TextDocument): boolean {
  return document.languageId === 'yaml' && document.uri.scheme === 'vscode-notebook-cell';
}

/** A document's language; for a `yaml` cell of our notebooks that of what it holds. */
export function servedLanguage(document: vscode.TextDocument): string {
  if (!isYamlCell(document)) return document.languageId;
  const language = languageOfYaml(document.getText());
  return language !== undefined && isInOurNotebook(document) ? language : document.languageId;
}

function isInOurNotebook(document: vscode.TextDocument): boolean {
  return vscode.workspace.notebookDocuments.some(
    notebook => isOurNotebook(notebook.metadata) && notebook.getCells().some(cell => cell.document === document),
  );
}
