import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type {
  Failure,
  HostToRenderer,
  RendererToHost,
  RunOutput,
  RunSummary,
} from '../../schemas/generated/messages.ts';
import { unpackOutput } from '../../schemas/packed-output.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engines } from '../engine/engines.ts';
import { focusOnSample } from '../base/focus.ts';
import { takeChart } from '../pages/take-chart.ts';
import { foldersAround, openEvidence } from '../registry/open-evidence.ts';
import type { RunBook, RunEntry } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { isBehind, runMime, type OutputFacts } from './output-facts.ts';
import { createOutputQuestions, type OutputQuestions } from './output-questions.ts';
import { readNotebook, runFactsOf } from './outputs.ts';
import { createProgressFeed, type ProgressFeed } from './progress-feed.ts';
import { createSearchFeed, type SearchFeed } from './search-feed.ts';
import { describeMissingRun } from './run-end.ts';

/** Our renderer's id in the manifest. */
const rendererId = 'ai-workbench-run';
/** How long a window that writes the notebook has before the result is sent to be drawn, in milliseconds. */
const writeMs = 2_000;

export interface MessagingParts {
  readonly engines: Engines;
  readonly book: RunBook;
  readonly log: Log;
  tell(error: unknown): void;
}

export interface RendererLink extends vscode.Disposable {
  /** Says in the outputs that show a run what is wrong with it. */
  say(notebook: vscode.NotebookDocument, runId: string, failure: Failure): void;
}

/**
 * Sends the progress of runs to the outputs that show them, and the result where the notebook does not come to hold it. What travels here
 * never touches the file.
 */
