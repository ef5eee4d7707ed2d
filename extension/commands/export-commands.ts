import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { resolveRuns } from './pick.ts';

interface FormatChoice extends vscode.QuickPickItem {
  readonly format: ExportFormat;
  readonly extension: string;
}

function formatChoices(): FormatChoice[] {
  const { t } = vscode.l10n;
  return [
    { format: 'html', extension: 'html', label: 'HTML', detail: t('The report as one self-contained page') },
    { format: 'markdown', extension: 'md', label: 'Markdown', detail: t('The report as text with tables') },
    { format: 'json', extension: 'json', label: 'JSON', detail: t('The report with all its figures') },
    { format: 'jsonl', extension: 'jsonl', label: 'JSON Lines', detail: t('Every sample, one a line') },
    { format: 'csv', extension: 'csv', label: 'CSV', detail: t('Every sample, one a row') },
  ];
}

export function registerExportCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.exportRun', (...given: unknown[]) => exportRuns(context, given)),
    registerCommand(context, 'aiwb.openReportHtml', (...given: unknown[]) => openReportHtml(context, given)),
  ];
}

async function exportRuns(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const runs = await resolveRuns(context, given, { title: vscode.l10n.t('Choose Runs to Export'), many: true });
  if (runs.length === 0) return;
  const chosen = await vscode.window.showQuickPick(formatChoices(), { title: vscode.l10n.t('Export As') });
  if (chosen === undefined) return;
  await saveAs(context, runs, chosen.format, chosen.extension, chosen.label);
}

async function saveAs(
  context: CommandContext,
  runs: readonly RunEntry[],
  format: ExportFormat,
  extension: string,
  label: string,
): Promise<void> {
  const first = requireFirst(runs);
  const name = `${safeName(first.run.name)}.${extension}`;
  const uri = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(first.folder), name),
    filters: { [label]: [extension] },
  });
  if (uri === undefined) return;
  await exportTo(context, runs, format, uri.fsPath);
  void offerToOpen(uri);
}

async function offerToOpen(uri: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Exported to {0}.', vscode.workspace.asRelativePath(uri)),
    open,
  );
  if (answer === open) await vscode.commands.executeCommand('vscode.open', uri);
}

/** The self-contained page in the system's browser, where it can be printed. A remote browser cannot reach the file: there it is saved. */
async function openReportHtml(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const runs = await resolveRuns(context, given, {
    title: vscode.l10n.t('Choose Runs to Open in the Browser'),
    many: true,
  });
  if (runs.length === 0) return;
  if (vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web) {
    await saveAs(context, runs, 'html', 'html', 'HTML');
    return;
  }
  const folder = path.join(context.extension.globalStorageUri.fsPath, 'reports');
  await mkdir(folder, { recursive: true });
  const first = requireFirst(runs);
  const file = path.join(
    folder,
    `${safeName(first.run.name)}-${safeName(runs.map(({ run }) => run.id).join('-')).slice(0, 80)}.html`,
  );
  await exportTo(context, runs, 'html', file);
  await vscode.env.openExternal(vscode.Uri.file(file));
}

async function exportTo(
  context: CommandContext,
  runs: readonly RunEntry[],
  format: ExportFormat,
  file: string,
): Promise<void> {
  const engine = engineOf(context, requireFirst(runs));
  const runIds = runs.map(({ run }) => run.id);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Exporting'),
    cancellable: true,
  };
  await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    await engine.request('runs/export', { runIds, format, path: file }, controller.signal);
  });
  if (!(await exists(file))) {
    throw new FailureError({ code: 'file-unwritable', message: vscode.l10n.t('{0} was not written.', file) });
  }
}

function requireFirst(runs: readonly RunEntry[]): RunEntry {
  const [first] = runs;
  if (first === undefined) throw new FailureError({ code: 'usage', message: vscode.l10n.t('No run was chosen.') });
  return first;
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
