import path from 'node:path';
import * as vscode from 'vscode';
import type { JudgedGates, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engines } from '../engine/engines.ts';
import { cellId } from '../notebook/kernel-metadata.ts';
import { fileOfRuns } from '../notebook/run-file.ts';
import { describeRun } from '../runs/format.ts';
import type { RunEntry, RunBook } from '../runs/run-book.ts';
import { sourceOf, type BenchItems, type BenchmarkNode } from './bench-items.ts';
import { describeJudged, describePlan, verdictOf } from './verdicts.ts';

export interface TestExplorerParts {
  readonly engines: Engines;
  readonly book: RunBook;
  readonly log: Log;
}

/** A benchmark with those of its conditions that are asked for. */
export interface Chosen {
  readonly item: vscode.TestItem;
  readonly node: BenchmarkNode;
  readonly gates: readonly vscode.TestItem[];
}

/** Judges benchmarks by stored results, or by running them. */
export interface Judge {
  stored(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void>;
  fresh(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void>;
  /** A run ended that this explorer did not start. */
  ended(entry: RunEntry): Promise<void>;
}

export function createJudge(
  controller: vscode.TestController,
  items: BenchItems,
  { engines, book, log }: TestExplorerParts,
): Judge {
  /** Runs that are followed already. */
  const own = new Set<string>();

  async function stored(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    await withTestRun(request, vscode.l10n.t('Stored results'), async test => {
      for (const chosen of await choose(request)) {
        if (token.isCancellationRequested) return;
        await report(test, chosen, undefined, token);
      }
    });
  }

  async function fresh(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    await withTestRun(request, vscode.l10n.t('Benchmark'), async test => {
      for (const chosen of await choose(request)) {
        if (token.isCancellationRequested) return;
        await runOne(test, chosen, token);
      }
    });
  }

  async function withTestRun(
    request: vscode.TestRunRequest,
    name: string,
    work: (test: vscode.TestRun) => Promise<void>,
  ): Promise<void> {
    const test = controller.createTestRun(request, name);
    try {
      await work(test);
    } finally {
      test.end();
    }
  }

  /** The benchmarks of a request, each once, resolved. */
  async function choose({ include, exclude }: vscode.TestRunRequest): Promise<Chosen[]> {
    if (include === undefined) await items.discover();
    const without = new Set(exclude);
    const wanted = new Map<vscode.TestItem, Set<vscode.TestItem> | undefined>();
    for (const item of include ?? items.benchmarks()) {
      const parent = item.parent;
      if (parent === undefined) wanted.set(item, undefined);
      else if (!wanted.has(parent)) wanted.set(parent, new Set([item]));
      else wanted.get(parent)?.add(item);
    }
    const chosen: Chosen[] = [];
    for (const [item, some] of wanted) {
      const node = items.nodeOf(item);
      if (node?.kind !== 'benchmark' || without.has(item)) continue;
      if (some === undefined) await items.resolve(item);
      const gates = childrenOf(item).filter(gate => (some?.has(gate) ?? true) && !without.has(gate));
      chosen.push({ item, node, gates });
    }
    return chosen;
  }

  /** Judges a benchmark on a stored run and tells the result of each condition. */
  async function report(
    test: vscode.TestRun,
    { item, node, gates }: Chosen,
    runId: string | undefined,
    token: vscode.CancellationToken,
  ): Promise<void> {
    if (item.error !== undefined) {
      test.errored(item, new vscode.TestMessage(item.error));
      return;
    }
    const shown = gates.length === 0 ? [item] : gates;
    for (const gate of shown) test.started(gate);
    try {
      const judged = await engines
        .of(node.uri)
        .request(
          'gates/judge',
          { source: await sourceOf(node), ...(runId === undefined ? {} : { runId }) },
          abortOn(token),
        );
      item.description = describeJudged(judged);
      for (const sentence of judged.stale) say(test, sentence, item);
      if (gates.length === 0) tellWithoutGate(test, item, judged);
      for (const gate of gates) tell(test, gate, judged, items);
    } catch (error) {
      const failure = toFailure(error);
      for (const gate of shown) {
        if (failure.code === 'cancelled') test.skipped(gate);
        else test.errored(gate, new vscode.TestMessage(describeFailure(failure)));
      }
    }
  }

  async function runOne(test: vscode.TestRun, chosen: Chosen, token: vscode.CancellationToken): Promise<void> {
    const { item, node, gates } = chosen;
    const shown = gates.length === 0 ? [item] : gates;
    for (const gate of shown) test.enqueued(gate);
    try {
      const engine = engines.of(node.uri);
      const source = await sourceOf(node);
      const estimate = await engine.request('runs/dryRun', { source, origin: 'editor' }, abortOn(token));
      if (!(await agree(estimate.name, describePlan(estimate)))) {
        for (const gate of shown) test.skipped(gate);
        return;
      }
      const run = await engine.request('runs/start', { source, origin: 'editor' }, abortOn(token));
      own.add(run.id);
      book.note(engine.folder, run);
      for (const gate of shown) test.started(gate);
      const cancelled = token.onCancellationRequested(() => {
        engine
          .request('runs/cancel', { runId: run.id })
          .catch((error: unknown) => log.warn(describeFailure(toFailure(error))));
      });
      const progress = followProgress(test, item, run.id);
      try {
        await book.whenEnded(run.id);
      } finally {
        cancelled.dispose();
        progress.dispose();
      }
      await report(test, chosen, run.id, new vscode.CancellationTokenSource().token);
    } catch (error) {
      const failure = toFailure(error);
      for (const gate of shown) {
        if (failure.code === 'cancelled') test.skipped(gate);
        else test.errored(gate, new vscode.TestMessage(describeFailure(failure)));
      }
    }
  }

  /** The run's progress in the words of the Runs view: beside the item, and in the test's output when it changes. */
  function followProgress(test: vscode.TestRun, item: vscode.TestItem, runId: string): vscode.Disposable {
    let last = '';
    const show = (run: RunSummary): void => {
      const text = describeRun(run, Date.now());
      if (text === last || run.id !== runId) return;
      last = text;
      item.description = text;
      say(test, text, item);
    };
    return book.onRunsChanged(changes => {
      for (const { entry } of changes) show(entry.run);
    });
  }

  async function ended({ folder, run }: RunEntry): Promise<void> {
    if (run.kind !== 'benchmark' || run.state !== 'succeeded' || own.delete(run.id)) return;
    const item = items.benchmarks().find(candidate => isOf(items.nodeOf(candidate), folder, run));
    // Conditions that nobody has looked at yet are judged when somebody does.
    if (item === undefined || item.children.size === 0) return;
    const node = items.nodeOf(item);
    if (node?.kind !== 'benchmark') return;
    const request = new vscode.TestRunRequest([item], undefined, undefined, false);
    await withTestRun(request, vscode.l10n.t('Run {0}', run.id), test =>
      report(test, { item, node, gates: childrenOf(item) }, run.id, new vscode.CancellationTokenSource().token),
    );
  }

  return { stored, fresh, ended };
}

/** Whether a run came from this file or cell. */
function isOf(node: ReturnType<BenchItems['nodeOf']>, folder: string, run: RunSummary): boolean {
  if (node?.kind !== 'benchmark') return false;
  const { uri, cell } = node;
  const file = cell === undefined ? uri.fsPath : fileOfRuns(uri.fsPath, cell.document.getText());
  if (path.join(folder, run.file.replace(/(\.ipynb)#.*$/, '$1')) !== file) return false;
  return cell === undefined || cellId(cell.metadata) === run.cell;
}

function tell(test: vscode.TestRun, gate: vscode.TestItem, judged: JudgedGates, items: BenchItems): void {
  const node = items.nodeOf(gate);
  if (node?.kind !== 'gate') return;
  const verdict = verdictOf(judged.gates[node.index]?.results ?? [], judged.stale);
  for (const { sentence } of judged.gates[node.index]?.results ?? []) say(test, sentence, gate);
  if (verdict.kind === 'passed') test.passed(gate);
  else if (verdict.kind === 'skipped') {
    if (judged.run === undefined) say(test, verdict.reason, gate);
    test.skipped(gate);
  } else {
    const messages = verdict.failures.map(({ message, expected, actual }) => {
      const told = vscode.TestMessage.diff(message, expected, actual);
      if (gate.uri !== undefined && gate.range !== undefined) told.location = new vscode.Location(gate.uri, gate.range);
      return told;
    });
    test.failed(gate, messages);
  }
}

/** A benchmark without conditions has nothing to pass: a finished run is all there is to tell. */
function tellWithoutGate(test: vscode.TestRun, item: vscode.TestItem, { run }: JudgedGates): void {
  const reason =
    run === undefined
      ? vscode.l10n.t('No stored run: run the benchmark first.')
      : vscode.l10n.t('This benchmark has no gate: there is nothing to judge.');
  say(test, reason, item);
  test.skipped(item);
}

function say(test: vscode.TestRun, text: string, item: vscode.TestItem): void {
  test.appendOutput(`${text.replaceAll('\n', '\r\n')}\r\n`, undefined, item);
}

async function agree(name: string, detail: string): Promise<boolean> {
  const run = vscode.l10n.t('Run');
  const question = vscode.l10n.t('Run the benchmark {0}?', name);
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, run)) === run;
}

export function childrenOf(item: vscode.TestItem): vscode.TestItem[] {
  return [...item.children].map(([, child]) => child);
}

export function abortOn(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
