import * as vscode from 'vscode';
import type { HostToRenderer, RendererToHost, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { createThrottle } from '../base/throttle.ts';

import { foldersAround, openEvidence } from '../registry/open-evidence.ts';
import type { RunBook } from '../runs/run-book.ts';

/** Our renderer's id in the manifest. */
const rendererId = 'ai-workbench-run';
const intervalMs = 100;

/** Sends the progress of runs to the outputs that show them. What travels here never touches the file. */
export function connectRenderer(book: RunBook, log: Log, tell: (error: unknown) => void): vscode.Disposable {
  const messaging = vscode.notebooks.createRendererMessaging(rendererId);
  const watched = new Map<vscode.NotebookEditor, Set<string>>();

  const throttle = createThrottle<string, RunSummary>(intervalMs, (_, run) => {
    for (const [editor, runIds] of watched) if (runIds.has(run.id)) post(editor, { type: 'run', run });
  });

  function post(editor: vscode.NotebookEditor, message: HostToRenderer): void {
    void messaging.postMessage(message, editor);
  }

  function forgetHidden(): void {
    const visible = new Set(vscode.window.visibleNotebookEditors);
    for (const editor of watched.keys()) if (!visible.has(editor)) watched.delete(editor);
  }

  async function watch(editor: vscode.NotebookEditor, runId: string): Promise<void> {
    const runIds = watched.get(editor) ?? new Set<string>();
    watched.set(editor, runIds.add(runId));
    const entry = vscode.workspace.isTrusted ? await book.find(runId) : undefined;
    if (entry !== undefined) post(editor, { type: 'run', run: entry.run });
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
      case 'openAssessment':
        await vscode.commands.executeCommand('aiwb.openScorecard', message.assessmentId);
        return;
      case 'evidence':
        await openEvidence(message.evidence, foldersAround(editor.notebook.uri)).catch(tell);
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
  );
}
