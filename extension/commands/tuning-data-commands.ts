import path from 'node:path';
import * as vscode from 'vscode';
import type { ConvertedTuningData, ConvertTuningData } from '../../schemas/generated/messages.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import type { Engine } from '../engine/engine.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { resolveFile, tuningFiles } from './pick.ts';
import { activeFile } from './reopen.ts';
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
  const uri = await resolveFile(given, tuningFiles);
  if (uri === undefined) return;
  const engine = context.engines.of(uri);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Checking tuning data'),
    cancellable: true,
  };
  const source = await sourceOf(uri);
  try {
    const { report, markdown } = await vscode.window.withProgress(progress, async (_, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return await engine.request('tuning/data', { ...source, kind: 'tune' }, controller.signal);
    });
    await context.documents.previewMarkdown(vscode.l10n.t('Data of {0}', report.name), markdown);
  } catch (error) {
    const { message, remedy = '' } = toFailure(error);
    const [summary = '', ...faults] = message.split('\n');
    // A notification would run a list of faults together.
    if (faults.length === 0) throw error;
    const list = faults.map(fault => `- ${escapeMarkdown(fault.trim())}`).join('\n');
    const title = vscode.l10n.t('Data of {0}', path.basename(uri.path));
    const text = `# ${escapeMarkdown(title)}\n\n${escapeMarkdown(summary)}\n\n${list}\n\n${escapeMarkdown(remedy)}\n`;
    await context.documents.previewMarkdown(title, text);
  }
}

const datasetEndings = ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet'];
/** As the Explorer's menu has it: a JSON file in an editor may be anything. */
const datasetEnding = /\.(jsonl|ndjson|csv|tsv|parquet)$/;

interface FormItem extends vscode.QuickPickItem {
  readonly to: ConvertTuningData['to'];
  /** Of the new file. */
  readonly ending: string;
}

/** Writes a dataset in another form beside it, and opens what was written. */
async function convertTuningData(context: CommandContext, given: unknown): Promise<void> {
  const source = given instanceof vscode.Uri ? given : (activeDataset() ?? (await chooseDataset()));
  if (source === undefined) return;
  const engine = context.engines.of(source);
  const form = await vscode.window.showQuickPick(forms(), {
    title: vscode.l10n.t('Convert {0}', vscode.workspace.asRelativePath(source)),
    placeHolder: vscode.l10n.t('The form to write'),
  });
  if (form === undefined) return;
  const name = path.basename(source.fsPath).replace(/(\.[A-Za-z0-9]+)?(\.gz)?$/, '');
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Where Should the Converted Rows Go?'),
    saveLabel: vscode.l10n.t('Convert'),
    defaultUri: vscode.Uri.joinPath(source, '..', `${name}.${form.to}.${form.ending}`),
  });
  if (target === undefined) return;
  // Not awaited: whoever called the command has what it wrote. What VS Code will not show, such as a huge file, is told as well.
  void tellConverted(context, await convert(engine, source, form, target));
  await vscode.commands.executeCommand('vscode.open', target);
}

async function convert(
  engine: Engine,
  source: vscode.Uri,
  { to }: FormItem,
  target: vscode.Uri,
): Promise<ConvertedTuningData> {
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Converting {0}', vscode.workspace.asRelativePath(source)),
    cancellable: true,
  };
  const { path: given, text } = await sourceOf(source);
  if (text !== undefined) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('{0} could not be saved, and its rows are read from the file.', given),
      remedy: vscode.l10n.t('Save it, then convert it.'),
    });
  }
  // The dialog has asked before a file is replaced.
  const request = { path: given, to, out: target.fsPath, replace: true };
  return await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await engine.request('tuning/convert', request, controller.signal);
  });
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

/** The dataset in the active editor. */
function activeDataset(): vscode.Uri | undefined {
  const uri = activeFile();
  return uri?.scheme === 'file' && datasetEnding.test(uri.path) ? uri : undefined;
}

async function chooseDataset(): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose the Rows to Convert'),
      openLabel: vscode.l10n.t('Convert'),
      filters: { [vscode.l10n.t('Datasets')]: datasetEndings },
    })) ?? [];
  return chosen;
}
