import path from 'node:path';
import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { latestTogether, type IsWanted } from '../runs/latest-together.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { registerCommand, rowsOf, type CommandContext } from './context.ts';
import { resolvePrompts } from './library-commands.ts';
import { withoutCell } from './pick.ts';

/** Commands that look for the newest runs of what is to be compared. */
export function registerCompareCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.comparePrompts', (...given: unknown[]) => comparePrompts(context, given)),
    registerCommand(context, 'aiwb.compareModels', (...given: unknown[]) => compareModels(context, given)),
  ];
}

async function comparePrompts(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const title = vscode.l10n.t('Choose Two or More Prompts to Compare');
  const prompts = await resolvePrompts(context, given, { title, least: 2 });
  if (prompts.length < 2) return;
  const wanted = prompts.map(({ folder, path: file }): IsWanted => {
    const absolute = path.resolve(folder, file);
    return ({ prompt }, entry) => prompt !== undefined && promptPath(prompt, entry) === absolute;
  });
  await show(context, wanted, {
    message: vscode.l10n.t('No benchmark has asked all of these prompts yet.'),
    remedy: vscode.l10n.t('Name them under `prompts` of one benchmark and run it.'),
  });
}

/** A run names a prompt as its file does: from its own folder. */
function promptPath(prompt: string, { folder, run }: RunEntry): string {
  return path.resolve(folder, path.dirname(withoutCell(run.file)), prompt);
}

async function compareModels(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const rows = rowsOf(given);
  let names = modelNamesOf(rows.length > 0 ? rows : context.selectedModels());
  await context.book.load(context.book.state.kind === 'failed');
  if (names.length < 2) names = await pickModels(context, names);
  if (names.length < 2) return;
  await show(
    context,
    names.map(
      (name): IsWanted =>
        ({ model }) =>
          model === name,
    ),
    {
      message: vscode.l10n.t('No benchmark has measured all of these models yet.'),
      remedy: vscode.l10n.t('Name them under `models` of one benchmark and run it.'),
    },
  );
}

/** Models that runs have figures of. */
async function pickModels({ book }: CommandContext, picked: readonly string[]): Promise<string[]> {
  const measured = new Set(book.entries().flatMap(({ run }) => run.headlines.map(({ model }) => model)));
  if (measured.size < 2) {
    throw new FailureError({
      code: 'run-not-found',
      message: vscode.l10n.t('There are no runs with figures of two models yet.'),
      remedy: vscode.l10n.t('Run a benchmark that names several.'),
    });
  }
  const choices = [...measured].sort().map(label => ({ label, picked: picked.includes(label) }));
  const title = vscode.l10n.t('Choose Two or More Models to Compare');
  return ((await vscode.window.showQuickPick(choices, { title, canPickMany: true })) ?? []).map(({ label }) => label);
}

function modelNamesOf(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  if (Array.isArray(given)) return [...new Set(given.flatMap(modelNamesOf))];
  if (typeof given !== 'object' || given === null) return [];
  const { kind, model } = given as { kind?: unknown; model?: { name?: unknown } };
  return kind === 'model' && typeof model?.name === 'string' ? [model.name] : [];
}

async function show(
  { book, pages }: CommandContext,
  wanted: readonly IsWanted[],
  nothing: { message: string; remedy: string },
): Promise<void> {
  await book.load(book.state.kind === 'failed');
  if (book.state.kind === 'failed') throw new FailureError(book.state.failure);
  const found = latestTogether(book.entries(), wanted);
  if (found === undefined) throw new FailureError({ code: 'run-not-found', ...nothing });
  pages.showRuns(found.map(({ run }) => run.id));
}
