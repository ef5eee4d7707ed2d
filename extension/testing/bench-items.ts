import * as vscode from 'vscode';
import type { RunSource } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Engines } from '../engine/engines.ts';
import { resultsOf } from '../notebook/executions.ts';
import { cellId, isOurNotebook } from '../notebook/kernel-metadata.ts';
import { topLevelKeys } from '../../schemas/cells.ts';

/** What a test item stands for. */
export interface BenchmarkNode {
  readonly kind: 'benchmark';
  /** The file, or the notebook. */
  readonly uri: vscode.Uri;
  /** The notebook cell that holds the benchmark. */
  readonly cell?: vscode.NotebookCell;
}
export interface GateNode {
  readonly kind: 'gate';
  readonly index: number;
}
export type TestNode = BenchmarkNode | GateNode;

/** A workspace with more is shown in part. */
const mostFiles = 2000;

/** The benchmarks of this window as test items, with their gate conditions as children. */
export interface BenchItems {
  nodeOf(item: vscode.TestItem): TestNode | undefined;
  /** Items of all benchmarks. */
  benchmarks(): vscode.TestItem[];
  /** Finds the workspace's benchmark files; reads none of them. */
  discover(): Promise<void>;
  /** Reads a benchmark's gate anew. What is wrong with the file shows at its item. */
  resolve(item: vscode.TestItem): Promise<void>;
  /** Adds a file, or forgets one that is gone. */
  add(uri: vscode.Uri): vscode.TestItem;
  remove(uri: vscode.Uri): void;
  /** Takes in the cells of an open notebook. */
  addNotebook(notebook: vscode.NotebookDocument): void;
}

export const benchmarkGlob = '**/*.bench.{yaml,yml}';

export function createBenchItems(controller: vscode.TestController, engines: Engines): BenchItems {
  const nodes = new WeakMap<vscode.TestItem, TestNode>();

  function put(id: string, label: string, uri: vscode.Uri, node: BenchmarkNode): vscode.TestItem {
    const known = controller.items.get(id);
    if (known !== undefined) return known;
    const item = controller.createTestItem(id, label, uri);
    item.canResolveChildren = true;
    nodes.set(item, node);
    controller.items.add(item);
    return item;
  }

  function benchmarks(): vscode.TestItem[] {
    return [...controller.items].map(([, item]) => item).filter(item => nodes.get(item)?.kind === 'benchmark');
  }

  const add = (uri: vscode.Uri): vscode.TestItem =>
    put(uri.toString(), vscode.workspace.asRelativePath(uri), uri, { kind: 'benchmark', uri });

  function addNotebook(notebook: vscode.NotebookDocument): void {
    if (!isOurNotebook(notebook.metadata)) return;
    const present = new Set<string>();
    for (const cell of notebook.getCells()) {
      if (cell.kind !== vscode.NotebookCellKind.Code || !hasGate(cell)) continue;
      const uri = cell.document.uri;
      present.add(uri.toString());
      const place = vscode.workspace.asRelativePath(notebook.uri);
      put(uri.toString(), vscode.l10n.t('{0}, cell {1}', place, cell.index + 1), uri, {
        kind: 'benchmark',
        uri: notebook.uri,
        cell,
      });
    }
    for (const item of benchmarks()) {
      const node = nodes.get(item);
      if (node?.kind !== 'benchmark' || node.cell?.notebook !== notebook) continue;
      if (!present.has(item.id)) controller.items.delete(item.id);
    }
  }

  /** Drops the files that are no longer there. */
  function dropFiles(present: ReadonlySet<string>): void {
    for (const item of benchmarks()) {
      const node = nodes.get(item);
      if (node?.kind === 'benchmark' && node.cell === undefined && !present.has(item.id))
        controller.items.delete(item.id);
    }
  }

  async function resolve(item: vscode.TestItem): Promise<void> {
    const node = nodes.get(item);
    if (node?.kind !== 'benchmark') return;
    item.busy = true;
    try {
      const { name, line, gates } = await engines.of(node.uri).request('gates/list', await sourceOf(node));
      item.label = name;
      // Not over what was judged: a file's change may be told after it was judged as it is now.
      if (node.cell === undefined) item.description ??= vscode.workspace.asRelativePath(node.uri);
      item.range = lineRange(line);
      item.error = undefined;
      item.children.replace(
        gates.map((gate, index) => {
          const child = controller.createTestItem(`${item.id}#${index}`, gate.label, item.uri);
          child.range = lineRange(gate.line);
          child.sortText = String(index).padStart(4, '0');
          nodes.set(child, { kind: 'gate', index });
          return child;
        }),
      );
    } catch (error) {
      item.error = describeFailure(toFailure(error));
      item.children.replace([]);
    } finally {
      item.busy = false;
    }
  }

  return {
    nodeOf: item => nodes.get(item),
    benchmarks,
    async discover() {
      const files = await vscode.workspace.findFiles(benchmarkGlob, '**/node_modules/**', mostFiles);
      for (const file of files) add(file);
      if (files.length < mostFiles) dropFiles(new Set(files.map(String)));
      for (const notebook of vscode.workspace.notebookDocuments) addNotebook(notebook);
    },
    resolve,
    add,
    remove(uri) {
      controller.items.delete(uri.toString());
      // Of a folder that goes, VS Code tells only the folder.
      for (const { id } of benchmarks()) if (id.startsWith(`${uri.toString()}/`)) controller.items.delete(id);
    },
    addNotebook,
  };
}

/** A benchmark as the engine is asked about it: with its text as it is in the editor. */
export async function sourceOf({ uri, cell }: BenchmarkNode): Promise<RunSource> {
  if (cell !== undefined) {
    const id = cellId(cell.metadata);
    return {
      path: uri.fsPath,
      text: cell.document.getText(),
      kind: 'benchmark',
      results: await resultsOf(cell.notebook),
      ...(id === undefined ? {} : { cell: id }),
    };
  }
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  return { path: uri.fsPath, ...(open?.isDirty === true ? { text: open.getText() } : {}) };
}

function hasGate(cell: vscode.NotebookCell): boolean {
  const keys = topLevelKeys(cell.document.getText());
  return keys.has('gate') && (keys.has('dataset') || keys.has('use'));
}

function lineRange(line: number): vscode.Range {
  return new vscode.Range(line - 1, 0, line - 1, 0);
}
