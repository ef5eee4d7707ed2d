import * as vscode from 'vscode';
import { LanguageClient, type Executable, type LanguageClientOptions } from 'vscode-languageclient/node';
import type { NodeProgram } from '../engine/node-program.ts';
import { classifyCell, type CellKind } from '../notebook/classify.ts';
import { isOurNotebook } from '../notebook/kernel-metadata.ts';

const languages = ['aiwb-bench', 'aiwb-tune', 'aiwb-policy', 'aiwb-workbench', 'aiwb-prompt'];

/** What a cell of each kind is to the language server. */
const cellLanguages: Readonly<Partial<Record<CellKind, string>>> = {
  bench: 'aiwb-bench',
  tune: 'aiwb-tune',
  policy: 'aiwb-policy',
};

/** Creates the client of `aiwb lsp --stdio`; the caller starts and stops it. */
export function createLanguageClient(
  program: NodeProgram,
  script: string,
  output: vscode.LogOutputChannel,
): LanguageClient {
  const server: Executable = {
    command: program.path,
    args: [script, 'lsp', '--stdio'],
    options: { env: { ...process.env, ...program.env } },
  };
  const options: LanguageClientOptions = {
    documentSelector: documentSelector(),
    outputChannel: output,
    middleware: { didOpen: async (document, next) => await next(asServed(document)) },
  };
  return new LanguageClient('aiWorkbench', 'AI Workbench', server, options);
}

/** Our files and cells; `yaml` cells because Jupyter tools write ours as such. */
function documentSelector(): { scheme: string; language: string }[] {
  const files = languages.flatMap(language => [
    { scheme: 'file', language },
    { scheme: 'untitled', language },
  ]);
  const cells = [...Object.values(cellLanguages), 'yaml'].map(language => ({
    scheme: 'vscode-notebook-cell',
    language,
  }));
  return [...files, ...cells];
}

/** A `yaml` cell of our notebooks is opened as what it holds; the server leaves other YAML alone. */
function asServed(document: vscode.TextDocument): vscode.TextDocument {
  if (document.languageId !== 'yaml') return document;
  const language = cellLanguages[classifyCell('yaml', document.getText())];
  if (language === undefined) return document;
  const isOurs = vscode.workspace.notebookDocuments.some(
    notebook => isOurNotebook(notebook.metadata) && notebook.getCells().some(cell => cell.document === document),
  );
  if (!isOurs) return document;
  return new Proxy(document, {
    get: (target, property) =>
      property === 'languageId' ? language : (Reflect.get(target, property, target) as unknown),
  });
}
