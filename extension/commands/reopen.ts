import * as vscode from 'vscode';

/** The file of the active editor, a text or a custom one. */
export function activeFile(): vscode.Uri | undefined {
  const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}

/** Opens the file of the active editor, or the one given, in another editor. False where there is none. */
export async function reopenWith(given: unknown, editor: string): Promise<boolean> {
  const uri = given instanceof vscode.Uri ? given : activeFile();
  if (uri === undefined) return false;
  await vscode.commands.executeCommand('vscode.openWith', uri, editor);
  return true;
}
