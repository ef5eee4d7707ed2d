import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { describeRun, formatMoment } from '../runs/format.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { subjectsOf } from '../trees/row.ts';
import type { CommandContext } from './context.ts';

interface RunChoice extends vscode.QuickPickItem {
  readonly entry: RunEntry;
}

/**
 * The runs a command is for: those it was given, by id or as rows of a view, else the user's choice.
 * Empty when the user chose none.
 */
export async function resolveRuns(
  context: CommandContext,
  given: readonly unknown[],
  pick: { title: string; many?: boolean; filter?: (entry: RunEntry) => boolean },
): Promise<RunEntry[]> {
  const ids = given.flatMap(runIdsOf);
  if (ids.length > 0) return await Promise.all([...new Set(ids)].map(id => findRun(context, id)));
  return await pickRuns(context, pick);
}

async function findRun(context: CommandContext, id: string): Promise<RunEntry> {
  const entry = await context.book.find(id);
  if (entry !== undefined) return entry;
  throw new FailureError({
    code: 'run-not-found',
    message: vscode.l10n.t('There is no run {0} in this workspace.', id),
  });
}

/** Ids in what menus, pages and other commands pass: an id, a list of ids, a row, or a list of rows. */
function runIdsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(runIdsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { kind, id } = value as { kind?: unknown; id?: unknown };
  return kind === 'run' && typeof id === 'string' ? [id] : [];
}

async function pickRuns(
  context: CommandContext,
  {
    title,
    many = false,
    filter = () => true,
  }: { title: string; many?: boolean; filter?: (entry: RunEntry) => boolean },
): Promise<RunEntry[]> {
  await context.book.load(context.book.state.kind === 'failed');
  const { state } = context.book;
  if (state.kind === 'failed') throw new FailureError(state.failure);
  const choices = context.book.entries().filter(filter).map(toChoice);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no run for this: {0}', title));
    return [];
  }
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  if (many) {
    const chosen = await vscode.window.showQuickPick(choices, { ...options, canPickMany: true });
    return (chosen ?? []).map(choice => choice.entry);
  }
  const chosen = await vscode.window.showQuickPick(choices, options);
  return chosen === undefined ? [] : [chosen.entry];
}

function toChoice(entry: RunEntry): RunChoice {
  const { run } = entry;
  return { label: run.name, description: formatMoment(run.createdAt), detail: describeRun(run, Date.now()), entry };
}

/** A kind of file that commands are for, with what is said when there is none. */
export interface FileKind {
  readonly languageId: string;
  readonly glob: string;
  title(): string;
  missing(): { message: string; remedy: string };
}

export const benchmarkFiles: FileKind = {
  languageId: 'aiwb-bench',
  glob: '**/*.bench.{yaml,yml}',
  title: () => vscode.l10n.t('Choose a Benchmark'),
  missing: () => ({
    message: vscode.l10n.t('There is no benchmark in this workspace.'),
    remedy: vscode.l10n.t('Run "AI Workbench: New Benchmark", or open the sample workspace.'),
  }),
};

export const tuningFiles: FileKind = {
  languageId: 'aiwb-tune',
  glob: '**/*.tune.{yaml,yml}',
  title: () => vscode.l10n.t('Choose a Tuning Job'),
  missing: () => ({
    message: vscode.l10n.t('There is no tuning job in this workspace.'),
    remedy: vscode.l10n.t('Run "AI Workbench: New Tuning Job", or open the sample workspace.'),
  }),
};

export const policyFiles: FileKind = {
  languageId: 'aiwb-policy',
  glob: '**/*.policy.{yaml,yml}',
  title: () => vscode.l10n.t('Choose a Policy'),
  missing: () => ({
    message: vscode.l10n.t('There is no policy in this workspace.'),
    remedy: vscode.l10n.t('Run "AI Workbench: New Policy", or open the sample workspace.'),
  }),
};

export const promptFiles: FileKind = {
  languageId: 'aiwb-prompt',
  glob: '**/*.prompt.{yml,yaml}',
  title: () => vscode.l10n.t('Choose a Prompt'),
  missing: () => ({
    message: vscode.l10n.t('There is no prompt in this workspace.'),
    remedy: vscode.l10n.t('Create a .prompt.yml file, or open the sample workspace.'),
  }),
};

/** The file a command is for: the one given, the active editor's, or the user's choice among one or more kinds. */
export async function resolveFile(
  given: unknown,
  ...kinds: [FileKind, ...FileKind[]]
): Promise<vscode.Uri | undefined> {
  const uri = uriOf(given) ?? activeFile(kinds);
  if (uri !== undefined) return uri;
  const [kind] = kinds;
  const lists = await Promise.all(
    kinds.map(({ glob }) => vscode.workspace.findFiles(glob, '**/node_modules/**', 1000)),
  );
  const files = lists.flat();
  if (files.length === 0) throw new FailureError({ code: 'file-not-found', ...kind.missing() });
  const choices = files
    .map(file => ({ label: vscode.workspace.asRelativePath(file), file }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(choices, { title: kind.title() }))?.file;
}

function uriOf(value: unknown): vscode.Uri | undefined {
  if (value instanceof vscode.Uri) return value;
  const [policy] = subjectsOf(value, 'policy');
  if (policy !== undefined) return vscode.Uri.joinPath(vscode.Uri.file(policy.folder), policy.path);
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, folder, file } = value as { kind?: unknown; folder?: unknown; file?: unknown };
  if (kind !== 'job' || typeof folder !== 'string' || typeof file !== 'string') return undefined;
  return vscode.Uri.joinPath(vscode.Uri.file(folder), withoutCell(file));
}

/** A run's file without the notebook cell that may follow it. */
export function withoutCell(file: string): string {
  return file.replace(/(\.ipynb)#.*$/, '$1');
}

function activeFile(kinds: readonly FileKind[]): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme !== 'file') return undefined;
  return kinds.some(({ languageId }) => languageId === document.languageId) ? document.uri : undefined;
}
