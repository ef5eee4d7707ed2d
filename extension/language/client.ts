import * as vscode from 'vscode';
import { LanguageClient, type Executable, type LanguageClientOptions } from 'vscode-languageclient/node';
import type { NodeProgram } from '../engine/node-program.ts';
import { classifyCell } from '../notebook/classify.ts';
import { isOurNotebook } from '../notebook/kernel-metadata.ts';

const languages = ['aiwb-bench', 'aiwb-workbench', 'aiwb-prompt'];

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

/** Our files and cells; `yaml` cells because Jupyter tools write a benchmark as one. */
function documentSelector(): { scheme: string; language: string }[] {
  const files = languages.flatMap(language => [
    { scheme: 'file', language },
    { scheme: 'untitled', language },
  ]);
  const cells = ['aiwb-bench', 'yaml'].map(language => ({ scheme: 'vscode-notebook-cell', language }));
  return [...files, ...cells];
}

/** A `yaml` cell of our notebooks that holds a benchmark is opened as one; the server leaves other YAML alone. */
function asServed(document: vscode.TextDocument): vscode.TextDocument {
  if (document.languageId !== 'yaml' || classifyCell('yaml', document.getText()) !== 'bench') return document;
  const isOurs = vscode.workspace.notebookDocuments.some(
    notebook => isOurNotebook(notebook.metadata) && notebook.getCells().some(cell => cell.document === document),
  );
  if (!isOurs) return document;
  return new Proxy(document, {
    get: (target, property) =>
      property === 'languageId' ? 'aiwb-bench' : (Reflect.get(target, property, target) as unknown),
  });
}
