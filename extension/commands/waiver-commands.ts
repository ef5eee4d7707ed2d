import * as vscode from 'vscode';
import type { Attestation, ScorecardView, Waiver } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import type { Engine } from '../engine/engine.ts';
import { referenceTo } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { askForComment, describeSelf, requireIdentity } from './governance-commands.ts';
import { placeOf, resolveVersion, type NamedVersion } from './pick-version.ts';

/** Commands that let the gate pass over a control for a time, and that take back what was stated. */
export function registerWaiverCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.requestWaiver', (given: unknown, control: unknown) =>
      requestWaiver(context, given, control),
    ),
    registerCommand(context, 'aiwb.approveWaiver', (given: unknown) => approveWaiver(context, given)),
    registerCommand(context, 'aiwb.endWaiver', (given: unknown) => endWaiver(context, given)),
    registerCommand(context, 'aiwb.withdrawAttestation', (given: unknown) => withdrawAttestation(context, given)),
  ];
}

const day = 86_400_000;
const mostDays = 365;

/** Asks for a waiver of one control of an assessed version. */
async function requestWaiver(context: CommandContext, given: unknown, named: unknown): Promise<void> {
  const isAssessed = ({ row }: NamedVersion): boolean => row?.gate !== undefined;
  const title = vscode.l10n.t('Request a Waiver for Which Version?');
  const entry = await resolveVersion(context, given, { title, filter: isAssessed });
  if (entry === undefined) return;
  const engine = engineOf(context, entry);
  const version = versionName(entry.details);
  const [newest] = entry.details.assessments;
  const control = typeof named === 'string' ? named : newest && (await pickUnmet(engine, newest.id));
  if (newest === undefined) {
    throw new FailureError({
      code: 'record-not-found',
      message: vscode.l10n.t('{0} has not been assessed yet.', version),
      remedy: vscode.l10n.t('Assess it first: the assessment says which controls are not met.'),
    });
  }
  if (control === undefined) return;
  const identity = await requireIdentity(engine);
  const question = vscode.l10n.t('Ask for a waiver of {0} for {1}?', control, version);
  const wish = await askForWish(question);
  if (wish === undefined) return;
  const { reason, instead, expiresAt } = wish;
  const said = [
    vscode.l10n.t('Reason: {0}', plain(reason)),
    ...(instead === '' ? [] : [vscode.l10n.t('In its place: {0}', plain(instead))]),
    vscode.l10n.t('Until: {0}', describeDay(expiresAt)),
  ];
  const verb = vscode.l10n.t('Request Waiver');
  const explained = vscode.l10n.t('It counts once two others have approved it. The score stays as it is.');
  if (!(await confirm(question, [said.join('\n'), explained, describeSelf(identity)], verb))) return;
  const { model, version: number } = referenceTo(placeOf(entry));
  await engine.request('governance/requestWaiver', {
    ...{ model, versions: [number], control, reason, expiresAt },
    ...(instead === '' ? {} : { compensatingControls: [instead] }),
  });
  await context.registry.load(true);
  void vscode.window.showInformationMessage(vscode.l10n.t('The waiver is asked for. Two others approve it.'));
}

