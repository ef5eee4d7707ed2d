import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Engines } from '../engine/engines.ts';
import { topLevelKeys } from '../../schemas/cells.ts';

export const policyGlob = '**/*.policy.{yaml,yml}';
/** A workspace with more is shown in part. */
const mostFiles = 2000;
/** A larger file is no policy. */
const mostBytes = 4 * 1024 * 1024;

/** Policies with unit tests as test items, with the tests as children. */
export interface PolicyItems {
  /** Items of all policies. */
  policies(): vscode.TestItem[];
  /** A test's place in its policy, from 0. */
  indexOf(item: vscode.TestItem): number | undefined;
  /** Finds the workspace's policies that have tests. */
  discover(): Promise<void>;
  /** Reads a policy's tests anew. What is wrong with the file shows at its item. */
  resolve(item: vscode.TestItem): Promise<void>;
  add(uri: vscode.Uri): vscode.TestItem;
  remove(uri: vscode.Uri): void;
}

export function createPolicyItems(controller: vscode.TestController, engines: Engines): PolicyItems {
  const places = new WeakMap<vscode.TestItem, number>();
  const policies = (): vscode.TestItem[] => [...controller.items].map(([, item]) => item);

  function add(uri: vscode.Uri): vscode.TestItem {
    const known = controller.items.get(uri.toString());
    if (known !== undefined) return known;
    const item = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    controller.items.add(item);
    return item;
  }

  return {
    policies,
    indexOf: item => places.get(item),
    async discover() {
      const files = await vscode.workspace.findFiles(policyGlob, '**/node_modules/**', mostFiles);
      const present = new Set<string>();
      for (const file of files) {
        if (!(await hasTests(file))) continue;
        present.add(file.toString());
        add(file);
      }
      for (const { id } of policies()) if (!present.has(id)) controller.items.delete(id);
    },
    async resolve(item) {
      const { uri } = item;
      if (uri === undefined) return;
      item.busy = true;
      try {
        const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
        const text = open?.isDirty === true ? { text: open.getText() } : {};
        const { tests } = await engines.of(uri).request('policies/tests', { path: uri.fsPath, ...text });
        item.error = undefined;
        item.children.replace(
          tests.map(({ name, line }, index) => {
            const child = controller.createTestItem(`${item.id}#${index}`, name, uri);
            child.range = new vscode.Range(line - 1, 0, line - 1, 0);
            child.sortText = String(index).padStart(4, '0');
            places.set(child, index);
            return child;
          }),
        );
      } catch (error) {
        item.error = describeFailure(toFailure(error));
        item.children.replace([]);
      } finally {
        item.busy = false;
      }
    },
    add,
    remove: uri => controller.items.delete(uri.toString()),
  };
}

async function hasTests(uri: vscode.Uri): Promise<boolean> {
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > mostBytes) return false;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    return topLevelKeys(text).has('tests');
  } catch {
    return false;
  }
}
