import * as vscode from 'vscode';
import type { HostToRenderer, RendererToHost, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { createThrottle } from '../base/throttle.ts';
import type { Engine } from '../engine/engine.ts';
import { focusOnSample } from '../pages/focus.ts';
import { takeChart } from '../pages/take-chart.ts';
import { foldersAround, openEvidence } from '../registry/open-evidence.ts';
import type { RunBook } from '../runs/run-book.ts';
import { createOutputQuestions, type OutputQuestions } from './output-questions.ts';
import { findRunOrWhyNot } from './find-run.ts';

/** Our renderer's id in the manifest. */
const rendererId = 'ai-workbench-run';
const intervalMs = 100;

export interface RendererParts {
  readonly book: RunBook;
  engineAt(folder: string): Engine | undefined;
  readonly log: Log;
  /** Tells a failed command as a notification. */
  tell(error: unknown): void;
}

/** What one notebook editor's outputs watch and ask. */
interface Outputs {
  readonly runIds: Set<string>;
  readonly questions: OutputQuestions;
}

/**
 * Sends the progress of runs to the outputs that show them, answers what they ask, and does what their buttons say. What travels here
 * never touches the file.
 */
export function connectRenderer({ book, engineAt, log, tell }: RendererParts): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging(rendererId);
  const shown = new Map<vscode.NotebookEditor, Outputs>();

  const throttle = createThrottle<string, RunSummary>(intervalMs, (_, run) => {
    for (const [editor, { runIds }] of shown) if (runIds.has(run.id)) post(editor, { type: 'run', run });
  });

  function post(editor: vscode.NotebookEditor, message: HostToRenderer): void {
    void messaging.postMessage(message, editor);
  }

  function outputsOf(editor: vscode.NotebookEditor): Outputs {
    const known = shown.get(editor);
    if (known !== undefined) return known;
    const questions = createOutputQuestions({
      book,
      engineAt,
      isTrusted: () => vscode.workspace.isTrusted,
      post: message => post(editor, message),
    });
    const outputs = { runIds: new Set<string>(), questions };
    shown.set(editor, outputs);
    return outputs;
  }

  function forgetHidden(): void {
    const visible = new Set(vscode.window.visibleNotebookEditors);
    for (const [editor, { questions }] of shown) {
      if (visible.has(editor)) continue;
      questions.dispose();
      shown.delete(editor);
    }
  }

  async function watch(editor: vscode.NotebookEditor, runId: string): Promise<void> {
    outputsOf(editor).runIds.add(runId);
    const found = await findRunOrWhyNot(runId, book, vscode.workspace.isTrusted);
    post(editor, 'failure' in found ? { type: 'missing', runId, ...found } : { type: 'run', run: found.run });
  }

  async function handle(editor: vscode.NotebookEditor, message: RendererToHost): Promise<void> {
    switch (message.type) {
      case 'watch':
        await watch(editor, message.runId);
        return;
      case 'open':
        await vscode.commands.executeCommand('aiwb.openRun', message.runId);
        return;
      case 'cancel':
        await vscode.commands.executeCommand('aiwb.cancelRun', message.runId);
        return;
      case 'compare':
        await vscode.commands.executeCommand('aiwb.compareRuns', message.runIds);
        return;
      case 'openSample': {
        const { runId, sample } = message;
        await vscode.commands.executeCommand('aiwb.openRun', runId, focusOnSample({ runId, id: sample }));
        return;
      }
      case 'openAssessment':
        await vscode.commands.executeCommand('aiwb.openScorecard', message.assessmentId);
        return;
      case 'evidence':
        await openEvidence(message.evidence, foldersAround(editor.notebook.uri)).catch(tell);
        return;
      case 'chart':
        await takeChart(message).catch(tell);
        return;
      default:
        await outputsOf(editor).questions.receive(message);
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

  return vscode.Disposable.from(
    throttle,
    messaging.onDidReceiveMessage(({ editor, message }) => void receive(editor, message)),
    vscode.window.onDidChangeVisibleNotebookEditors(forgetHidden),
    book.onRunsChanged(changes => {
      for (const { entry } of changes) throttle.push(entry.run.id, entry.run);
    }),
    { dispose: () => shown.forEach(({ questions }) => questions.dispose()) },
  );
}
