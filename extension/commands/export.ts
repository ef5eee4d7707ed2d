import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import type { CommandContext } from './context.ts';

/** Something that can be written to a file in several formats. */
export interface Exportable<Format> {
  /** Workspace folder where saving starts. */
  readonly folder: string;
  /** Name of the file, without its ending. */
  readonly name: string;
  /** Tells it from others of the same name. */
  readonly id: string;
  write(format: Format, file: string, signal: AbortSignal): Promise<unknown>;
}

export interface FormatChoice<Format> extends vscode.QuickPickItem {
  readonly format: Format;
  /** The file's ending, without its first dot. */
  readonly extension: string;
}

/** Asks for the format and the place. */
export async function exportAs<Format>(
  subject: Exportable<Format>,
  choices: readonly FormatChoice<Format>[],
): Promise<void> {
  const chosen = await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Export As') });
  if (chosen !== undefined) await saveAs(subject, chosen);
}

async function saveAs<Format>(
  subject: Exportable<Format>,
  { format, extension, label }: FormatChoice<Format>,
): Promise<void> {
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(subject.folder), `${safeName(subject.name)}.${extension}`),
    filters: { [label]: [extension] },
  });
  if (uri === undefined) return;
  await write(subject, format, uri.fsPath);
  void offerToOpen(uri);
}

async function offerToOpen(uri: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(uri)),
    open,
  );
  if (answer !== open) return;
  const { type } = await vscode.workspace.fs.stat(uri);
  const isFolder = (type & vscode.FileType.Directory) !== 0;
  await vscode.commands.executeCommand(isFolder ? 'revealInExplorer' : 'vscode.open', uri);
}

/** The self-contained page in the system's browser, where it can be printed. A remote browser cannot reach the file: there it is saved. */
export async function openInBrowser<Format>(
  { extension }: CommandContext,
  subject: Exportable<Format>,
  html: FormatChoice<Format>,
): Promise<void> {
  if (vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web) {
    await saveAs(subject, html);
    return;
  }
  const folder = path.join(extension.globalStorageUri.fsPath, 'reports');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${safeName(subject.name)}-${safeName(subject.id).slice(0, 80)}.html`);
  await write(subject, html.format, file);
  await vscode.env.openExternal(vscode.Uri.file(file));
}

async function write<Format>(subject: Exportable<Format>, format: Format, file: string): Promise<void> {
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Exporting'),
    cancellable: true,
  };
  await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    await subject.write(format, file, controller.signal);
  });
  if (!(await exists(file))) {
    throw new FailureError({ code: 'file-unwritable', message: vscode.l10n.t('{0} was not written.', file) });
  }
}

function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-');
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
