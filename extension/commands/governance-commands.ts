import path from 'node:path';
import * as vscode from 'vscode';
import type { Identity, PolicyEntry, PolicySource, ScorecardView } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { assessTarget } from '../editor/policy-text.ts';
import type { Engine } from '../engine/engine.ts';
import { attestableControls, type AttestableControl } from '../registry/attestations.ts';
import { leadingPolicies } from '../registry/policies.ts';
import { referenceTo, type VersionEntry } from '../registry/registry-book.ts';
import { gateWords, scoreWords, versionName } from '../registry/words.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { placeOf, resolveVersion, type NamedVersion } from './pick-version.ts';
import { policyFiles, resolveFile } from './pick.ts';
import { sourceOf } from './run-commands.ts';

/** Commands that judge versions. */
export function registerGovernanceCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.assessVersion', (given: unknown, policies: unknown) =>
      assessVersion(context, given, policies),
    ),
    registerCommand(context, 'aiwb.assessPolicy', (given: unknown) => assessPolicy(context, given)),
    registerCommand(context, 'aiwb.attestControl', (given: unknown, control: unknown) =>
      attestControl(context, given, control),
    ),
    registerCommand(context, 'aiwb.verifyAuditLog', () => verifyAuditLog(context)),
  ];
}

/** Assesses a version by policies the user chooses, or by those it is called with (paths relative to the folder). */
async function assessVersion(context: CommandContext, given: unknown, policies: unknown): Promise<string | undefined> {
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Assess a Version') });
  if (entry === undefined) return undefined;
  const engine = engineOf(context, entry);
  const paths = isTexts(policies) ? policies : await pickPolicies(engine, versionName(entry.details));
  if (paths === undefined || paths.length === 0) return undefined;
  const files = paths.map(file => vscode.Uri.file(path.resolve(engine.folder, file)));
  const sources = await Promise.all(files.map(sourceOf));
  return await assess(context, engine, sources, referenceTo(placeOf(entry)));
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every(entry => typeof entry === 'string');
}

async function pickPolicies(engine: Engine, version: string): Promise<string[] | undefined> {
  const { policies } = await engine.request('policies/list', {});
  if (policies.length === 0) {
    throw new FailureError({ code: 'policy-not-found', ...policyFiles.missing() });
  }
  const leading = new Set(leadingPolicies(policies));
  const choices = policies.map(policy => ({ ...policyChoice(policy), picked: leading.has(policy), policy }));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Assess {0} by', version),
    placeHolder: vscode.l10n.t('What a policy builds on comes with it'),
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen?.map(({ policy }) => policy.path);
}

function policyChoice({ id, version, title, level, path: file, diagnostics }: PolicyEntry): vscode.QuickPickItem {
  const faults = diagnostics === 0 ? '' : ` · $(error) ${vscode.l10n.t('{0} errors', diagnostics)}`;
  return {
    label: title ?? id ?? file,
    description: [id, version, level].filter(part => part !== undefined).join(' · '),
    detail: file + faults,
  };
}

/** Assesses by a policy file, the version that it names or else the user's choice. */
async function assessPolicy(context: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveFile(given, policyFiles);
  if (uri === undefined) return undefined;
  const engine = context.engines.of(uri);
  const source = await sourceOf(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  if (assessTarget(document.getText()) !== undefined) return await assess(context, engine, [source]);
  const title = vscode.l10n.t('Assess Which Version?');
  const entry = await resolveVersion(context, undefined, { title, filter: ({ folder }) => folder === engine.folder });
  return entry === undefined ? undefined : await assess(context, engine, [source], referenceTo(placeOf(entry)));
}

/** Shows the scorecard of a new assessment and resolves with its id. */
async function assess(
  context: CommandContext,
  engine: Engine,
  policies: PolicySource[],
  version?: { model: string; version: string },
): Promise<string> {
  const assessing = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Assessing'),
    cancellable: true,
  };
  const { view, written } = await vscode.window.withProgress(assessing, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await engine.request('assessments/start', { ...version, policies }, controller.signal);
  });
  const { id } = view.scorecard.record;
  await context.registry.load(true);
  context.pages.showAssessment({ folder: engine.folder, assessmentId: id });
  if (written !== undefined) {
    vscode.window.setStatusBarMessage(vscode.l10n.t('Scorecard written to {0}', written), 5_000);
  }
  return id;
}

