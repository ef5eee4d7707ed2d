import path from 'node:path';
import * as vscode from 'vscode';
import { classifyCell, topLevelScalar, type CellKind } from '../../schemas/cells.ts';
import { FailureError } from '../base/failure.ts';
import { pathOf, resultsOf, sourceOfCell } from '../notebook/executions.ts';
import { kernelMetadata } from '../notebook/kernel-metadata.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { showFailure } from './show-failure.ts';
import { benchmarkFiles, policyFiles, promptFiles, resolveFile, tuningFiles } from './pick.ts';
import { fileNameFor, nameCell, withEnding } from './cell-file-names.ts';

/** Commands on a notebook and its cells. */
export function registerCellCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.restartKernel', () => restartKernel(context)),
    registerCommand(context, 'aiwb.saveCellAsFile', (cell: unknown) => saveCellAsFile(context, cell)),
    registerCommand(context, 'aiwb.openFileAsCell', (file: unknown) => openFileAsCell(context, file)),
  ];
}

async function restartKernel({ notebooks }: CommandContext): Promise<void> {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook === undefined) throw noNotebook();
  await notebooks.restart(notebook);
}

/** Writes what the cell means as a file of its kind, and offers to have the cell use it. */
async function saveCellAsFile(context: CommandContext, given: unknown): Promise<void> {
  const cell = cellOf(given);
  const engine = context.engines.of(cell.notebook.uri);
  const source = sourceOfCell(cell, engine);
  const kind = classifyCell(source.language, source.text);
  const name = topLevelScalar(source.text, 'name') ?? topLevelScalar(source.text, 'id') ?? '';
  const suggested = fileNameFor(kind, name);
  if (suggested === undefined) throw savesNothing(kind);
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(path.dirname(source.notebook), suggested)),
    title: vscode.l10n.t('Save Cell as File'),
  });
  if (chosen === undefined) return;
  const file = chosen.with({ path: withEnding(kind, chosen.path) });
  if (file.path !== chosen.path && (await exists(file)) && !(await mayReplace(file))) return;
  const results = await resultsOf(cell.notebook);
  const { text } = await engine.request('cells/toFile', { source, results, path: file.fsPath });
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  // Not awaited: the command has done its work.
  offerFile({ cell, file, text: source.text, notebook: source.notebook, engine }).catch((error: unknown) =>
    showFailure(context.output, error),
  );
}

interface SavedCell {
  readonly cell: vscode.NotebookCell;
  readonly file: vscode.Uri;
  /** The cell's text that was saved. */
  readonly text: string;
  /** Absolute path of the notebook. */
  readonly notebook: string;
  readonly engine: ReturnType<CommandContext['engines']['of']>;
}

async function offerFile({ cell, file, text, notebook, engine }: SavedCell): Promise<void> {
  const use = vscode.l10n.t('Use the File in the Cell');
  const open = vscode.l10n.t('Open File');
  const saved = vscode.l10n.t('The cell was saved as {0}.', vscode.workspace.asRelativePath(file));
  const answer = await vscode.window.showInformationMessage(saved, use, open);
  if (answer === open) await vscode.window.showTextDocument(file);
  if (answer !== use || cell.index < 0 || cell.document.getText() !== text) return;
  const { text: using } = await engine.request('cells/fromFile', { path: file.fsPath, notebook, how: 'use' });
  const edit = new vscode.WorkspaceEdit();
  const end = cell.document.lineAt(cell.document.lineCount - 1).range.end;
  const whole = new vscode.Range(new vscode.Position(0, 0), end);
  edit.replace(cell.document.uri, whole, nameCell(using, topLevelScalar(text, 'as')));
  await vscode.workspace.applyEdit(edit);
}

