import path from 'node:path';
import * as vscode from 'vscode';
import type { DatasetEntry, DraftedBenchmark } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { describePreview } from '../data/preview-text.ts';
import { subjectsOf, type RowSubject } from '../trees/row.ts';
import { registerCommand, rowsOf, type CommandContext } from './context.ts';

const sampleRows = 50;

/** Commands over datasets and prompts. */
export function registerLibraryCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.previewDataset', (given: unknown) => previewRows(context, given)),
    registerCommand(context, 'aiwb.benchmarkDataset', (given: unknown) => benchmarkDataset(context, given)),
    registerCommand(context, 'aiwb.benchmarkPrompt', (...given: unknown[]) => benchmarkPrompt(context, given)),
  ];
}

async function previewRows(context: CommandContext, given: unknown): Promise<void> {
  const chosen = await resolveDataset(context, given, vscode.l10n.t('Preview a Dataset'));
  if (chosen === undefined) return;
  const { folder, path: file } = chosen;
  const { format, config } = await entryOf(context, chosen);
  const dataset = {
    path: file,
    ...(format === undefined ? {} : { format }),
    ...(config === undefined ? {} : { config }),
  };
  const reading = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Reading rows') };
  const preview = await vscode.window.withProgress(reading, () =>
    engineFor(context, folder).request('datasets/preview', { dataset, limit: sampleRows }),
  );
  await context.documents.previewMarkdown(vscode.l10n.t('Rows of {0}', file), describePreview(preview));
}

/** How the files that use a dataset read it. */
async function entryOf(
  context: CommandContext,
  { folder, path: file }: RowSubject,
): Promise<{ format?: DatasetEntry['format']; config?: string | undefined }> {
  const entry = (await datasetsOf(context)).get(folder)?.find(one => one.path === file);
  const config = entry?.uses.find(use => use.config !== undefined)?.config;
  return { format: entry?.format, config };
}

/** A new benchmark over a dataset, in an editor; it becomes a file when it is saved. */
async function benchmarkDataset(context: CommandContext, given: unknown): Promise<void> {
  const chosen = await resolveDataset(context, given, vscode.l10n.t('Make a Benchmark from a Dataset'));
  if (chosen !== undefined) await draft(context, chosen, []);
}

/** The same with prompts, over a dataset that the user chooses. */
async function benchmarkPrompt(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const prompts = await resolvePrompts(context, given, { title: vscode.l10n.t('Choose Prompts to Measure'), least: 1 });
  const [first] = prompts;
  if (first === undefined) return;
  const used = await filesUsing(context, prompts);
  const title = vscode.l10n.t('Measure on Which Dataset?');
  const dataset = await pickDataset(context, title, ({ folder }) => folder === first.folder, used);
  if (dataset === undefined) return;
  await draft(
    context,
    dataset,
    prompts.map(prompt => prompt.path),
  );
}

async function draft(context: CommandContext, dataset: RowSubject, prompts: string[]): Promise<void> {
  const { folder, path: file } = dataset;
  const { format, config } = await entryOf(context, dataset);
  // A file's ending says its format; written out it would only be noise.
  const isSaid = format === undefined || format === 'huggingface' || file.toLowerCase().includes(`.${format}`);
  const drafted = await engineFor(context, folder).request('benchmarks/draft', {
    dataset: { path: file, ...(isSaid ? {} : { format }), ...(config === undefined ? {} : { config }) },
    prompts,
  });
  await showDraft(folder, drafted);
}

async function showDraft(folder: string, { path: file, text }: DraftedBenchmark): Promise<void> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? file : file.replace(/(\.bench\.yaml)$/, `-${number}$1`);
    const uri = vscode.Uri.file(path.join(folder, name)).with({ scheme: 'untitled' });
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== '' && document.getText() !== text) continue;
    const editor = await vscode.window.showTextDocument(document);
    if (document.languageId !== 'aiwb-bench') await vscode.languages.setTextDocumentLanguage(document, 'aiwb-bench');
    if (document.getText() === '') await editor.edit(edit => edit.insert(new vscode.Position(0, 0), text));
    return;
  }
}

