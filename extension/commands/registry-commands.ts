import * as vscode from 'vscode';
import type { RegisterVersion } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { VersionEntry } from '../registry/registry-book.ts';
import { modelNameOf, versionName } from '../registry/words.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { engineOf, registerCommand, rowsOf, type CommandContext } from './context.ts';
import { resolveAssessment, resolveVersion, resolveVersions } from './pick-version.ts';
import { resolveRuns } from './pick.ts';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;
const aliasPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Aliases only a step of the release may move. */
const guardedAliases: ReadonlySet<string> = new Set(['approved', 'baseline', 'production']);

/** Commands that show and change the registry without judging anything. */
export function registerRegistryCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openVersion', (given: unknown) => openVersion(context, given)),
    registerCommand(context, 'aiwb.compareVersions', (...given: unknown[]) => compareVersions(context, given)),
    registerCommand(context, 'aiwb.openScorecard', (given: unknown) => openScorecard(context, given)),
    registerCommand(context, 'aiwb.registerRun', (run: unknown, epoch: unknown) => registerRun(context, run, epoch)),
    registerCommand(context, 'aiwb.setAlias', (given: unknown) => setAlias(context, given)),
    registerCommand(context, 'aiwb.copyVersionName', (given: unknown) => copyVersionName(context, given)),
    registerCommand(context, 'aiwb.archiveModel', (given: unknown) => archiveModel(context, given, true)),
    registerCommand(context, 'aiwb.unarchiveModel', (given: unknown) => archiveModel(context, given, false)),
  ];
}

async function openVersion(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Open a Version') });
  if (entry !== undefined) context.pages.showVersions({ folder: entry.folder, versions: [referenceOf(entry)] });
}

/** `{model, version}`, as requests name a version. */
export function referenceOf({ details }: VersionEntry): { model: string; version: string } {
  return { model: details.version.model, version: details.version.version };
}

async function compareVersions(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const rows = rowsOf(given).length > 0 ? rowsOf(given) : context.selectedVersions();
  const title = vscode.l10n.t('Choose Two or More Versions to Compare');
  let entries = await resolveVersions(context, rows, { title, many: true });
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    const isOther = (entry: VersionEntry): boolean =>
      entry.folder === only.folder && versionName(entry.details) !== versionName(only.details);
    const others = { title: vscode.l10n.t('Compare with …'), many: true, filter: isOther };
    entries = [only, ...(await resolveVersions(context, [], others))];
  }
  const [first] = entries;
  if (first === undefined || entries.length < 2) return;
  if (entries.some(({ folder }) => folder !== first.folder)) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('These versions lie in the registries of different folders.'),
      remedy: vscode.l10n.t('Choose versions of one folder.'),
    });
  }
  context.pages.showVersions({ folder: first.folder, versions: entries.map(referenceOf) });
}

async function openScorecard(context: CommandContext, given: unknown): Promise<void> {
  const chosen = await resolveAssessment(context, given, vscode.l10n.t('Open a Scorecard'));
  if (chosen === undefined) return;
  context.pages.showAssessment({ folder: chosen.folder, assessmentId: chosen.assessment.id });
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
  await context.registry.load();
  const model = await askForModel(likelyModel(context, entry));
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
function likelyModel({ registry }: CommandContext, { folder, run }: RunEntry): string {
  const earlier = registry
    .versions()
    .find(entry => entry.folder === folder && entry.details.version.lineage.job === run.name);
  return earlier?.model.name ?? run.name;
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

async function askForAlias(title: string, value: string): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Alias that shall stand for the version, such as candidate'),
    value,
    ignoreFocusOut: true,
    validateInput: aliasFault,
  });
}

function aliasFault(alias: string): string | undefined {
  if (guardedAliases.has(alias))
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
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Set an Alias') });
  if (entry === undefined) return;
  const { model, version } = referenceOf(entry);
  const own = Object.entries(entry.model.aliases).filter(([alias]) => !guardedAliases.has(alias));
  const removable = own.filter(([, target]) => target === version);
  const choices = [
    { label: vscode.l10n.t('New alias…'), alias: undefined, remove: false },
    ...own
      .filter(([, target]) => target !== version)
      .map(([alias, target]) => ({
        label: `@${alias}`,
        description: vscode.l10n.t('moves from version {0}', target),
        alias,
        remove: false,
      })),
    ...removable.map(([alias]) => ({ label: vscode.l10n.t('Remove @{0}', alias), alias, remove: true })),
  ];
  const title = vscode.l10n.t('Alias of {0}', versionName(entry.details));
  const chosen = choices.length === 1 ? choices[0] : await vscode.window.showQuickPick(choices, { title });
  if (chosen === undefined) return;
  const alias = chosen.alias ?? (await askForAlias(title, ''));
  if (alias === undefined) return;
  const change = { model, alias, ...(chosen.remove ? {} : { version }) };
  await engineOf(context, entry).request('registry/setAlias', change);
  await context.registry.load(true);
}

async function copyVersionName(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Copy the Name of a Version') });
  if (entry === undefined) return;
  const name = modelNameOf(entry.details);
  await vscode.env.clipboard.writeText(name);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', name), 3_000);
}

async function archiveModel(context: CommandContext, given: unknown, archived: boolean): Promise<void> {
  const row = given as { kind?: unknown; folder?: unknown; model?: unknown } | undefined;
  if (row?.kind !== 'registeredModel' || typeof row.folder !== 'string' || typeof row.model !== 'string') return;
  await engineOf(context, { folder: row.folder }).request('registry/archive', { model: row.model, archived });
  await context.registry.load(true);
}