/** Attests a control under the user's own git identity. Which controls can be is what the newest assessment says. */
async function attestControl(context: CommandContext, given: unknown, control: unknown): Promise<void> {
  const isAssessed = ({ row }: NamedVersion): boolean => row?.gate !== undefined;
  const entry = await resolveVersion(context, given, { title: vscode.l10n.t('Attest a Control'), filter: isAssessed });
  if (entry === undefined) return;
  const engine = engineOf(context, entry);
  const [newest] = entry.details.assessments;
  if (newest === undefined) {
    throw new FailureError({
      code: 'record-not-found',
      message: vscode.l10n.t('{0} has not been assessed yet.', versionName(entry.details)),
      remedy: vscode.l10n.t('Assess it first: the assessment says which controls a person must attest.'),
    });
  }
  const view = await engine.request('assessments/get', { assessmentId: newest.id });
  const chosen = await pickControl(view, typeof control === 'string' ? control : undefined);
  if (chosen === undefined) return;
  const identity = await requireIdentity(engine);
  const comment = await askForComment(
    vscode.l10n.t('Attest {0}', chosen.id),
    vscode.l10n.t('What you looked at; empty: no comment'),
  );
  if (comment === undefined) return;
  const statement = vscode.l10n.t('As {0} you state: “{1}”', chosen.role, chosen.statement);
  const attest = vscode.l10n.t('Attest');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Attest "{0}" for {1}?', chosen.title, versionName(entry.details)),
    { modal: true, detail: [statement, describeSelf(identity)].join('\n\n') },
    attest,
  );
  if (answer !== attest) return;
  await engine.request('governance/attest', {
    ...referenceTo(placeOf(entry)),
    control: chosen.id,
    ...(comment === '' ? {} : { comment }),
  });
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is attested. Assess the version again to let it count.', chosen.id),
  );
}

async function pickControl(view: ScorecardView, id: string | undefined): Promise<AttestableControl | undefined> {
  const controls = attestableControls(view.scorecard.record);
  if (id !== undefined) {
    const named = controls.find(control => control.id === id);
    if (named !== undefined) return named;
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('The control {0} is not one that a person attests.', id),
    });
  }
  if (controls.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No control of this assessment asks for an attestation.'));
    return undefined;
  }
  const choices = controls.map(control => ({
    label: control.id,
    description: control.isOpen ? control.title : `${control.title} · ${vscode.l10n.t('attested')}`,
    detail: control.statement,
    control,
  }));
  const title = vscode.l10n.t('Attest Which Control?');
  return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.control;
}

/** Who acts here, by git's word; a FailureError that says what to configure where git has none. */
export async function requireIdentity(engine: Engine): Promise<Identity> {
  const { identity, failure } = await engine.request('identity/get', {});
  if (identity !== undefined) return identity;
  throw new FailureError(
    failure ?? { code: 'identity-missing', message: vscode.l10n.t('Git knows no identity for this folder.') },
  );
}

/** Who the user is to the record, and what that is worth. */
export function describeSelf({ name, email, assurance }: Identity): string {
  const who = name === undefined ? email : `${name} <${email}>`;
  return assurance === 'signed'
    ? vscode.l10n.t('You do this as {0} (signed).', who)
    : vscode.l10n.t('You do this as {0}. That is self-asserted: git says so, and nothing proves it.', who);
}

/** One line of comment; empty for none, absent when dismissed. */
export async function askForComment(title: string, prompt: string): Promise<string | undefined> {
  return (await vscode.window.showInputBox({ title, prompt, ignoreFocusOut: true }))?.trim();
}

/** What an approval would sign: the newest assessment, in one line. */
export function describeNewest({ details }: VersionEntry): string {
  const [newest] = details.assessments;
  return newest === undefined ? gateWords(undefined) : `${gateWords(newest.gate)}, ${scoreWords(newest)}`;
}

/** Walks every folder's hash chain; what is broken is listed in a document. */
async function verifyAuditLog(context: CommandContext): Promise<void> {
  for (const engine of context.engines.all()) {
    const { intact, sentence, faults, head } = await engine.request('audit/verify', {});
    if (intact) {
      const at = head === undefined ? '' : ` ${vscode.l10n.t('Head: {0}', head.slice(0, 16))}`;
      void vscode.window.showInformationMessage(sentence + at);
      continue;
    }
    const lines = faults.map(fault => `${fault.sequence}: ${fault.sentence}`);
    await context.documents.showLog(vscode.l10n.t('Audit log faults'), [sentence, '', ...lines].join('\n'));
    void vscode.window.showErrorMessage(sentence);
  }
}