export function connectRenderer({ engines, book, log, tell }: MessagingParts): RendererLink {
  const messaging = vscode.notebooks.createRendererMessaging(rendererId);
  let shown = new Set(vscode.window.visibleNotebookEditors.map(({ notebook }) => notebook));
  /** Of each notebook whose outputs asked. They go on living while the notebook is behind another tab. */
  const feeds = new Map<vscode.NotebookDocument, ProgressFeed>();

  /** Of each notebook with outputs that show searches. */
  const searches = new Map<vscode.NotebookDocument, SearchFeed>();

  /** Of each notebook whose outputs asked for samples. */
  const desks = new Map<vscode.NotebookDocument, OutputQuestions>();

  function post(notebook: vscode.NotebookDocument, message: HostToRenderer): boolean {
    const editors = editorsOf(notebook);
    for (const editor of editors) void messaging.postMessage(message, editor);
    return editors.length > 0;
  }

  function deskOf(notebook: vscode.NotebookDocument): OutputQuestions {
    const known =
      desks.get(notebook) ??
      createOutputQuestions({
        book,
        engineAt: folder => engines.at(folder),
        isTrusted: () => vscode.workspace.isTrusted,
        post: message => post(notebook, message),
      });
    desks.set(notebook, known);
    return known;
  }

  function feedOf(notebook: vscode.NotebookDocument): ProgressFeed {
    const known = feeds.get(notebook) ?? createProgressFeed(message => post(notebook, message));
    feeds.set(notebook, known);
    return known;
  }

  async function watch(notebook: vscode.NotebookDocument, runId: string): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    try {
      await readNotebook(notebook);
      if (outputsOf(notebook, runId).some(({ trials }) => trials !== undefined)) {
        await watchSearch(notebook, runId);
        return;
      }
      feedOf(notebook).watch(runId);
      const entry = await book.find(runId);
      if (entry !== undefined) tellRun(notebook, entry);
      else if (waitsFor(notebook, runId)) throw describeMissingRun(runId);
    } catch (error) {
      if (waitsFor(notebook, runId)) post(notebook, { type: 'failure', runId, failure: toFailure(error) });
      log.debug(describeFailure(toFailure(error)));
    }
  }

  /** All trials of a search that the output does not have the end of. */
  async function watchSearch(notebook: vscode.NotebookDocument, runId: string): Promise<void> {
    if (!outputsOf(notebook, runId).some(({ state }) => state !== 'succeeded')) return;
    const entry = await book.find(runId);
    const engine = entry === undefined ? undefined : engines.at(entry.folder);
    if (engine === undefined) {
      if (waitsFor(notebook, runId)) throw describeMissingRun(runId);
      return;
    }
    searchesOf(notebook).watch(engine, runId);
  }

  function searchesOf(notebook: vscode.NotebookDocument): SearchFeed {
    const known =
      searches.get(notebook) ??
      createSearchFeed({
        book,
        post: message => post(notebook, message),
        onEnded: (engine, run) => {
          if (isShownBehind(notebook, run)) void sendOutput(notebook, engine.folder, run);
        },
        isAwaited: runId => waitsFor(notebook, runId),
      });
    searches.set(notebook, known);
    return known;
  }

  /** An output that has the run's end needs nothing more. */
  function tellRun(notebook: vscode.NotebookDocument, { folder, run }: RunEntry): void {
    const hasEnded = isEnded(run.state);
    if (hasEnded && !isShownBehind(notebook, run)) return;
    feeds.get(notebook)?.push(run);
    if (hasEnded) void sendOutput(notebook, folder, run);
  }

  /** Once the window that writes has had its time, and has not. */
  async function sendOutput(notebook: vscode.NotebookDocument, folder: string, run: RunSummary): Promise<void> {
    try {
      await delay(writeMs, undefined, { ref: false });
      if (notebook.isClosed || !isShownBehind(notebook, run)) return;
      const as = outputsOf(notebook, run.id).find(facts => isBehind(facts, run))?.as;
      const asked = { runId: run.id, ...(as === undefined ? {} : { as }) };
      const answer = await engines.at(folder)?.request('cells/output', asked);
      const output = unpackOutput(answer?.bundle[runMime]) as RunOutput | undefined;
      if (output !== undefined) post(notebook, { type: 'output', output });
    } catch (error) {
      post(notebook, { type: 'failure', runId: run.id, failure: toFailure(error) });
    }
  }

  function tellAll(entries: readonly RunEntry[]): void {
    for (const [notebook, feed] of feeds) {
      for (const entry of entries) if (feed.watches(entry.run.id)) tellRun(notebook, entry);
    }
  }

  /** What was missed while the engine process was gone. */
  function catchUp(): void {
    const { state } = book;
    if (state.kind === 'loaded') tellAll(book.entries());
    if (state.kind !== 'failed') return;
    for (const [notebook, feed] of feeds) {
      for (const runId of feed.watched().filter(id => waitsFor(notebook, id)))
        post(notebook, { type: 'failure', runId, failure: state.failure });
    }
  }

  /** What was missed behind another tab. */
  function tellShown(editors: readonly vscode.NotebookEditor[]): void {
    for (const notebook of new Set(editors.map(editor => editor.notebook))) {
      const feed = feeds.get(notebook);
      desks.get(notebook)?.deliver();
      if (!shown.has(notebook)) searches.get(notebook)?.tellAgain();
      if (feed === undefined || shown.has(notebook)) continue;
      for (const runId of feed.watched()) void watch(notebook, runId);
    }
    shown = new Set(editors.map(editor => editor.notebook));
  }

  function forget(notebook: vscode.NotebookDocument): void {
    feeds.get(notebook)?.dispose();
    feeds.delete(notebook);
    searches.get(notebook)?.dispose();
    searches.delete(notebook);
    desks.get(notebook)?.dispose();
    desks.delete(notebook);
  }

  async function handle(editor: vscode.NotebookEditor, message: RendererToHost): Promise<void> {
    switch (message.type) {
      case 'watch':
        await watch(editor.notebook, message.runId);
        return;
      case 'open':
        await vscode.commands.executeCommand('aiwb.openRun', message.runId);
        return;
      case 'cancel':
        await vscode.commands.executeCommand('aiwb.cancelRun', message.runId);
        return;
      case 'resume':
        await vscode.commands.executeCommand('aiwb.resumeRun', message.runId);
        return;
      case 'next':
        await vscode.commands.executeCommand('aiwb.afterTraining', message.runId);
        return;
      case 'openAssessment':
        await vscode.commands.executeCommand('aiwb.openScorecard', message.assessmentId);
        return;
      case 'evidence':
        await openEvidence(message.evidence, foldersAround(editor.notebook.uri)).catch(tell);
        return;
      case 'compare':
        await vscode.commands.executeCommand('aiwb.compareRuns', message.runIds);
        return;
      case 'openSample': {
        const { runId, sample } = message;
        await vscode.commands.executeCommand('aiwb.openRun', runId, focusOnSample({ runId, id: sample }));
        return;
      }
      case 'chart':
        await takeChart(message).catch(tell);
        return;
      default:
        await deskOf(editor.notebook).receive(message);
    }
  }

  async function receive(editor: vscode.NotebookEditor, message: unknown): Promise<void> {
    const { validateRendererToHost } = await import('../../schemas/generated/validators.js');
    if (!validateRendererToHost(message)) {
      log.warn(vscode.l10n.t('A notebook output sent a message that is not understood.'));
      return;
    }
    try {
      await handle(editor, message);
    } catch (error) {
      log.warn(describeFailure(toFailure(error)));
    }
  }

  const subscriptions = vscode.Disposable.from(
    messaging.onDidReceiveMessage(({ editor, message }) => void receive(editor, message)),
    vscode.window.onDidChangeVisibleNotebookEditors(tellShown),
    vscode.workspace.onDidCloseNotebookDocument(forget),
    book.onRunsChanged(changes => tellAll(changes.map(({ entry }) => entry))),
    book.onReset(catchUp),
    new vscode.Disposable(() => {
      for (const feed of feeds.values()) feed.dispose();
      for (const feed of searches.values()) feed.dispose();
      for (const desk of desks.values()) desk.dispose();
    }),
  );
  return {
    say: (notebook, runId, failure) => post(notebook, { type: 'failure', runId, failure }),
    dispose: () => void subscriptions.dispose(),
  };
}

function editorsOf(notebook: vscode.NotebookDocument): readonly vscode.NotebookEditor[] {
  return vscode.window.visibleNotebookEditors.filter(editor => editor.notebook === notebook);
}

/** What the notebook's outputs say of a run; several may show one. */
function outputsOf(notebook: vscode.NotebookDocument, runId: string): OutputFacts[] {
  return notebook
    .getCells()
    .flatMap(cell => runFactsOf(cell) ?? [])
    .filter(({ id }) => id === runId);
}

/** Whether an output waits for the run's end. One that has it is complete without a store. */
function waitsFor(notebook: vscode.NotebookDocument, runId: string): boolean {
  return outputsOf(notebook, runId).some(({ state }) => !isEnded(state));
}

function isShownBehind(notebook: vscode.NotebookDocument, run: RunSummary): boolean {
  return outputsOf(notebook, run.id).some(facts => isBehind(facts, run));
}