/** Adds a cell that uses a file, or has its text, below the selected one. */
async function openFileAsCell({ engines }: CommandContext, given: unknown): Promise<void> {
  const file = await resolveFile(given, benchmarkFiles, tuningFiles, policyFiles, promptFiles);
  if (file === undefined) return;
  const how = await pickHow(file);
  if (how === undefined) return;
  const notebook = await pickNotebook();
  if (notebook === undefined) return;
  const engine = engines.of(file);
  const at = notebook === 'new' ? vscode.Uri.from({ scheme: 'untitled', path: 'Untitled.ipynb' }) : notebook.uri;
  const asked = { path: file.fsPath, notebook: pathOf(at, engine), how };
  const { language, text } = await engine.request('cells/fromFile', asked);
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, language);
  if (notebook === 'new') {
    const data = new vscode.NotebookData([cell]);
    data.metadata = kernelMetadata();
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument('jupyter-notebook', data));
    return;
  }
  const editor = await vscode.window.showNotebookDocument(notebook);
  const index = Math.min(notebook.cellCount, editor.selection.end);
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(index, [cell])]);
  await vscode.workspace.applyEdit(edit);
  const range = new vscode.NotebookRange(index, index + 1);
  editor.selection = range;
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

async function pickHow(file: vscode.Uri): Promise<'use' | 'copy' | undefined> {
  const choices = [
    {
      label: vscode.l10n.t('Use the File'),
      detail: vscode.l10n.t('The cell names it, and follows its changes'),
      how: 'use' as const,
    },
    {
      label: vscode.l10n.t('Copy Its Text'),
      detail: vscode.l10n.t('The cell is on its own from then on'),
      how: 'copy' as const,
    },
  ];
  const title = vscode.l10n.t('Open {0} as a Notebook Cell', path.basename(file.path));
  return (await vscode.window.showQuickPick(choices, { title }))?.how;
}

/** The notebook that is looked at; else the person's choice of those that are open, and a new one. */
async function pickNotebook(): Promise<vscode.NotebookDocument | 'new' | undefined> {
  const editor = vscode.window.activeNotebookEditor ?? vscode.window.visibleNotebookEditors[0];
  if (editor !== undefined) return editor.notebook;
  const open = vscode.workspace.notebookDocuments.filter(({ notebookType }) => notebookType === 'jupyter-notebook');
  if (open.length === 0) return 'new';
  const choices = [
    ...open.map(notebook => ({ label: vscode.workspace.asRelativePath(notebook.uri), notebook })),
    { label: vscode.l10n.t('New Notebook'), notebook: 'new' as const },
  ];
  const title = vscode.l10n.t('Into Which Notebook?');
  return (await vscode.window.showQuickPick(choices, { title }))?.notebook;
}

/** The cell that a menu passed, else the selected one. */
function cellOf(given: unknown): vscode.NotebookCell {
  if (typeof given === 'object' && given !== null && 'notebook' in given && 'document' in given)
    return given as vscode.NotebookCell;
  const editor = vscode.window.activeNotebookEditor;
  if (editor === undefined) throw noNotebook();
  const { notebook, selection } = editor;
  if (notebook.cellCount === 0) throw savesNothing('empty');
  return notebook.cellAt(selection.start);
}

async function mayReplace(file: vscode.Uri): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('{0} is there already.', vscode.workspace.asRelativePath(file));
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace;
}

async function exists(file: vscode.Uri): Promise<boolean> {
  return await vscode.workspace.fs.stat(file).then(
    () => true,
    () => false,
  );
}

function noNotebook(): FailureError {
  return new FailureError({
    code: 'usage',
    message: vscode.l10n.t('No notebook is open.'),
    remedy: vscode.l10n.t('Open one, or run "AI Workbench: New Notebook".'),
  });
}

function savesNothing(kind: CellKind): FailureError {
  return new FailureError({
    code: 'usage',
    message:
      kind === 'compare'
        ? vscode.l10n.t('A cell that compares earlier results has no meaning as a file.')
        : vscode.l10n.t('This cell is no benchmark, tuning job, policy or prompt.'),
  });
}
