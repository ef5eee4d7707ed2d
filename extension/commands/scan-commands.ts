import * as vscode from 'vscode';
import type { ScanReport } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import type { Engine } from '../engine/engine.ts';
import { referenceTo, type VersionEntry } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { placeOf, resolveVersion } from './pick-version.ts';

/** The command that keeps a scanner's report as evidence of a version. */
export function registerScanCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.addScanReport', (given: unknown, file: unknown) =>
      addScanReport(context, given, file),
    ),
  ];
}

/** Keeps a report about a version; resolves with its id. */
async function addScanReport(context: CommandContext, given: unknown, file: unknown): Promise<string | undefined> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Add a Scan Report') });
  if (entry === undefined) return undefined;
  const path = typeof file === 'string' ? file : await chooseReport(entry);
  if (path === undefined) return undefined;
  const scan = await keepReport(entry, engineOf(context, entry), path);
  if (scan === undefined) return undefined;
  const doubt = scan.doubt === undefined ? '' : ` ${plain(scan.doubt)}`;
  const again = vscode.l10n.t('Assess Again');
  // Not awaited: the report is kept, whatever becomes of the message.
  void vscode.window
    .showInformationMessage(
      vscode.l10n.t('The report of {0} is kept. It counts from the next assessment on.', plain(scan.tool)) + doubt,
      again,
    )
    .then(answer =>
      answer === again ? vscode.commands.executeCommand('aiwb.assessVersion', placeOf(entry)) : undefined,
    );
  return scan.id;
}

async function chooseReport(entry: VersionEntry): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Report about {0}', versionName(entry.details)),
      defaultUri: vscode.Uri.file(entry.folder),
      openLabel: vscode.l10n.t('Add Report'),
      filters: { [vscode.l10n.t('Scanner reports')]: ['jsonl', 'json', 'sarif'] },
    })) ?? [];
  return file?.fsPath;
}

/** A report may be of another model: where its names do not tell, the person names the one that is this version. */
async function keepReport(entry: VersionEntry, engine: Engine, path: string): Promise<ScanReport | undefined> {
  const step = { ...referenceTo(placeOf(entry)), path };
  try {
    return await engine.request('evidence/addScan', step);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'target-unconfirmed') throw error;
    const target = await vscode.window.showInputBox({
      title: vscode.l10n.t('Which Model of the Report Is {0}?', versionName(entry.details)),
      prompt: vscode.l10n.t(
        '{0} Type its name to say that it is this version; that is kept with the report.',
        plain(failure.message),
      ),
      ignoreFocusOut: true,
    });
    if (target === undefined || target.trim() === '') return undefined;
    return await engine.request('evidence/addScan', { ...step, target: target.trim() });
  }
}
