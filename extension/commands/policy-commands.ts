import path from 'node:path';
import * as vscode from 'vscode';
import type { PolicyTemplate } from '../../schemas/generated/messages.ts';
import type { Engine } from '../engine/engine.ts';
import { topLevelScalar } from '../../schemas/cells.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { createPolicyFile } from './file-commands.ts';
import { describeSelf, requireIdentity } from './governance-commands.ts';
import { policyFiles, resolveFile } from './pick.ts';
import { sourceOf } from './run-commands.ts';

/** Commands that start, seal and approve policies. */
export function registerPolicyCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.approvePolicy', (given: unknown) => approvePolicy(context, given)),
    registerCommand(context, 'aiwb.newPolicy', () => newPolicy(context)),
    registerCommand(context, 'aiwb.sealPolicy', (given: unknown) => sealPolicy(context, given)),
  ];
}

/** A short policy to fill in, or a starter policy with the workspace's own benchmarks in it. */
async function newPolicy({ engines }: CommandContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const engine = folder === undefined || !vscode.workspace.isTrusted ? undefined : engines.at(folder.uri.fsPath);
  if (engine === undefined) {
    await createPolicyFile();
    return;
  }
  const { templates } = await engine.request('policies/templates', {});
  const empty = {
    label: vscode.l10n.t('Empty Policy'),
    detail: vscode.l10n.t('Two controls and a gate, to be filled in'),
    template: undefined,
  };
  const choices = [empty, ...templates.map(toChoice)];
  const title = vscode.l10n.t('What Should the Policy Start With?');
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { template: PolicyTemplate | undefined }>(
    choices,
    options,
  );
  if (chosen === undefined) return;
  if (chosen.template === undefined) await createPolicyFile();
  else await startFrom(chosen.template, engine);
}

function toChoice(template: PolicyTemplate): vscode.QuickPickItem & { template: PolicyTemplate } {
  const { title, level, controls, description } = template;
  return {
    label: title,
    description: vscode.l10n.t('{0}, {1} controls', level, controls),
    detail: description,
    template,
  };
}

/** Writes the policy and those it builds on beside the others, and opens it. Nothing is written over. */
async function startFrom(template: PolicyTemplate, engine: Engine): Promise<void> {
  const benchmarks = await askBenchmarks(template);
  if (benchmarks === undefined) return;
  const { files } = await engine.request('policies/draft', { template: template.id, benchmarks });
  const edit = new vscode.WorkspaceEdit();
  const folder = vscode.Uri.joinPath(vscode.Uri.file(engine.folder), 'policies');
  let last: vscode.Uri | undefined;
  for (const { file, text } of files) {
    last = await freeFile(folder, path.basename(file));
    edit.createFile(last, { contents: new TextEncoder().encode(text) });
  }
  if (last === undefined || !(await vscode.workspace.applyEdit(edit))) return;
  await vscode.window.showTextDocument(last);
}

async function freeFile(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const file = vscode.Uri.joinPath(folder, number === 1 ? name : name.replace('.policy.', `-${number}.policy.`));
    const taken = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (!taken) return file;
  }
}

/** The workspace's benchmark for each name of the template; absent when it was called off. Without benchmarks the names stay. */
async function askBenchmarks({ title, benchmarks }: PolicyTemplate): Promise<Record<string, string> | undefined> {
  const names = await listBenchmarks();
  const given: Record<string, string> = {};
  if (names.length === 0) return given;
  const later = { label: vscode.l10n.t('Decide Later'), detail: vscode.l10n.t('The name stays as it is') };
  for (const { name, metrics, slices } of benchmarks) {
    const asked = [...metrics, ...slices.map(slice => vscode.l10n.t('by {0}', slice))].join(', ');
    const chosen = await vscode.window.showQuickPick([...names.map(label => ({ label })), later], {
      title: vscode.l10n.t('{0}: Which Benchmark Is "{1}"?', title, name),
      placeHolder: vscode.l10n.t('It is asked for {0}', asked),
    });
    if (chosen === undefined) return undefined;
    if (chosen !== later) given[name] = chosen.label;
  }
  return given;
}

async function listBenchmarks(): Promise<string[]> {
  const files = await vscode.workspace.findFiles('**/*.bench.{yaml,yml}', '**/node_modules/**', 200);
  const texts = await Promise.all(
    files.map(async file => new TextDecoder().decode(await vscode.workspace.fs.readFile(file))),
  );
  const names = texts.flatMap(text => topLevelScalar(text, 'name') ?? []);
  return [...new Set(names)].sort();
}

async function sealPolicy({ engines }: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveFile(given, policyFiles);
  if (uri === undefined) return undefined;
  const sealed = await engines.of(uri).request('policies/seal', { policies: [await sourceOf(uri)] });
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Sealed {0} checks of {1}. Assessments show which bars are older than what is held against them.',
      sealed.checks.length,
      sealed.policies.map(({ id, version }) => `${id} ${version}`).join(', '),
    ),
  );
  return sealed.id;
}

async function approvePolicy({ engines }: CommandContext, given: unknown): Promise<boolean> {
  const uri = await resolveFile(given, policyFiles);
  if (uri === undefined) return false;
  const engine = engines.of(uri);
  const self = describeSelf(await requireIdentity(engine));
  const approve = vscode.l10n.t('Approve');
  const question = vscode.l10n.t('Approve {0} as it is written now?', vscode.workspace.asRelativePath(uri));
  const advice = vscode.l10n.t('Read it beside its document first. Any later change asks for another approval.');
  const detail = [advice, self].join('\n\n');
  if ((await vscode.window.showInformationMessage(question, { modal: true, detail }, approve)) !== approve)
    return false;
  await engine.request('policies/approve', { policy: await sourceOf(uri) });
  return true;
}
