import * as vscode from 'vscode';
import { isEnded } from '../../schemas/run-states.ts';
import { benchmarkGlob, createBenchItems, type BenchItems } from './bench-items.ts';
import { createJudge, type TestExplorerParts } from './bench-judge.ts';

/**
 * Benchmarks in the Test Explorer, each with the conditions of its gate. The default profile judges stored results and costs nothing; the
 * second runs the benchmark once its cost was agreed to. Results follow runs that end elsewhere.
 */
export function createTestExplorer(parts: TestExplorerParts): vscode.Disposable {
  const controller = vscode.tests.createTestController('aiwb.benchmarks', 'AI Workbench');
  const items = createBenchItems(controller, parts.engines);
  const judge = createJudge(controller, items, parts);
  controller.resolveHandler = async item => await (item === undefined ? items.discover() : items.resolve(item));
  controller.refreshHandler = async () => {
    await items.discover();
    await Promise.all(items.benchmarks().map(item => items.resolve(item)));
  };
  controller.createRunProfile(
    vscode.l10n.t('Judge Stored Results'),
    vscode.TestRunProfileKind.Run,
    (request, token) => judge.stored(request, token),
    true,
  );
  controller.createRunProfile(
    vscode.l10n.t('Run Benchmark'),
    vscode.TestRunProfileKind.Run,
    (request, token) => judge.fresh(request, token),
    false,
  );
  const watcher = vscode.workspace.createFileSystemWatcher(benchmarkGlob);
  const deletions = vscode.workspace.createFileSystemWatcher('**/*', true, true, false);
  return vscode.Disposable.from(
    controller,
    watcher,
    deletions,
    watcher.onDidCreate(uri => void items.add(uri)),
    deletions.onDidDelete(uri => items.remove(uri)),
    watcher.onDidChange(uri => outdate(controller, items, uri)),
    vscode.workspace.onDidOpenNotebookDocument(notebook => items.addNotebook(notebook)),
    vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => items.addNotebook(notebook)),
    parts.book.onRunsChanged(changes => {
      for (const { before, entry } of changes) {
        if (isEnded(entry.run.state) && before !== undefined && !isEnded(before.state)) void judge.ended(entry);
      }
    }),
  );
}

/** A changed file's results are no longer its own; its conditions are read anew where they were shown. */
function outdate(controller: vscode.TestController, items: BenchItems, uri: vscode.Uri): void {
  const item = controller.items.get(uri.toString());
  if (item === undefined) return;
  controller.invalidateTestResults(item);
  if (item.children.size > 0 || item.error !== undefined) void items.resolve(item);
}
