import * as vscode from 'vscode';
import type { ModelEntry, PromptDescription, PromptBenchmark, TrialOptions } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { promptFiles, resolveFile, withoutCell } from './pick.ts';
import { sourceOf } from './run-commands.ts';

/** What a prompt is tried with. */
interface Choice {
  readonly models: readonly string[];
  readonly trial: TrialOptions;
}

/** What was chosen last for each prompt, until the window closes. */
type Memory = Map<string, { readonly models: readonly string[]; readonly values: Readonly<Record<string, string>> }>;

/** The command that tries a prompt file against models. */
export function registerPromptCommands(context: CommandContext): vscode.Disposable[] {
  const memory: Memory = new Map();
  return [
    registerCommand(context, 'aiwb.tryPrompt', (given: unknown, choice: unknown) =>
      tryPrompt(context, memory, given, choice),
    ),
  ];
}

/** @param given a file, a row, or the id of an earlier trial; @param choice models and cases, asked for where absent. */
async function tryPrompt(
  context: CommandContext,
  memory: Memory,
  given: unknown,
  choice: unknown,
): Promise<string | undefined> {
  const uri = await resolvePrompt(context, given);
  if (uri === undefined) return undefined;
  const engine = context.engines.of(uri);
  const source = await sourceOf(uri);
  const chosen = isChoice(choice) ? choice : await askForChoice(engine, uri, source, memory);
  if (chosen === undefined) return undefined;
  const starting = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Trying the prompt') };
  const { models, trial } = chosen;
  const run = await vscode.window.withProgress(starting, () =>
    engine.request('runs/start', {
      source: { ...source, kind: 'prompt' },
      origin: 'editor',
      models: [...models],
      trial,
    }),
  );
  context.book.note(engine.folder, run);
  context.pages.showRuns([run.id], { beside: true });
  return run.id;
}

async function resolvePrompt(context: CommandContext, given: unknown): Promise<vscode.Uri | undefined> {
  const entry = typeof given === 'string' ? await context.book.find(given) : undefined;
  if (entry === undefined) return resolveFile(given, promptFiles);
  return vscode.Uri.joinPath(vscode.Uri.file(entry.folder), withoutCell(entry.run.file));
}

/** Other commands and tests say what they want; whether it is valid, the engine says. */
function isChoice(value: unknown): value is Choice {
  if (typeof value !== 'object' || value === null) return false;
  const { models, trial } = value as Partial<Record<keyof Choice, unknown>>;
  return Array.isArray(models) && typeof trial === 'object' && trial !== null;
}

async function askForChoice(
  engine: Engine,
  uri: vscode.Uri,
  source: { readonly path: string; readonly text?: string },
  memory: Memory,
): Promise<Choice | undefined> {
  const prompt = await engine.request('prompts/describe', source);
  const before = memory.get(uri.toString());
  const models = await pickModels(engine, prompt, before?.models);
  if (models === undefined || models.length === 0) return undefined;
  const known = before?.values ?? {};
  memory.set(uri.toString(), { models, values: known });
  const cases = await pickCases(prompt);
  if (cases === undefined) return undefined;
  if (cases !== 'values') return { models, trial: { dataset: cases.dataset } };
  const values = await askForValues(prompt, known);
  if (values === undefined) return undefined;
  memory.set(uri.toString(), { models, values: { ...known, ...values } });
  return { models, trial: prompt.variables.length === 0 ? {} : { values: [values] } };
}

interface ModelChoice extends vscode.QuickPickItem {
  readonly model: string;
}

/** Models that read a prompt, or a text at least: the embedded ones learn from a dataset. */
async function pickModels(
  engine: Engine,
  { name, model: own }: PromptDescription,
  before: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  const { models, failure } = await engine.request('models/list', {});
  const usable = models.filter(({ kind }) => kind !== 'embedded' && kind !== 'lent');
  if (usable.length === 0) {
    throw new FailureError(
      failure ?? {
        code: 'model-unknown',
        message: vscode.l10n.t('There is no model to try the prompt with.'),
        remedy: vscode.l10n.t('Add a connection to workbench.yaml.'),
      },
    );
  }
  const picked = before ?? (own === undefined ? [] : [own]);
  const chosen = await vscode.window.showQuickPick(
    usable.map(entry => modelChoice(entry, picked)),
    {
      title: vscode.l10n.t('Try {0}: Models That Answer', name),
      placeHolder: vscode.l10n.t('Choose one or more; their answers are shown side by side'),
      canPickMany: true,
      matchOnDescription: true,
    },
  );
  return chosen?.map(({ model }) => model);
}

function modelChoice({ name, description }: ModelEntry, picked: readonly string[]): ModelChoice {
  return { label: name, description, model: name, picked: picked.includes(name) };
}

interface CaseChoice extends vscode.QuickPickItem {
  readonly cases: 'values' | PromptBenchmark;
}

/** Values to be typed, or the first rows of a benchmark that asks with the prompt. */
async function pickCases({
  name,
  variables,
  uses,
}: PromptDescription): Promise<'values' | PromptBenchmark | undefined> {
  if (uses.length === 0 || variables.length === 0) return 'values';
  const typed: CaseChoice = {
    label: vscode.l10n.t('Values I Type'),
    description: variables.join(', '),
    cases: 'values',
  };
  const rows = uses.map((use): CaseChoice => ({
    label: vscode.l10n.t('The First Rows of {0}', use.benchmark),
    description: use.file,
    cases: use,
  }));
  const title = vscode.l10n.t('Try {0}: What It Is Asked With', name);
  return (await vscode.window.showQuickPick([typed, ...rows], { title }))?.cases;
}

/** Each variable's value, one after another, beginning with what was typed last. Absent once one is dismissed. */
async function askForValues(
  { name, variables }: PromptDescription,
  before: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>> | undefined> {
  const values: Record<string, string> = {};
  for (const [index, variable] of variables.entries()) {
    const value = await vscode.window.showInputBox({
      title: vscode.l10n.t('Try {0}: {1} ({2} of {3})', name, variable, index + 1, variables.length),
      prompt: vscode.l10n.t('What {0} stands for', `{{${variable}}}`),
      value: before[variable] ?? '',
      ignoreFocusOut: true,
    });
    if (value === undefined) return undefined;
    values[variable] = value;
  }
  return values;
}
