import path from 'node:path';
import * as vscode from 'vscode';
import type { Verification } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { shortDigest } from '../registry/words.ts';
import { readScorecardFile, scorecardEditor } from '../scorecard/scorecard-editor.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { activeFile, reopenWith } from './reopen.ts';
import { resolveAssessment } from './pick-version.ts';

/** Commands for scorecard files, and for verifying them. */
export function registerScorecardCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openScorecardSource', (given: unknown) => reopen(given, 'default')),
    registerCommand(context, 'aiwb.openScorecardPage', (given: unknown) => reopen(given, scorecardEditor)),
    registerCommand(context, 'aiwb.verifyScorecard', (given: unknown) => verifyScorecard(context, given)),
  ];
}

/** Opens the scorecard file of the active editor, or the one given, in another editor. */
async function reopen(given: unknown, editor: string): Promise<void> {
  if (await reopenWith(given, editor)) return;
  throw new FailureError({ code: 'usage', message: vscode.l10n.t('Open a scorecard file first.') });
}

/** Recomputes the digest of a file, or of an assessment in the store, and says what came of it. */
async function verifyScorecard(context: CommandContext, given: unknown): Promise<void> {
  const uri = given instanceof vscode.Uri ? given : given === undefined ? await chooseFile() : undefined;
  if (uri !== undefined) {
    const { verification } = await readScorecardFile(uri);
    tell(path.basename(uri.path), verification);
    return;
  }
  if (given === undefined) return;
  const chosen = await resolveAssessment(context, given, vscode.l10n.t('Verify Which Scorecard?'));
  if (chosen === undefined) return;
  const { folder, assessment } = chosen;
  const view = await engineOf(context, { folder }).request('assessments/get', { assessmentId: assessment.id });
  tell(`${assessment.model}@${assessment.version}`, view.verification);
}

/** The scorecard file in front, else the user's choice. */
async function chooseFile(): Promise<vscode.Uri | undefined> {
  const active = activeFile();
  if (active?.path.endsWith('.scorecard.json') === true) return active;
  const files = await vscode.workspace.findFiles('**/*.scorecard.json', '**/node_modules/**', 500);
  if (files.length === 0) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('There is no scorecard file in this workspace.'),
      remedy: vscode.l10n.t('Export one from a scorecard page, or name it under "assess" in a policy.'),
    });
  }
  const choices = files
    .map(file => ({ label: vscode.workspace.asRelativePath(file), file }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Verify Which Scorecard?') }))?.file;
}

function tell(name: string, { state, sentence, computedDigest }: Verification): void {
  const digest = computedDigest === undefined ? '' : ` ${vscode.l10n.t('Digest: {0}', shortDigest(computedDigest))}`;
  if (state === 'verified') {
    void vscode.window.showInformationMessage(`${vscode.l10n.t('{0} is verified.', name)} ${sentence}${digest}`);
  } else {
    void vscode.window.showErrorMessage(`${vscode.l10n.t('{0} was tampered with.', name)} ${sentence}${digest}`);
  }
}
