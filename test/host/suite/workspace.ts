import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';

/** A file of the workspace's copy. */
export function workspaceUri(relativePath: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, relativePath);
}

/** What `look` finds, as soon as it finds something; fails after `patience` milliseconds. */
export async function eventually<T>(look: () => T | undefined | Promise<T | undefined>, patience = 30_000): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) assert.fail(`Nothing came of it within ${patience} ms: ${look.toString()}`);
    await wait(100);
  }
}
