import * as vscode from 'vscode';
import type { PolicyTestOutcome } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Engines } from '../engine/engines.ts';
import { createPolicyItems, policyGlob, type PolicyItems } from './policy-items.ts';

/** Policies in the Test Explorer, each with its unit tests. Running them judges made-up models: nothing is stored and no model is asked. */
export function createPolicyTests(engines: Engines): vscode.Disposable {
  const controller = vscode.tests.createTestController('aiwb.policies', vscode.l10n.t('AI Workbench Policies'));
  const items = createPolicyItems(controller, engines);
  controller.resolveHandler = async item => await (item === undefined ? items.discover() : items.resolve(item));
  controller.refreshHandler = async () => {
    await items.discover();
    await Promise.all(items.policies().map(item => items.resolve(item)));
  };
  controller.createRunProfile(
    vscode.l10n.t('Run Policy Tests'),
    vscode.TestRunProfileKind.Run,
    (request, token) => run(controller, items, engines, request, token),
    true,
  );
  const watcher = vscode.workspace.createFileSystemWatcher(policyGlob);
  return vscode.Disposable.from(
    controller,
    watcher,
    watcher.onDidCreate(uri => void items.add(uri)),
    watcher.onDidDelete(uri => items.remove(uri)),
    watcher.onDidChange(uri => {
      const item = controller.items.get(uri.toString());
      if (item === undefined) return;
      controller.invalidateTestResults(item);
      void items.resolve(item);
    }),
    vscode.commands.registerCommand('aiwb.runPolicyTests', async (uri: unknown) => {
      const target = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
      if (target === undefined) return;
      const request = new vscode.TestRunRequest([items.add(target)]);
      await run(controller, items, engines, request, new vscode.CancellationTokenSource().token);
    }),
  );
}

async function run(
  controller: vscode.TestController,
  items: PolicyItems,
  engines: Engines,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  if (request.include === undefined) await items.discover();
  const test = controller.createTestRun(request, vscode.l10n.t('Policy tests'));
  try {
    for (const [item, some] of chooseItems(request, items)) {
      if (token.isCancellationRequested) break;
      await runPolicy(test, item, some, items, engines, request);
    }
  } finally {
    test.end();
  }
}

/** The policies of a request, each with those of its tests that are asked for; absent: all. */
function chooseItems(
  { include }: vscode.TestRunRequest,
  items: PolicyItems,
): ReadonlyMap<vscode.TestItem, ReadonlySet<vscode.TestItem> | undefined> {
  const wanted = new Map<vscode.TestItem, Set<vscode.TestItem> | undefined>();
  for (const item of include ?? items.policies()) {
    const { parent } = item;
    if (parent === undefined) wanted.set(item, undefined);
    else if (wanted.has(parent)) wanted.get(parent)?.add(item);
    else wanted.set(parent, new Set([item]));
  }
  return wanted;
}

async function runPolicy(
  test: vscode.TestRun,
  item: vscode.TestItem,
  some: ReadonlySet<vscode.TestItem> | undefined,
  items: PolicyItems,
  engines: Engines,
  { exclude }: vscode.TestRunRequest,
): Promise<void> {
  const without = new Set(exclude);
  const { uri } = item;
  if (uri === undefined || without.has(item)) return;
  if (some === undefined) await items.resolve(item);
  const chosen = [...item.children]
    .map(([, child]) => child)
    .filter(child => (some?.has(child) ?? true) && !without.has(child));
  if (chosen.length === 0) return;
  for (const child of chosen) test.started(child);
  try {
    const tests = chosen.flatMap(child => items.indexOf(child) ?? []);
    const policy = sourceOf(uri);
    const report = await engines.of(uri).request('policies/test', { policy, tests });
    for (const child of chosen) {
      const outcome = report.tests.find(({ index }) => index === items.indexOf(child));
      if (outcome === undefined) test.skipped(child);
      else tell(test, child, uri, outcome);
    }
  } catch (error) {
    const message = new vscode.TestMessage(describeFailure(toFailure(error)));
    for (const child of chosen) test.errored(child, message);
  }
}

/** Expected and actual stand side by side at the line that expects; the message says why. */
function tell(test: vscode.TestRun, item: vscode.TestItem, uri: vscode.Uri, { failures }: PolicyTestOutcome): void {
  if (failures.length === 0) {
    test.passed(item);
    return;
  }
  const messages = failures.map(({ subject, expected, actual, reason, line }) => {
    const head = vscode.l10n.t('{0}: expected {1}, is {2}', subject, expected, actual);
    const told = vscode.TestMessage.diff([head, reason].join('\n\n'), expected, actual);
    told.location = new vscode.Location(uri, new vscode.Position(line - 1, 0));
    return told;
  });
  test.failed(item, messages);
}

/** With its text as it is in the editor. */
function sourceOf(uri: vscode.Uri) {
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  return { path: uri.fsPath, ...(open?.isDirty === true ? { text: open.getText() } : {}) };
}
