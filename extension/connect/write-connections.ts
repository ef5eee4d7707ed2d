import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { changedRange } from '../base/changed-range.ts';
import type { Engine } from '../engine/engine.ts';

/** Adds connections to workbench.yaml and says how they are used. Returns the names. */
export async function addConnections(engine: Engine, connections: string[]): Promise<string[]> {
  const names = await addToWorkbench(engine, connections, 'connections');
  void vscode.window.showInformationMessage(
    names.length === 1
      ? vscode.l10n.t('Added the connection {0}: name it under "models" in a benchmark.', names.join())
      : vscode.l10n.t('Added {0} connections: name them under "models" in a benchmark.', names.length),
  );
  return names;
}

/** Edits workbench.yaml as a person would: one step that can be undone, shown where it was made. Returns the names. */
export async function addToWorkbench(
  engine: Engine,
  added: string[],
  section: 'connections' | 'registries',
): Promise<string[]> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => isWorkbench(uri, engine.folder));
  const text = open === undefined ? {} : { text: open.getText() };
  const { path, before, after, names } =
    section === 'connections'
      ? await engine.request('connections/add', { connections: added, ...text })
      : await engine.request('registries/add', { registries: added, ...text });
  const uri = vscode.Uri.file(path);
  const edit = new vscode.WorkspaceEdit();
  const exists = open !== undefined || (await isThere(uri));
  if (exists) {
    const document = await vscode.workspace.openTextDocument(uri);
    const { start, end, inserted } = changedRange(before, after);
    edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), inserted);
  } else {
    edit.createFile(uri, { contents: Buffer.from(after) });
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new FailureError({ code: 'file-unwritable', message: vscode.l10n.t('{0} could not be changed.', path) });
  }
  const document = await vscode.workspace.openTextDocument(uri);
  await document.save();
  const { start, inserted } = changedRange(exists ? before : '', after);
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(start + inserted.length));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  editor.selection = new vscode.Selection(selection.start, selection.end);
  editor.revealRange(selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return names;
}

function isWorkbench(uri: vscode.Uri, folder: string): boolean {
  return ['workbench.yaml', 'workbench.yml'].some(
    name => uri.fsPath === vscode.Uri.joinPath(vscode.Uri.file(folder), name).fsPath,
  );
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  return await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
