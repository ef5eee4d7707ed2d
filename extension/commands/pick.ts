import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { describeRun, formatMoment } from '../runs/format.ts';
import type { RunEntry } from '../runs/run-book.ts';
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

/** The benchmark file a command is for: the one given, the active editor's, or the user's choice. */
export async function resolveBenchmark(given: unknown): Promise<vscode.Uri | undefined> {
  const uri = uriOf(given) ?? activeBenchmark();
  if (uri !== undefined) return uri;
  const files = await vscode.workspace.findFiles('**/*.bench.{yaml,yml}', '**/node_modules/**', 1000);
  if (files.length === 0) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('There is no benchmark in this workspace.'),
      remedy: vscode.l10n.t('Run "AI Workbench: New Benchmark", or open the sample workspace.'),
    });
  }
  const choices = files
    .map(file => ({ label: vscode.workspace.asRelativePath(file), file }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Choose a Benchmark') }))?.file;
}

function uriOf(value: unknown): vscode.Uri | undefined {
  if (value instanceof vscode.Uri) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, folder, benchmark } = value as { kind?: unknown; folder?: unknown; benchmark?: unknown };
  if (kind !== 'benchmark' || typeof folder !== 'string' || typeof benchmark !== 'string') return undefined;
  return vscode.Uri.joinPath(vscode.Uri.file(folder), benchmarkFile(benchmark));
}

/** A benchmark's file without the notebook cell that may follow it. */
export function benchmarkFile(benchmark: string): string {
  return benchmark.replace(/(\.ipynb)#.*$/, '$1');
}

function activeBenchmark(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === 'aiwb-bench' && document.uri.scheme === 'file' ? document.uri : undefined;
}