interface WaiverWish {
  readonly reason: string;
  /** What is done in its place; empty: nothing. */
  readonly instead: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

async function askForWish(question: string): Promise<WaiverWish | undefined> {
  const titleOf = (step: number): string => vscode.l10n.t('{0} ({1}/{2})', question, step, 3);
  const why = vscode.l10n.t('Why the gate may pass over it; kept with the record');
  const reason = await askForReason(titleOf(1), why);
  if (reason === undefined) return undefined;
  const instead = await askForComment(titleOf(2), vscode.l10n.t('What is done in its place; empty: nothing'));
  if (instead === undefined) return undefined;
  const expiresAt = await askForEnd(titleOf(3));
  return expiresAt === undefined ? undefined : { reason, instead, expiresAt };
}

/** A control that is not met and not waived; the user's choice. */
async function pickUnmet(engine: Engine, assessmentId: string): Promise<string | undefined> {
  const { scorecard }: ScorecardView = await engine.request('assessments/get', { assessmentId });
  const open = scorecard.record.controls.filter(
    ({ outcome, waiver }) => waiver === undefined && outcome !== 'compliant' && outcome !== 'not-applicable',
  );
  if (open.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Every control of this assessment is met or waived.'));
    return undefined;
  }
  const choices = open.map(({ id, title, severity, reason }) => ({
    ...{ label: id, description: `${severity} · ${plain(title)}`, detail: plain(reason) },
  }));
  const title = vscode.l10n.t('Waive Which Control?');
  return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.label;
}

/** The end of a day within a year, UTC, milliseconds since the epoch. */
async function askForEnd(title: string): Promise<number | undefined> {
  const parse = (text: string): number => Date.parse(`${text.trim()}T23:59:59.999Z`);
  const given = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('The day it expires, such as 2027-03-31; at most a year away'),
    value: new Date(Date.now() + 30 * day).toISOString().slice(0, 10),
    ignoreFocusOut: true,
    validateInput(text) {
      const end = parse(text);
      // A day that no month has, such as 30 February, would be taken for one of the next.
      if (Number.isNaN(end) || describeDay(end) !== text.trim()) return vscode.l10n.t('Write a day like 2027-03-31.');
      if (end <= Date.now()) return vscode.l10n.t('That day is over.');
      return end > Date.now() + mostDays * day ? vscode.l10n.t('A waiver lasts at most a year.') : undefined;
    },
  });
  return given === undefined ? undefined : parse(given);
}

async function approveWaiver(context: CommandContext, given: unknown): Promise<void> {
  const now = Date.now();
  const isOpen = (waiver: Waiver): boolean => isLasting(waiver, now) && waiver.approvals.length < 2;
  const found = await resolveWaiver(context, given, isOpen, vscode.l10n.t('Approve Which Waiver?'));
  if (found === undefined) return;
  const { engine, waiver } = found;
  const identity = await requireIdentity(engine);
  const { control, model, versions, reason, requestedBy, expiresAt } = waiver;
  const question = vscode.l10n.t('Approve the waiver of {0}?', control);
  const details = [
    versions.map(version => `${model}@${version}`).join(', '),
    vscode.l10n.t('{0} asks for it until {1}: {2}', requestedBy.email, describeDay(expiresAt), plain(reason)),
    vscode.l10n.t('The gate passes over the control until then. Whoever asked for it is refused.'),
    describeSelf(identity),
  ];
  if (!(await confirm(question, details, vscode.l10n.t('Approve')))) return;
  const { approvals } = await engine.request('governance/approveWaiver', { waiverId: waiver.id });
  await context.registry.load(true);
  void vscode.window.showInformationMessage(
    approvals.length < 2
      ? vscode.l10n.t('Approved. One other person has to approve it too.')
      : vscode.l10n.t('The waiver is in force. Assess the version again to let it count.'),
  );
}

async function endWaiver(context: CommandContext, given: unknown): Promise<void> {
  const now = Date.now();
  const title = vscode.l10n.t('End Which Waiver?');
  const found = await resolveWaiver(context, given, waiver => isLasting(waiver, now), title);
  if (found === undefined) return;
  const { engine, waiver } = found;
  const identity = await requireIdentity(engine);
  const question = vscode.l10n.t('End the waiver of {0}?', waiver.control);
  const reason = await askForReason(question, vscode.l10n.t('Why; it is kept with the record'));
  if (reason === undefined) return;
  const explained = vscode.l10n.t(
    'From now on it counts nowhere, and what was approved on its strength counts no more.',
  );
  if (!(await confirm(question, [explained, describeSelf(identity)], vscode.l10n.t('End Waiver')))) return;
  await engine.request('governance/endWaiver', { waiverId: waiver.id, reason });
  await context.registry.load(true);
  void vscode.window.showInformationMessage(vscode.l10n.t('The waiver has ended.'));
}

