import * as vscode from 'vscode';
import { referenceTo } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { describeSelf, requireIdentity } from './governance-commands.ts';
import { placeOf, resolveVersion, type NamedVersion } from './pick-version.ts';

/** Steps back from production, and the record of a promotion. */
export function registerStepBackCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.demoteVersion', (given: unknown) => stepBack(context, demote, given)),
    registerCommand(context, 'aiwb.revokeVersion', (given: unknown) => stepBack(context, revoke, given)),
    registerCommand(context, 'aiwb.rollBackModel', (given: unknown) => rollBack(context, given)),
    registerCommand(context, 'aiwb.exportPromotion', (given: unknown) => exportPromotion(context, given)),
  ];
}

interface BackWords {
  readonly method: 'registry/demote' | 'registry/revoke';
  readonly filter: (version: NamedVersion) => boolean;
  title(): string;
  question(version: string): string;
  detail(): string;
  verb(): string;
  told(version: string): string;
}

const isInProduction = ({ row }: NamedVersion): boolean => row?.status === 'production';

const demote: BackWords = {
  method: 'registry/demote',
  filter: isInProduction,
  title: () => vscode.l10n.t('Demote Which Version?'),
  question: version => vscode.l10n.t('Take {0} out of production?', version),
  detail: () => vscode.l10n.t('The alias "production" is removed. The version stays the baseline it was locked as.'),
  verb: () => vscode.l10n.t('Demote'),
  told: version => vscode.l10n.t('{0} is no longer in production.', version),
};

const revoke: BackWords = {
  method: 'registry/revoke',
  filter: ({ row }) => row?.status !== 'revoked',
  title: () => vscode.l10n.t('Revoke Which Version?'),
  question: version => vscode.l10n.t('Revoke {0}?', version),
  detail: () =>
    vscode.l10n.t('It may not be used any more, and that is for good: its aliases go, and no step leads on from here.'),
  verb: () => vscode.l10n.t('Revoke'),
  told: version => vscode.l10n.t('{0} is revoked.', version),
};

async function stepBack(context: CommandContext, words: BackWords, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: words.title(), filter: words.filter });
  if (entry === undefined) return;
  const engine = engineOf(context, entry);
  const identity = await requireIdentity(engine);
  const version = versionName(entry.details);
  const reason = await vscode.window.showInputBox({
    title: words.question(version),
    prompt: vscode.l10n.t('Why; it is kept with the record'),
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('Give a reason.') : undefined),
  });
  if (reason === undefined) return;
  const verb = words.verb();
  const detail = [words.detail(), describeSelf(identity)].join('\n\n');
  if ((await vscode.window.showWarningMessage(words.question(version), { modal: true, detail }, verb)) !== verb) return;
  await engine.request(words.method, { ...referenceTo(placeOf(entry)), reason });
  await context.registry.load(true);
  void vscode.window.showInformationMessage(words.told(version));
}

async function rollBack(context: CommandContext, given: unknown): Promise<void> {
  const title = vscode.l10n.t('Roll Back Which Model?');
  const entry = await resolveVersion(context, given, { title, filter: isInProduction });
  if (entry === undefined) return;
  const engine = engineOf(context, entry);
  const identity = await requireIdentity(engine);
  const { model } = entry.details.version;
  const question = vscode.l10n.t('Roll {0} back?', model);
  const explained = vscode.l10n.t(
    'The version that was in production before comes back, if its approval still counts. {0} is retired.',
    versionName(entry.details),
  );
  const verb = vscode.l10n.t('Roll Back');
  const detail = [explained, describeSelf(identity)].join('\n\n');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, verb)) !== verb) return;
  const { version } = await engine.request('registry/rollBack', { model });
  await context.registry.load(true);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is in production again.', `${version.model}@${version.version}`),
  );
}

/** Saves a version's signed promotion record, for others to verify. */
async function exportPromotion(context: CommandContext, given: unknown): Promise<void> {
  const wasPromoted = ({ row }: NamedVersion): boolean => row?.status === 'production' || row?.status === 'retired';
  const title = vscode.l10n.t('Export the Promotion Record of Which Version?');
  const entry = await resolveVersion(context, given, { title, filter: wasPromoted });
  if (entry === undefined) return;
  const { model, version } = entry.details.version;
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(entry.folder), `${model}-${version}.promotion.json`),
    filters: { [vscode.l10n.t('Promotion record')]: ['json'] },
  });
  if (target === undefined) return;
  const { path } = await engineOf(context, entry).request('registry/exportPromotion', {
    model,
    version,
    path: target.fsPath,
  });
  const open = vscode.l10n.t('Open');
  const told = vscode.l10n.t('The record can be verified anywhere: aiwb registry verify FILE.');
  if ((await vscode.window.showInformationMessage(told, open)) === open) {
    await vscode.window.showTextDocument(vscode.Uri.file(path));
  }
}
