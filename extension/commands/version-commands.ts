import * as vscode from 'vscode';
import type { RegisterVersion } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { localRegistry, referenceTo } from '../registry/registry-book.ts';
import { versionLabel, versionName } from '../registry/words.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { aliasesOf, placeOf, resolveVersion } from './pick-version.ts';
import { resolveRuns } from './pick.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const aliasPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Aliases of the local registry that only a step of the release may move. */
const guardedAliases: ReadonlySet<string> = new Set(['approved', 'baseline', 'production']);

/** Commands that change what is registered without judging anything. */
export function registerVersionCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.registerRun', (run: unknown, epoch: unknown) => registerRun(context, run, epoch)),
    registerCommand(context, 'aiwb.setAlias', (given: unknown) => setAlias(context, given)),
    registerCommand(context, 'aiwb.archiveModel', (given: unknown) => archive(context, given, true)),
    registerCommand(context, 'aiwb.unarchiveModel', (given: unknown) => archive(context, given, false)),
  ];
}

/** Registers a checkpoint of a tuning run, the best one unless an epoch is named, and shows the new version. */
async function registerRun(context: CommandContext, given: unknown, epoch: unknown): Promise<void> {
  const isRegistrable = ({ run }: RunEntry): boolean => run.kind === 'tune' && run.state === 'succeeded';
  const title = vscode.l10n.t('Choose a Tuning Run to Register');
  const [entry] = await resolveRuns(context, [given], { title, filter: isRegistrable });
  if (entry === undefined) return;
  if (!isRegistrable(entry)) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('{0} is no tuning run that succeeded.', entry.run.name),
      remedy: vscode.l10n.t('Only what was trained to its end can be registered.'),
    });
  }
  const model = await askForModel(await likelyModel(context, entry));
  if (model === undefined) return;
  const alias = await askForAlias(vscode.l10n.t('Register a Run (2/3)'), 'candidate');
  if (alias === undefined) return;
  const card = await askForCard();
  if (card === undefined) return;
  const version: RegisterVersion = {
    runId: entry.run.id,
    model,
    alias,
    ...(typeof epoch === 'number' ? { epoch } : {}),
    ...(card === 'none' ? {} : { card: card.fsPath }),
  };
  const registered = await engineOf(context, entry).request('registry/register', version);
  await context.registry.load(true);
  context.pages.showVersions({ folder: entry.folder, versions: [{ model, version: registered.version }] });
}

/** The model that the job's earlier runs were registered as, else one that is called like the job. */
async function likelyModel({ registry }: CommandContext, { folder, run }: RunEntry): Promise<string> {
  const known = await registry.localVersions();
  const earlier = known.find(entry => entry.folder === folder && entry.details.version.lineage.job === run.name);
  return earlier?.details.version.model ?? run.name;
}

async function askForModel(value: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: vscode.l10n.t('Register a Run (1/3)'),
    prompt: vscode.l10n.t('Name of the model; a new version is added where there is one of this name'),
    value,
    ignoreFocusOut: true,
    validateInput: value =>
      namePattern.test(value)
        ? undefined
        : vscode.l10n.t('A letter or digit, then letters, digits, ".", "_" and "-", at most {0}.', 120),
  });
}

/** @param isGuarded whether the aliases that releases move are out of reach */
async function askForAlias(title: string, value: string, isGuarded = true): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Alias that shall stand for the version, such as candidate'),
    value,
    ignoreFocusOut: true,
    validateInput: alias => aliasFault(alias, isGuarded),
  });
}

function aliasFault(alias: string, isGuarded: boolean): string | undefined {
  if (isGuarded && guardedAliases.has(alias))
    return vscode.l10n.t('"{0}" is moved by approval, baseline and promotion only.', alias);
  if (aliasPattern.test(alias)) return undefined;
  return vscode.l10n.t('A letter or digit, then letters, digits, ".", "_" and "-", at most {0}.', 64);
}

/** The model card; absent when dismissed. */
async function askForCard(): Promise<vscode.Uri | 'none' | undefined> {
  const files = await vscode.workspace.findFiles('**/{cards/*,*card*}.md', '**/node_modules/**', 100);
  const cards = files
    .map(file => ({ label: vscode.workspace.asRelativePath(file), card: file }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const none = { label: vscode.l10n.t('No model card'), card: 'none' as const };
  const options = {
    title: vscode.l10n.t('Register a Run (3/3)'),
    placeHolder: vscode.l10n.t('Model card: Markdown that says what the model is for and where it fails'),
  };
  return (await vscode.window.showQuickPick([...cards, none], options))?.card;
}

async function setAlias(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Set an Alias'), elsewhere: true });
  if (entry === undefined) return;
  const place = placeOf(entry);
  const isGuarded = place.registry === localRegistry;
  const known = [...(await aliasesOf(context, entry))];
  const own = isGuarded ? known.filter(([alias]) => !guardedAliases.has(alias)) : known;
  const removable = own.filter(([, target]) => target === place.version);
  const choices = [
    { label: vscode.l10n.t('New alias…'), alias: undefined, remove: false },
    ...own
      .filter(([, target]) => target !== place.version)
      .map(([alias, target]) => ({
        label: `@${alias}`,
        description: vscode.l10n.t('moves from {0}', versionLabel(target)),
        alias,
        remove: false,
      })),
    ...removable.map(([alias]) => ({ label: vscode.l10n.t('Remove @{0}', alias), alias, remove: true })),
  ];
  const title = vscode.l10n.t('Alias of {0}', versionName(entry.details));
  const chosen = choices.length === 1 ? choices[0] : await vscode.window.showQuickPick(choices, { title });
  if (chosen === undefined) return;
  const alias = chosen.alias ?? (await askForAlias(title, '', isGuarded));
  if (alias === undefined) return;
  const { version, ...model } = referenceTo(place);
  await engineOf(context, entry).request('registry/setAlias', {
    ...model,
    alias,
    ...(chosen.remove ? {} : { version }),
  });
  await context.registry.load(true);
}

/** Takes a model out of use, or one version where its registry can; what is archived is not deleted. */
async function archive(context: CommandContext, given: unknown, archived: boolean): Promise<void> {
  const row = (given ?? {}) as Partial<Record<'kind' | 'folder' | 'registry' | 'model' | 'version', unknown>>;
  const { kind, folder, registry, model, version } = row;
  if (kind !== 'registeredModel' && kind !== 'version') return;
  if (typeof folder !== 'string' || typeof registry !== 'string' || typeof model !== 'string') return;
  const { version: one, ...reference } = referenceTo({ registry, model, version: String(version) });
  const change = { ...reference, archived, ...(kind === 'version' ? { version: one } : {}) };
  await engineOf(context, { folder }).request('registry/archive', change);
  await context.registry.load(true);
}
