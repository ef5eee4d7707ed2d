import * as vscode from 'vscode';
import { LanguageClient, type Executable, type LanguageClientOptions } from 'vscode-languageclient/node';
import type { NodeProgram } from '../engine/node-program.ts';
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
  const watched = ['**/workbench.{yaml,yml}', '**/*.prompt.{yml,yaml}', '**/*.bench.{yaml,yml}', '**/*.{jsonl,csv}'];
  const options: LanguageClientOptions = {
    documentSelector: documentSelector(),
    outputChannel: output,
    synchronize: { fileEvents: watched.map(pattern => vscode.workspace.createFileSystemWatcher(pattern)) },
    middleware: { didOpen: async (document, next) => (isServed(document) ? await next(document) : undefined) },
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

/** Keeps other notebooks' `yaml` cells from the server. */
function isServed(document: vscode.TextDocument): boolean {
  if (document.languageId !== 'yaml') return true;
  const notebook = vscode.workspace.notebookDocuments.find(candidate =>
    candidate.getCells().some(cell => cell.document === document),
  );
  return notebook !== undefined && isOurNotebook(notebook.metadata);
}
