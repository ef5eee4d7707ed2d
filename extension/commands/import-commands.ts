import * as vscode from 'vscode';
import type { ConvertedFiles } from '../../schemas/generated/messages.ts';
import type { Engine } from '../engine/engine.ts';
import { describeImport, describeImportFailures } from '../runs/import-words.ts';
import { registerCommand, type CommandContext } from './context.ts';

/** Commands that bring in what other tools wrote: their results as runs, their configurations as benchmarks. */
export function registerImportCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.importResults', (...given: unknown[]) => importResults(context, given)),
    registerCommand(context, 'aiwb.convertFile', (given: unknown) => convertFile(context, given)),
  ];
}

/** Returns the ids of the runs that are new, for whoever called the command. */
async function importResults(context: CommandContext, given: readonly unknown[]): Promise<string[]> {
  const files = urisOf(given) ?? (await chooseResults());
  const [first] = files;
  if (first === undefined) return [];
  const engine = engineFor(context, first);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: files.length === 1 ? vscode.l10n.t('Importing results') : vscode.l10n.t('Importing {0} files', files.length),
    cancellable: true,
  };
  const paths = files.map(file => file.fsPath);
  const result = await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await engine.request('runs/import', { paths }, controller.signal);
  });
  for (const run of result.runs) context.book.note(engine.folder, run);
  // Not awaited: the command has done its work when the runs are there.
  void tell(context, result);
  return result.runs.map(({ id }) => id);
}

async function tell(context: CommandContext, result: Parameters<typeof describeImport>[0]): Promise<void> {
  const open = vscode.l10n.t('Open Run');
  const why = vscode.l10n.t('Show Why');
  const ids = [...result.runs, ...result.known].map(({ id }) => id);
  const [only] = ids;
  const actions = [
    ...(only !== undefined && ids.length === 1 ? [open] : []),
    ...(result.failures.length > 0 ? [why] : []),
  ];
  const show = result.failures.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await show(describeImport(result), ...actions);
  if (answer === open) await vscode.commands.executeCommand('aiwb.openRun', only);
  if (answer === why) {
    await context.documents.previewMarkdown(
      vscode.l10n.t('Files that were not imported'),
      describeImportFailures(result),
    );
  }
}

async function chooseResults(): Promise<vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    title: vscode.l10n.t('Choose Exported Runs, or Results of lm-eval, GuideLLM, promptfoo or Inspect'),
    openLabel: vscode.l10n.t('Import'),
    filters: { [vscode.l10n.t('Results')]: ['json', 'jsonl', 'eval'], [vscode.l10n.t('All files')]: ['*'] },
    ...(vscode.workspace.workspaceFolders?.[0] === undefined
      ? {}
      : { defaultUri: vscode.workspace.workspaceFolders[0].uri }),
  });
  return chosen ?? [];
}

/** Results may lie anywhere: those outside the workspace go into its first folder's store. */
function engineFor({ engines }: CommandContext, file: vscode.Uri): Engine {
  const inside = vscode.workspace.getWorkspaceFolder(file)?.uri;
  const first = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  return engines.of(inside ?? first ?? file);
}

/** Makes a benchmark of a promptfoo configuration or an lm-eval task file, and shows what it made. */
async function convertFile(context: CommandContext, given: unknown): Promise<void> {
  const source = given instanceof vscode.Uri ? given : await chooseConfiguration();
  if (source === undefined) return;
  const converted = await context.engines.of(source).request('files/convert', { path: source.fsPath });
  if (!(await mayWrite(converted))) return;
  for (const { path, text } of converted.files) {
    await vscode.workspace.fs.writeFile(vscode.Uri.file(path), Buffer.from(text));
  }
  const [benchmark] = converted.files;
  if (benchmark !== undefined)
    await vscode.window.showTextDocument(vscode.Uri.file(benchmark.path), { preview: false });
  void tellConverted(context, converted);
}

async function tellConverted(context: CommandContext, { files, notes }: ConvertedFiles): Promise<void> {
  const made = files.map(({ path }) => vscode.workspace.asRelativePath(path)).join(', ');
  const show = vscode.l10n.t('Show Notes');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Written: {0}.', made),
    ...(notes.length === 0 ? [] : [show]),
  );
  if (answer !== show) return;
  const list = notes.map(note => `- ${note}`).join('\n');
  await context.documents.previewMarkdown(
    vscode.l10n.t('Notes on the conversion'),
    `# ${vscode.l10n.t('What to do next, and what is different now')}\n\n${list}\n`,
  );
}

/** Nothing that is there is written over without a word. */
async function mayWrite({ files }: ConvertedFiles): Promise<boolean> {
  const there = files
    .filter(file => file.exists && file.extends !== true)
    .map(({ path }) => vscode.workspace.asRelativePath(path));
  if (there.length === 0) return true;
  const replace = vscode.l10n.t('Replace');
  const question =
    there.length === 1
      ? vscode.l10n.t('Replace {0}?', there.join())
      : vscode.l10n.t('Replace {0} files?', there.length);
  return (
    (await vscode.window.showWarningMessage(question, { modal: true, detail: there.join('\n') }, replace)) === replace
  );
}

async function chooseConfiguration(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active?.uri.scheme === 'file' && active.languageId === 'yaml') return active.uri;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose a promptfoo Configuration or an lm-eval Task'),
      openLabel: vscode.l10n.t('Convert'),
      filters: { YAML: ['yaml', 'yml'], JSON: ['json'] },
    })) ?? [];
  return chosen;
}

/** Files that the Explorer, a drop or another command passes: one, or one and all that are selected. */
function urisOf(given: readonly unknown[]): vscode.Uri[] | undefined {
  const [one, all] = given;
  const uris = (Array.isArray(all) ? all : Array.isArray(one) ? one : [one]).filter(
    value => value instanceof vscode.Uri,
  );
  return uris.length === 0 ? undefined : uris;
}
