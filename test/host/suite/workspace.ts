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

/**
 * What `look` finds, as soon as it finds something. What it throws counts as nothing found yet. Fails after `patience` milliseconds and says
 * where it was called, what `look` passed to `see` last, and what it threw last.
 */
export async function eventually<T>(
  look: (see: <S>(seen: S) => S) => T | undefined | Promise<T | undefined>,
  patience = 30_000,
): Promise<T> {
  // Whoever catches a rejection first takes its caller out of the stack.
  const failure = new assert.AssertionError({ message: '', stackStartFn: eventually });
  const end = Date.now() + patience;
  let last = '';
  const see = <S>(seen: S): S => {
    last = `\nSeen last: ${describe(seen)}`;
    return seen;
  };
  for (;;) {
    let thrown = '';
    try {
      const found = await look(see);
      if (found !== undefined) return found;
    } catch (error) {
      thrown = `\nThrown last: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end) {
      const calls = failure.stack?.slice(failure.stack.indexOf('\n    at ')) ?? '';
      failure.message = `Nothing came of it within ${patience} ms: ${look.toString()}${last}${thrown}`;
      failure.stack = `${failure.name}: ${failure.message}${calls}`;
      throw failure;
    }
    await wait(100);
  }
}

const longest = 3_000;

function describe(seen: unknown): string {
  const text = typeof seen === 'string' ? seen : seen === undefined ? 'nothing' : JSON.stringify(seen);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