function engineFor({ engines }: CommandContext, folder: string): ReturnType<CommandContext['engines']['of']> {
  return engines.at(folder) ?? engines.of(vscode.Uri.file(folder));
}

async function datasetsOf({ library }: CommandContext): Promise<ReadonlyMap<string, readonly DatasetEntry[]>> {
  return await library.datasets.entries();
}

async function resolveDataset(context: CommandContext, given: unknown, title: string): Promise<RowSubject | undefined> {
  const [subject] = subjectsOf(given, 'dataset');
  return subject ?? (await pickDataset(context, title, () => true, new Set()));
}

async function pickDataset(
  context: CommandContext,
  title: string,
  filter: (subject: RowSubject) => boolean,
  first: ReadonlySet<string>,
): Promise<RowSubject | undefined> {
  const choices = [...(await datasetsOf(context))].flatMap(([folder, entries]) =>
    entries.flatMap(({ path: file, kind, format, uses }) => {
      const subject: RowSubject = { kind: 'dataset', folder, path: file };
      if (kind === 'missing' || !filter(subject)) return [];
      const users = [...new Set(uses.map(use => use.name))].join(', ');
      const isFirst = uses.some(use => first.has(`${folder}\n${use.file}`));
      return [{ label: file, description: format ?? '', detail: users, subject, isFirst }];
    }),
  );
  if (choices.length === 0) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('There is no dataset in this workspace.'),
      remedy: vscode.l10n.t('Put a .jsonl, .csv or .parquet file into it, or open the sample workspace.'),
    });
  }
  choices.sort((a, b) => Number(b.isFirst) - Number(a.isFirst));
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(choices, options))?.subject;
}

/** Benchmarks that name one of the prompts, as `folder\nfile`. */
async function filesUsing({ library }: CommandContext, prompts: readonly RowSubject[]): Promise<ReadonlySet<string>> {
  const lists = await library.prompts.entries();
  return new Set(
    prompts.flatMap(({ folder, path: file }) =>
      (lists.get(folder) ?? [])
        .filter(prompt => prompt.path === file)
        .flatMap(({ uses }) => uses.map(use => `${folder}\n${use.file}`)),
    ),
  );
}

/** The prompts a command is for: those given, those selected in the view, or the user's choice. Of one folder. */
export async function resolvePrompts(
  context: CommandContext,
  given: readonly unknown[],
  { title, least }: { title: string; least: number },
): Promise<RowSubject[]> {
  const rows = rowsOf(given);
  let chosen = subjectsOf(rows.length > 0 ? rows : context.library.prompts.selection, 'prompt');
  if (chosen.length < least) chosen = await pickPrompts(context, title, chosen);
  if (new Set(chosen.map(({ folder }) => folder)).size > 1) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('These prompts lie in different folders.'),
      remedy: vscode.l10n.t('Choose prompts of one folder.'),
    });
  }
  return chosen;
}

async function pickPrompts(
  { library }: CommandContext,
  title: string,
  picked: readonly RowSubject[],
): Promise<RowSubject[]> {
  const isPicked = new Set(picked.map(({ folder, path: file }) => `${folder}\n${file}`));
  const choices = [...(await library.prompts.entries())].flatMap(([folder, prompts]) =>
    prompts.map(({ name, path: file }) => ({
      label: name,
      description: file,
      picked: isPicked.has(`${folder}\n${file}`),
      subject: { kind: 'prompt', folder, path: file } as const,
    })),
  );
  if (choices.length === 0) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('There is no prompt in this workspace.'),
      remedy: vscode.l10n.t('Run "AI Workbench: New Prompt", or open the sample workspace.'),
    });
  }
  const options = { title, canPickMany: true as const, matchOnDescription: true };
  return ((await vscode.window.showQuickPick(choices, options)) ?? []).map(({ subject }) => subject);
}
