import { cp, mkdir, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { kernelMetadata } from '../notebook/kernel-metadata.ts';
import { registerCommand, type CommandContext } from './context.ts';

const sampleName = 'ai-workbench-sample';
/** What only makes the sample, or what its runs leave behind, is not copied. */
const notCopied: ReadonlySet<string> = new Set(['.aiwb', 'tools', 'node_modules']);

export function registerFileCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openSampleWorkspace', () => openSampleWorkspace(context)),
    registerCommand(context, 'aiwb.newBenchmark', () => newBenchmark()),
    registerCommand(context, 'aiwb.newNotebook', () => newNotebook()),
  ];
}

async function openSampleWorkspace(context: CommandContext): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.Uri.file(os.homedir()),
    openLabel: vscode.l10n.t('Copy Sample Here'),
    title: vscode.l10n.t('Where Should the Sample Workspace Go?'),
  });
  const [parent] = chosen ?? [];
  if (parent === undefined) return;
  const target = await freeFolder(parent.fsPath);
  const source = path.join(context.extension.extensionPath, 'examples');
  await cp(source, target, { recursive: true, filter: file => !notCopied.has(path.basename(file)) });
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(target), { forceNewWindow });
}

/** A folder that is not there yet, or is empty: a sample that was worked in is never written over. */
async function freeFolder(parent: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = path.join(parent, number === 1 ? sampleName : `${sampleName}-${number}`);
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return folder;
  }
}

async function newBenchmark(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const document =
    folder === undefined
      ? await vscode.workspace.openTextDocument({ language: 'aiwb-bench' })
      : await vscode.workspace.openTextDocument(await freeUntitled(folder.uri));
  const editor = await vscode.window.showTextDocument(document);
  if (document.languageId !== 'aiwb-bench') await vscode.languages.setTextDocumentLanguage(document, 'aiwb-bench');
  if (document.getText() === '') await editor.insertSnippet(new vscode.SnippetString(benchmarkSnippet));
}

/** An untitled file that is saved beside the others under its own name. */
async function freeUntitled(folder: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const file = vscode.Uri.joinPath(folder, number === 1 ? 'new.bench.yaml' : `new-${number}.bench.yaml`);
    const taken = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (!taken) return file.with({ scheme: 'untitled' });
  }
}

async function newNotebook(): Promise<void> {
  const markdown = new vscode.NotebookCellData(
    vscode.NotebookCellKind.Markup,
    vscode.l10n.t('# A question\n\nWhat should be found out, on which data, and how it is decided.'),
    'markdown',
  );
  const bench = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, notebookBenchmark, 'aiwb-bench');
  const data = new vscode.NotebookData([markdown, bench]);
  data.metadata = kernelMetadata();
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
  await vscode.window.showNotebookDocument(notebook);
}

const benchmarkSnippet = `name: \${1:my-benchmark}
dataset:
  path: \${2:data/rows.jsonl}
  input: \${3:text}
  target: \${4:label}
  split: {field: \${5:split}, train: train, test: test}
models: [embedded:majority, embedded:knn, embedded:linear]
metrics:
  - accuracy
  - f1: {average: macro}
  - latency
compare: {baseline: embedded:majority, confidence: 0.95}
`;

const notebookBenchmark = `name: my-benchmark
dataset:
  path: data/rows.jsonl
  input: text
  target: label
  split: {field: split, train: train, test: test}
models: [embedded:majority, embedded:knn, embedded:linear]
metrics: [accuracy, latency]
`;
