import path from 'node:path';
import * as vscode from 'vscode';
import type { FrameworkImported, FrameworkSummary, FrameworkUpgrade } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { describeUpgrade } from '../frameworks/comparison-markdown.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { showFailure } from './show-failure.ts';

/** Commands that bring frameworks in, and policies from one version of a framework to another. */
export function registerFrameworkCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.importFramework', (given: unknown) => importFramework(context, given)),
    registerCommand(context, 'aiwb.upgradeFramework', (id: unknown, from: unknown, to: unknown) =>
      upgradeFramework(context, [id, from, to]),
    ),
  ];
}

/** Makes a framework file of ATLAS data, an OSCAL catalogue or a table, and shows it. Resolves with its path. */
async function importFramework(context: CommandContext, given: unknown): Promise<string | undefined> {
  const source = given instanceof vscode.Uri ? given : await chooseSource();
  if (source === undefined) return undefined;
  const engine = engineFor(context, source);
  const imported = await readSource(engine, source.fsPath);
  if (imported === undefined || !(await mayWrite(imported))) return undefined;
  const target = vscode.Uri.file(imported.path);
  await vscode.workspace.fs.writeFile(target, Buffer.from(imported.text));
  await vscode.window.showTextDocument(target, { preview: false });
  const { title, version, entries } = imported;
  const told = vscode.l10n.t('{0} {1} is here, with {2} ids that policies can map to.', title, version, entries);
  // Not awaited: the command has done its work when the file is there.
  void vscode.window.showInformationMessage([told, ...imported.notes].join(' '));
  return imported.path;
}

/** Of the sources only a table never says its version. */
async function readSource(engine: Engine, file: string): Promise<FrameworkImported | undefined> {
  if (!/\.(csv|tsv)$/i.test(file)) return await engine.request('frameworks/import', { path: file });
  const version = await vscode.window.showInputBox({
    title: vscode.l10n.t('Which Version of the Framework Is {0}?', path.basename(file)),
    prompt: vscode.l10n.t('As its publisher writes it; policies declare it'),
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('A table does not say its version.') : undefined),
  });
  return version === undefined
    ? undefined
    : await engine.request('frameworks/import', { path: file, version: version.trim() });
}

async function chooseSource(): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose ATLAS Data, an OSCAL Catalogue or a Table'),
      openLabel: vscode.l10n.t('Import'),
      filters: { [vscode.l10n.t('Frameworks')]: ['yaml', 'yml', 'json', 'csv', 'tsv'] },
    })) ?? [];
  return chosen;
}

/** A source may lie anywhere; its framework goes into the folder it is in, else the workspace's first. */
function engineFor({ engines }: CommandContext, source: vscode.Uri): Engine {
  const inside = vscode.workspace.getWorkspaceFolder(source)?.uri;
  const first = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  return engines.of(inside ?? first ?? source);
}

async function mayWrite({ path: target, exists }: FrameworkImported): Promise<boolean> {
  if (!exists) return true;
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('Replace {0}?', vscode.workspace.asRelativePath(target));
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace;
}

/** Shows what another version means for the workspace's policies, and offers the edits with a preview. */
async function upgradeFramework(context: CommandContext, given: readonly unknown[]): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  const active = vscode.window.activeTextEditor?.document.uri;
  const place =
    active?.scheme === 'file' && vscode.workspace.getWorkspaceFolder(active) !== undefined ? active : folder;
  if (place === undefined) return;
  const engine = context.engines.of(place);
  const step = given.every(value => typeof value === 'string') ? given : await chooseStep(engine);
  const [id, from, to] = step ?? [];
  if (id === undefined || from === undefined || to === undefined) return;
  const upgrade = await engine.request('frameworks/upgrade', { id, from, to });
  const linkTo = (file: string, line: number): string =>
    vscode.Uri.file(path.join(engine.folder, file))
      .with({ fragment: `L${String(line)}` })
      .toString();
  const { comparison, policies } = upgrade;
  const title = vscode.l10n.t('{0} {1} to {2}', comparison.title, from, to);
  await context.documents.previewMarkdown(title, describeUpgrade(upgrade, linkTo));
  const edits = policies.reduce((sum, policy) => sum + policy.edits.length, 0);
  // Not awaited: whoever called the command has what it shows.
  if (edits > 0) void offerEdits(context, upgrade, edits);
}

