import * as vscode from 'vscode';
import type { ModelCard } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { referenceTo, type VersionEntry } from '../registry/registry-book.ts';
import { resolveInside } from '../registry/resolve-inside.ts';
import { versionName } from '../registry/words.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { placeOf, resolveVersion } from './pick-version.ts';

/** Commands about the model cards of versions. */
export function registerCardCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.keepModelCard', (given: unknown) => keepModelCard(context, given)),
    registerCommand(context, 'aiwb.openModelCard', (given: unknown) => openModelCard(context, given)),
  ];
}

/** Makes a version's card, or brings it up to date, and opens it with its preview beside it. */
async function openModelCard(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Open a Model Card'), elsewhere: true });
  if (entry === undefined) return;
  const { card, uri } = await findCard(context, entry);
  // What is being typed is not overwritten: the card is brought up to date once it is saved.
  const isTyped = vscode.workspace.textDocuments.some(each => each.uri.toString() === uri.toString() && each.isDirty);
  if (!isTyped)
    await engineOf(context, entry).request('registry/saveCard', { ...referenceTo(placeOf(entry)), path: uri.fsPath });
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Active });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  const share = Math.floor(card.completeness * 100);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Model card: {0} % of the required fields', share), 10_000);
}

/** Keeps the card's file with the version as it is now; the cards before stay. */
async function keepModelCard(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Keep a Model Card') });
  if (entry === undefined) return;
  const { uri } = await findCard(context, entry);
  await vscode.workspace.save(uri);
  const request = { ...referenceTo(placeOf(entry)), path: uri.fsPath, keep: true };
  await engineOf(context, entry).request('registry/saveCard', request);
  await context.registry.load(true);
  const [file, name] = [vscode.workspace.asRelativePath(uri), versionName(entry.details)];
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is kept with {1}. The next assessment reads it.', file, name),
  );
}

async function findCard(context: CommandContext, entry: VersionEntry): Promise<{ card: ModelCard; uri: vscode.Uri }> {
  const card = await engineOf(context, entry).request('registry/card', referenceTo(placeOf(entry)));
  const file = card.path === undefined ? undefined : resolveInside(entry.folder, card.path);
  if (file !== undefined) return { card, uri: vscode.Uri.file(file) };
  throw new FailureError({
    code: 'file-not-found',
    message: vscode.l10n.t('The model card lies outside of this workspace.'),
  });
}
