import path from 'node:path';
import * as vscode from 'vscode';
import { compareScorecards } from '../../schemas/compare-scorecards.ts';
import type { AssessmentSummary, ScorecardView } from '../../schemas/generated/messages.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import { describeAssessment } from '../registry/words.ts';
import { fileVersions, nameOfVersion } from '../scorecard/git-versions.ts';
import { readScorecard } from '../scorecard/read-scorecard.ts';
import { readScorecardFile } from '../scorecard/scorecard-editor.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { resolveAssessment } from './pick-version.ts';
import { activeFile } from './reopen.ts';

/** A scorecard with where it is shown: in the editor of its file, or on the page of an assessment in a folder's store. */
type Shown = { readonly view: ScorecardView } & (
  { readonly uri: vscode.Uri; readonly folder?: undefined } | { readonly folder: string; readonly uri?: undefined }
);

type Choice = vscode.QuickPickItem & { readonly read?: () => Promise<{ view: ScorecardView; name: string }> };

/** As many files of a workspace as are offered. */
const mostFiles = 200;

/** Sets another scorecard beside one: a file, an earlier version of the same file, or an assessment in the store. */
export function registerCompareScorecards(context: CommandContext): vscode.Disposable {
  return registerCommand(context, 'aiwb.compareScorecard', (given: unknown) => compare(context, given));
}

async function compare(context: CommandContext, given: unknown): Promise<void> {
  const shown = await resolveShown(context, given);
  if (shown === undefined) return;
  const other = await pickOther(context, shown);
  if (other === undefined) return;
  const { view, name } = other;
  if (view.verification.state === 'tampered')
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} was tampered with.', name) + ` ${view.verification.sentence}`,
    );
  const [before, after] =
    view.scorecard.record.assessedAt > shown.view.scorecard.record.assessedAt ? [shown.view, view] : [view, shown.view];
  const comparison = compareScorecards(before.scorecard, after.scorecard);
  if (shown.uri !== undefined) await context.scorecards.compare(shown.uri, comparison);
  else {
    const { folder } = shown;
    context.pages.showAssessment({ folder, assessmentId: shown.view.scorecard.record.id }, comparison);
  }
}

/** The scorecard that a command is for: a file, or an assessment by its id or row. */
async function resolveShown(context: CommandContext, given: unknown): Promise<Shown | undefined> {
  const active = given === undefined ? activeFile() : undefined;
  const uri =
    given instanceof vscode.Uri ? given : active?.path.endsWith('.scorecard.json') === true ? active : undefined;
  if (uri !== undefined) return { uri, view: await readScorecardFile(uri) };
  const chosen = await resolveAssessment(context, given, vscode.l10n.t('Compare Which Scorecard?'));
  if (chosen === undefined) return undefined;
  const { folder, assessment } = chosen;
  return { folder, view: await readStored(context, folder, assessment.id) };
}

async function readStored(context: CommandContext, folder: string, id: string): Promise<ScorecardView> {
  return await engineOf(context, { folder }).request('assessments/get', { assessmentId: id });
}

async function pickOther(
  context: CommandContext,
  shown: Shown,
): Promise<{ view: ScorecardView; name: string } | undefined> {
  const groups = [
    { title: vscode.l10n.t('Assessments in the store'), choices: await storedChoices(context, shown) },
    { title: vscode.l10n.t('Earlier versions of this file'), choices: await versionChoices(shown) },
    { title: vscode.l10n.t('Scorecard files'), choices: await fileChoices(shown) },
  ].filter(({ choices }) => choices.length > 0);
  if (groups.length === 0) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('There is no other scorecard to compare with.'),
      remedy: vscode.l10n.t('Export one from a scorecard page, or assess another version.'),
    });
  }
  const items: Choice[] = groups.flatMap(({ title, choices }) => [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...choices,
  ]);
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Compare With Which Scorecard?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return await chosen?.read?.();
}

/** Other assessments of the model, where a store is at hand that knows it. */
async function storedChoices(context: CommandContext, { view, folder }: Shown): Promise<Choice[]> {
  const { record } = view.scorecard;
  const known = folder === undefined ? await findStored(context, view) : { folder, assessments: view.history };
  if (known === undefined) return [];
  return known.assessments
    .filter(({ id }) => id !== record.id)
    .map(assessment => {
      const name = `${assessment.model}@${assessment.version}`;
      return {
        label: plain(name),
        description: describeAssessment(assessment, Date.now()),
        read: async () => ({ view: await readStored(context, known.folder, assessment.id), name }),
      };
    });
}

/** The store that knows a file's version; none where it is from elsewhere. */
async function findStored(
  { registry }: CommandContext,
  { scorecard }: ScorecardView,
): Promise<{ folder: string; assessments: readonly AssessmentSummary[] } | undefined> {
  const { model, version } = scorecard.record.subject;
  try {
    const { folder, details } = await registry.find({ model, version });
    return { folder, assessments: details.assessments };
  } catch (error) {
    if (['registry-not-found', 'untrusted'].includes(toFailure(error).code)) return undefined;
    throw error;
  }
}

async function versionChoices({ uri }: Shown): Promise<Choice[]> {
  if (uri === undefined) return [];
  const versions = await fileVersions(uri);
  return versions.map(version => {
    const name = nameOfVersion(uri, version);
    return {
      label: `$(git-commit) ${plain(version.message)}`,
      description: version.commit.slice(0, 7),
      ...(version.at === undefined ? {} : { detail: version.at.toLocaleString() }),
      read: async () => ({ view: await readScorecard(await version.read(), name), name }),
    };
  });
}

async function fileChoices({ uri }: Shown): Promise<Choice[]> {
  const files = await vscode.workspace.findFiles('**/*.scorecard.json', '**/node_modules/**', mostFiles);
  return files
    .filter(file => file.toString() !== uri?.toString())
    .map(file => ({
      label: `$(checklist) ${plain(vscode.workspace.asRelativePath(file))}`,
      read: async () => ({ view: await readScorecardFile(file), name: path.basename(file.path) }),
    }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
