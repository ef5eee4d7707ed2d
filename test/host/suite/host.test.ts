import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import process from 'node:process';
import * as vscode from 'vscode';

describe('extension host', () => {
  it('carries Node 24 or newer', () => {
    assert.ok(Number.parseInt(process.versions.node, 10) >= 24, process.versions.node);
  });

  it('carries node:sqlite', () => {
    const database = new DatabaseSync(':memory:');
    const row = database.prepare('SELECT 6 * 7 AS answer').get();
    database.close();
    assert.equal(row?.['answer'], 42);
  });

  it('has one workspace folder, a copy that tests may change', async () => {
    const [folder, ...others] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    assert.deepEqual(others, []);
    const file = vscode.Uri.joinPath(folder.uri, 'written-by-a-test.txt');
    await vscode.workspace.fs.writeFile(file, Buffer.from('text'));
    await vscode.workspace.fs.delete(file);
  });
});