async function offerEdits(context: CommandContext, upgrade: FrameworkUpgrade, edits: number): Promise<void> {
  const { comparison, policies } = upgrade;
  const preview = vscode.l10n.t('Preview Edits');
  const question = vscode.l10n.t(
    'Bring {0} of your policies to {1} {2}? {3} places would change.',
    policies.filter(policy => policy.edits.length > 0).length,
    comparison.title,
    comparison.to,
    edits,
  );
  const answer = await vscode.window.showInformationMessage(question, preview);
  if (answer !== preview) return;
  try {
    await applyUpgrade(upgrade);
  } catch (error) {
    await showFailure(context.output, error);
  }
}

/** The edits, each to be confirmed. Throws a FailureError where a file is no longer what was read. */
async function applyUpgrade({ policies, comparison }: FrameworkUpgrade): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const label = vscode.l10n.t('{0} {1} to {2}', comparison.title, comparison.from, comparison.to);
  for (const { path: file, edits } of policies) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    for (const { line, character, endLine, endCharacter, before, after } of edits) {
      const range = new vscode.Range(line, character, endLine, endCharacter);
      if (document.getText(range) !== before) {
        throw new FailureError({
          code: 'file-invalid',
          message: vscode.l10n.t('{0} has changed since it was read.', vscode.workspace.asRelativePath(file)),
          remedy: vscode.l10n.t('Save it, and upgrade again.'),
        });
      }
      edit.replace(document.uri, range, after, { label, needsConfirmation: true });
    }
  }
  await vscode.workspace.applyEdit(edit, { isRefactoring: true });
}

/** Framework, version it is at, and version it shall be; absent when dismissed. */
async function chooseStep(engine: Engine): Promise<readonly string[] | undefined> {
  const { frameworks } = await engine.request('frameworks/list', {});
  const versions = new Map<string, FrameworkSummary[]>();
  for (const framework of frameworks) {
    const list = versions.get(framework.id);
    if (list === undefined) versions.set(framework.id, [framework]);
    else list.push(framework);
  }
  const several = [...versions.values()].filter(list => list.length > 1);
  if (several.length === 0) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('No framework is here in more than one version.'),
      remedy: vscode.l10n.t('Import another version first.'),
    });
  }
  const chosen = await pick(
    several.map(list => ({ label: list[0]?.title ?? '', description: list[0]?.id ?? '', value: list })),
    vscode.l10n.t('Upgrade Which Framework?'),
  );
  if (chosen === undefined) return undefined;
  const from = await pick(chosen.map(describeVersion), vscode.l10n.t('Which Version Do the Policies Have?'));
  if (from === undefined) return undefined;
  const others = chosen.filter(({ version }) => version !== from.version).reverse();
  const to = await pick(others.map(describeVersion), vscode.l10n.t('To Which Version?'));
  return to === undefined ? undefined : [from.id, from.version, to.version];
}

function describeVersion(framework: FrameworkSummary): vscode.QuickPickItem & { readonly value: FrameworkSummary } {
  const { version, policies = 0, entries, file = vscode.l10n.t('built in') } = framework;
  const uses = policies === 1 ? vscode.l10n.t('1 policy') : vscode.l10n.t('{0} policies', policies);
  return {
    label: version,
    description: `${uses} · ${vscode.l10n.t('{0} ids', entries)}`,
    detail: file,
    value: framework,
  };
}

async function pick<T>(
  items: readonly (vscode.QuickPickItem & { readonly value: T })[],
  title: string,
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick([...items], { title, matchOnDescription: true }))?.value;
}
