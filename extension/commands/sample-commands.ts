import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { parseSampleLink } from '../runs/sample-link.ts';
import { registerCommand, type CommandContext } from './context.ts';

/** Opens the row that a run page's permanent link leads to. */
export function registerSampleCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openSample', (given: unknown, sample: unknown) =>
      openSample(context, given, sample),
    ),
  ];
}

/** @param given a link such as `20261129-101500-ab12c#42`, or a run's id with the sample's id after it. */
async function openSample(context: CommandContext, given: unknown, sample: unknown): Promise<void> {
  const text = typeof given === 'string' ? given : await askForLink();
  if (text === undefined) return;
  const link = typeof sample === 'number' ? { runId: text, sample } : parseSampleLink(text);
  if (link === undefined) throw new FailureError(noLink(text));
  const entry = await context.book.find(link.runId);
  if (entry === undefined) {
    throw new FailureError({
      code: 'run-not-found',
      message: vscode.l10n.t('There is no run {0} in this workspace.', link.runId),
      remedy: vscode.l10n.t('A link leads to a run in the store of the workspace it was copied in.'),
    });
  }
  context.pages.showRuns([entry.run.id], { focus: { type: 'focus', sample: link.sample } });
}

/** What was copied on a run page is offered. */
async function askForLink(): Promise<string | undefined> {
  const copied = await vscode.env.clipboard.readText();
  return await vscode.window.showInputBox({
    title: vscode.l10n.t('Open Row by Its Link'),
    prompt: vscode.l10n.t("A row's link, as its Copy button gives it: the run's id, #, and a number."),
    ...(parseSampleLink(copied) === undefined ? {} : { value: copied.trim() }),
    validateInput: text => (parseSampleLink(text) === undefined ? noLink(text).message : undefined),
  });
}

function noLink(text: string): { code: string; message: string } {
  return { code: 'usage', message: vscode.l10n.t('"{0}" is no link to a row.', text.slice(0, 100)) };
}
