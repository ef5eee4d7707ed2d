import { cp, mkdir, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { kernelMetadata } from '../notebook/kernel-metadata.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { benchmarkSnippet, plainText, policySnippet, promptSnippet, tuningSnippet } from './file-templates.ts';

const sampleName = 'ai-workbench-sample';
/** What only makes the sample, or what its runs leave behind, is not copied. */
const notCopied: ReadonlySet<string> = new Set(['.aiwb', 'tools', 'node_modules']);

export function registerFileCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openSampleWorkspace', () => openSampleWorkspace(context)),
    registerCommand(context, 'aiwb.newBenchmark', () => createFile(newFiles.benchmark)),
    registerCommand(context, 'aiwb.newTuningJob', () => createFile(newFiles.tuning)),
    registerCommand(context, 'aiwb.newPrompt', () => createFile(newFiles.prompt)),
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

/** A kind of file that is created from a template. */
interface NewFile {
  readonly languageId: string;
  /** The file's ending, with its first dot. */
  readonly ending: string;
  readonly snippet: string;
}

const newFiles = {
  benchmark: { languageId: 'aiwb-bench', ending: '.bench.yaml', snippet: benchmarkSnippet },
  tuning: { languageId: 'aiwb-tune', ending: '.tune.yaml', snippet: tuningSnippet },
  policy: { languageId: 'aiwb-policy', ending: '.policy.yaml', snippet: policySnippet },
  prompt: { languageId: 'aiwb-prompt', ending: '.prompt.yml', snippet: promptSnippet },
} as const satisfies Record<string, NewFile>;

async function createFile({ languageId, ending, snippet }: NewFile): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const document =
    folder === undefined
      ? await vscode.workspace.openTextDocument({ language: languageId })
      : await vscode.workspace.openTextDocument(await freeUntitled(folder.uri, ending));
  const editor = await vscode.window.showTextDocument(document);
  if (document.languageId !== languageId) await vscode.languages.setTextDocumentLanguage(document, languageId);
  if (document.getText() === '') await editor.insertSnippet(new vscode.SnippetString(snippet));
}

/** A short policy to fill in. */
export function createPolicyFile(): Promise<void> {
  return createFile(newFiles.policy);
}

/** An untitled file that is saved beside the others under its own name. */
async function freeUntitled(folder: vscode.Uri, ending: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const file = vscode.Uri.joinPath(folder, number === 1 ? `new${ending}` : `new-${number}${ending}`);
    const taken = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (!taken) return file.with({ scheme: 'untitled' });
  }
}

async function newNotebook(): Promise<void> {
  const choices = [
    {
      label: vscode.l10n.t('Benchmark'),
      detail: vscode.l10n.t('Which model is best on this data?'),
      kinds: [newFiles.benchmark],
    },
    {
      label: vscode.l10n.t('Tuning job'),
      detail: vscode.l10n.t('Train a model, then measure it'),
      kinds: [newFiles.tuning, newFiles.benchmark],
    },
    {
      label: vscode.l10n.t('Policy'),
      detail: vscode.l10n.t('Does a registered version meet it?'),
      kinds: [newFiles.policy],
    },
    {
      label: vscode.l10n.t('The whole workflow'),
      detail: vscode.l10n.t('Train, measure and assess, one cell each'),
      kinds: [newFiles.tuning, newFiles.benchmark, newFiles.policy],
    },
  ];
  const title = vscode.l10n.t('What Should the Notebook Start With?');
  const chosen = await vscode.window.showQuickPick(choices, { title });
  if (chosen === undefined) return;
  const markdown = new vscode.NotebookCellData(
    vscode.NotebookCellKind.Markup,
    vscode.l10n.t('# A question\n\nWhat should be found out, on which data, and how it is decided.'),
    'markdown',
  );
  const cells = chosen.kinds.map(
    ({ languageId, snippet }) =>
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, plainText(snippet), languageId),
  );
  const data = new vscode.NotebookData([markdown, ...cells]);
  data.metadata = kernelMetadata();
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
  await vscode.window.showNotebookDocument(notebook);
}
