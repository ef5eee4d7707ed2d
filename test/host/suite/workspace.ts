import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';

/** A file of the workspace's copy. */
export function workspaceUri(relativePath: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, relativePath);
}

/**
 * Trains the sample's model under a name of its own, so that other tests find the sample's as they expect it. Its version is there once
 * the job has ended, under the alias `candidate`.
 */
export async function trainAs(model: string): Promise<void> {
  const sample = await vscode.workspace.fs.readFile(workspaceUri('ticket-triage.tune.yaml'));
  const text = new TextDecoder()
    .decode(sample)
    .replace('name: ticket-triage-tuned', `name: ${model}-tuned`)
    .replace('model: ticket-triage\n', `model: ${model}\n`);
  const file = workspaceUri(`${model}.tune.yaml`);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  await vscode.commands.executeCommand('aiwb.train', file);
  await vscode.workspace.fs.delete(file);
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
