import path from 'node:path';
import * as vscode from 'vscode';
import type { ConvertedTuningData, ConvertTuningData } from '../../schemas/generated/messages.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { sourceOf } from './run-commands.ts';

/** Commands about the rows that a tuning job learns from: what is in them, and the form they are written in. */
export function registerTuningDataCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.checkTuningData', (given: unknown) => checkTuningData(context, given)),
    registerCommand(context, 'aiwb.convertTuningData', (given: unknown) => convertTuningData(context, given)),
  ];
}

/** Shows what a tuning job would send and learn from, before anything is sent. */
async function checkTuningData(context: CommandContext, given: unknown): Promise<void> {
  const uri = given instanceof vscode.Uri ? given : (activeJob() ?? (await chooseJob()));
  if (uri === undefined) return;
  const engine = context.engines.of(uri);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Checking tuning data'),
    cancellable: true,
  };
  const source = await sourceOf(uri);
  const { report, markdown } = await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await engine.request('tuning/data', { ...source, kind: 'tune' }, controller.signal);
  });
  await context.documents.previewMarkdown(vscode.l10n.t('Data of {0}', report.name), markdown);
}

function activeJob(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'aiwb-tune' && document.uri.scheme === 'file' ? document.uri : undefined;
}

async function chooseJob(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles('**/*.tune.{yaml,yml}', '**/node_modules/**', 200);
  const items = files.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const title = vscode.l10n.t('Choose a Tuning Job');
  return (await vscode.window.showQuickPick(items, { title }))?.uri;
}

interface FormItem extends vscode.QuickPickItem {
  readonly to: ConvertTuningData['to'];
  /** Of the new file. */
  readonly ending: string;
}

/** Writes a dataset in another form beside it, and opens what was written. */
async function convertTuningData(context: CommandContext, given: unknown): Promise<void> {
  const source = given instanceof vscode.Uri ? given : await chooseDataset();
  if (source === undefined) return;
  const form = await vscode.window.showQuickPick(forms(), {
    title: vscode.l10n.t('Convert {0}', vscode.workspace.asRelativePath(source)),
    placeHolder: vscode.l10n.t('The form to write'),
  });
  if (form === undefined) return;
  const name = path.basename(source.fsPath).replace(/(\.[A-Za-z0-9]+)?(\.gz)?$/, '');
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Where Should the Converted Rows Go?'),
    defaultUri: vscode.Uri.joinPath(source, '..', `${name}.${form.to}.${form.ending}`),
  });
  if (target === undefined) return;
  // The dialog has asked before a file is replaced.
  const request = { path: source.fsPath, to: form.to, out: target.fsPath, replace: true };
  const converted = await context.engines.of(source).request('tuning/convert', request);
  await vscode.window.showTextDocument(target, { preview: true });
  void tellConverted(context, converted);
}

async function tellConverted(context: CommandContext, converted: ConvertedTuningData): Promise<void> {
  const { rows, refused, faults } = converted;
  if (refused === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('{0} rows were written.', rows));
    return;
  }
  const why = vscode.l10n.t('Show Why');
  const question = vscode.l10n.t('{0} rows were written, and {1} were left out.', rows, refused);
  if ((await vscode.window.showWarningMessage(question, why)) !== why) return;
  const list = faults.map(fault => `- ${escapeMarkdown(fault)}`).join('\n');
  await context.documents.previewMarkdown(
    vscode.l10n.t('Rows that were left out'),
    `# ${vscode.l10n.t('Rows that were left out')}\n\n${list}\n`,
  );
}

function forms(): readonly FormItem[] {
  return [
    { label: vscode.l10n.t('Chat'), description: '{"messages": […]}', to: 'chat', ending: 'jsonl' },
    {
      label: vscode.l10n.t('Prompt and completion'),
      description: '{"prompt": …, "completion": …}',
      to: 'prompt-completion',
      ending: 'jsonl',
    },
    { label: 'ShareGPT', description: '{"conversations": […]}', to: 'sharegpt', ending: 'jsonl' },
    {
      label: 'Alpaca',
      description: '{"instruction": …, "input": …, "output": …}',
      to: 'alpaca',
      ending: 'jsonl',
    },
    { label: 'CSV', description: 'input, target', to: 'csv', ending: 'csv' },
  ];
}

async function chooseDataset(): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose the Rows to Convert'),
      openLabel: vscode.l10n.t('Convert'),
      filters: { [vscode.l10n.t('Datasets')]: ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet'] },
    })) ?? [];
  return chosen;
}