async function withdrawAttestation(context: CommandContext, given: unknown): Promise<void> {
  const title = vscode.l10n.t('Withdraw an Attestation of Which Version?');
  const isAssessed = ({ row }: NamedVersion): boolean => row?.gate !== undefined;
  const entry = await resolveVersion(context, given, { title, filter: isAssessed });
  if (entry === undefined) return;
  const engine = engineOf(context, entry);
  const { attestations } = await engine.request('governance/attestations', referenceTo(placeOf(entry)));
  const chosen = await pickAttestation(attestations);
  if (chosen === undefined) return;
  const identity = await requireIdentity(engine);
  const question = vscode.l10n.t('Take the attestation of {0} back?', chosen.control);
  const reason = await askForReason(question, vscode.l10n.t('Why; it is kept with the record'));
  if (reason === undefined) return;
  const explained = vscode.l10n.t(
    'From now on it counts nowhere, and what was approved on its strength counts no more.',
  );
  if (!(await confirm(question, [explained, describeSelf(identity)], vscode.l10n.t('Withdraw')))) return;
  await engine.request('governance/withdrawAttestation', { attestationId: chosen.id, reason });
  await context.registry.load(true);
  void vscode.window.showInformationMessage(vscode.l10n.t('The attestation of {0} counts no more.', chosen.control));
}

async function pickAttestation(attestations: readonly Attestation[]): Promise<Attestation | undefined> {
  if (attestations.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing is attested of this version.'));
    return undefined;
  }
  const choices = attestations.map(attestation => {
    const { control, role, by, at, statement } = attestation;
    const description = [role, by.email, describeDay(at)].map(plain).join(' · ');
    return { label: control, description, detail: plain(statement), attestation };
  });
  const title = vscode.l10n.t('Withdraw Which Attestation?');
  return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.attestation;
}

interface FoundWaiver {
  readonly engine: Engine;
  readonly waiver: Waiver;
}

/** The waiver a command was called with (`{folder, waiverId}`), else the user's choice among those that fit. */
async function resolveWaiver(
  context: CommandContext,
  given: unknown,
  fits: (waiver: Waiver) => boolean,
  title: string,
): Promise<FoundWaiver | undefined> {
  const { folder, waiverId } = (given ?? {}) as { folder?: unknown; waiverId?: unknown };
  const engines = typeof folder === 'string' ? [engineOf(context, { folder })] : context.engines.all();
  const all: FoundWaiver[] = [];
  for (const engine of engines) {
    const { waivers } = await engine.request('governance/waivers', {});
    all.push(...waivers.map(waiver => ({ engine, waiver })));
  }
  if (typeof waiverId === 'string') {
    const named = all.find(({ waiver }) => waiver.id === waiverId);
    if (named !== undefined) return named;
    throw new FailureError({ code: 'record-not-found', message: vscode.l10n.t('There is no waiver {0}.', waiverId) });
  }
  const choices = all
    .filter(({ waiver }) => fits(waiver))
    .map(found => {
      const { control, model, versions, reason, approvals, expiresAt } = found.waiver;
      const name = versions.map(version => `${model}@${version}`).join(', ');
      const facts = [
        name,
        vscode.l10n.t('until {0}', describeDay(expiresAt)),
        vscode.l10n.t('{0} of 2 approvals', approvals.length),
      ];
      return { label: control, description: facts.map(plain).join(' · '), detail: plain(reason), found };
    });
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no such waiver.'));
    return undefined;
  }
  return (await vscode.window.showQuickPick(choices, { title, matchOnDescription: true }))?.found;
}

function isLasting({ expiresAt, ended }: Waiver, now: number): boolean {
  return ended === undefined && expiresAt > now;
}

function describeDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

async function askForReason(title: string, prompt: string): Promise<string | undefined> {
  const reason = await vscode.window.showInputBox({
    ...{ title, prompt, ignoreFocusOut: true },
    validateInput: text => (text.trim() === '' ? vscode.l10n.t('Give a reason.') : undefined),
  });
  return reason?.trim();
}

async function confirm(question: string, details: readonly string[], verb: string): Promise<boolean> {
  const options = { modal: true, detail: details.join('\n\n') };
  return (await vscode.window.showWarningMessage(question, options, verb)) === verb;
}
