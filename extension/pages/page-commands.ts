import path from 'node:path';
import * as vscode from 'vscode';
import type {
  PageCommand,
  PromptCommand,
  ScorecardCommand,
  TuningCommand,
  VersionCommand,
} from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { chosenPolicies } from '../registry/policies.ts';
import type { RegistryBook, VersionPlace } from '../registry/registry-book.ts';
import { resolveInside } from '../registry/resolve-inside.ts';
import { focusOnSample } from '../base/focus.ts';
import type { ScorecardPageCommand } from './scorecard-session.ts';

/** Buttons that only a file's page has. */
type FileCommand = 'openSource' | 'import';

const reportCommands: Record<Exclude<PageCommand['command'], 'openSample' | FileCommand>, string> = {
  cancel: 'aiwb.cancelRun',
  resume: 'aiwb.resumeRun',
  export: 'aiwb.exportRun',
  openBenchmark: 'aiwb.openRunFile',
  openHtml: 'aiwb.openReportHtml',
  openLog: 'aiwb.openLog',
  compare: 'aiwb.compareRuns',
};

/** A button of the run page: the command of the same name, for the run it names or all of the page. */
export async function runReportCommand(
  { command, runId, sample }: PageCommand,
  runIds: readonly string[],
): Promise<void> {
  if (command === 'openSample') {
    if (runId !== undefined && sample !== undefined)
      await vscode.commands.executeCommand('aiwb.openRun', runId, focusOnSample({ runId, id: sample }));
    return;
  }
  if (command === 'openSource' || command === 'import') return;
  await vscode.commands.executeCommand(reportCommands[command], runId ?? [...runIds]);
}

const tuningCommands: Record<Exclude<TuningCommand['command'], 'register' | 'openVersion' | FileCommand>, string> = {
  cancel: 'aiwb.cancelRun',
  resume: 'aiwb.resumeRun',
  openFile: 'aiwb.openRunFile',
  openHtml: 'aiwb.openReportHtml',
  openLog: 'aiwb.openLog',
  compare: 'aiwb.compareRuns',
  evaluate: 'aiwb.evaluateRun',
  openRun: 'aiwb.openRun',
  next: 'aiwb.afterTraining',
};

export async function runTuningCommand(
  { command, runId, runIds: named, epoch }: TuningCommand,
  runIds: readonly string[],
  registry: RegistryBook,
): Promise<void> {
  if (command === 'register') await vscode.commands.executeCommand('aiwb.registerRun', runId ?? runIds[0], epoch);
  else if (command === 'openVersion') await openVersionOf(runId ?? runIds[0], registry);
  else if (command !== 'openSource')
    await vscode.commands.executeCommand(tuningCommands[command], named ?? runId ?? [...runIds]);
}

const promptCommands: Record<PromptCommand['command'], string> = {
  cancel: 'aiwb.cancelRun',
  resume: 'aiwb.resumeRun',
  again: 'aiwb.tryPrompt',
  export: 'aiwb.exportRun',
  openFile: 'aiwb.openRunFile',
  openHtml: 'aiwb.openReportHtml',
  openLog: 'aiwb.openLog',
};

export async function runPromptCommand({ command }: PromptCommand, runId: string): Promise<void> {
  await vscode.commands.executeCommand(promptCommands[command], runId);
}

/** The newest version that came out of a run, of the job's own registration or a later one. */
async function openVersionOf(runId: string | undefined, registry: RegistryBook): Promise<void> {
  const known = await registry.localVersions();
  const entry = known.find(({ details }) => details.version.lineage.runId === runId);
  if (entry === undefined) {
    throw new FailureError({
      code: 'registry-not-found',
      message: vscode.l10n.t('No model version came out of this run.'),
      remedy: vscode.l10n.t('Register one of its checkpoints.'),
    });
  }
  const { folder, details } = entry;
  const place: VersionPlace = { folder, model: details.version.model, version: details.version.version };
  await vscode.commands.executeCommand('aiwb.openVersion', place);
}

const versionCommands: Record<
  Exclude<
    VersionCommand['command'],
    'openScorecard' | 'openRun' | 'openCard' | 'openVersion' | 'openFile' | 'openInRegistry'
  >,
  string
> = {
  assess: 'aiwb.assessVersion',
  requestApproval: 'aiwb.requestApproval',
  approve: 'aiwb.approveVersion',
  baseline: 'aiwb.lockBaseline',
  promote: 'aiwb.promoteVersion',
  demote: 'aiwb.demoteVersion',
  rollBack: 'aiwb.rollBackModel',
  revoke: 'aiwb.revokeVersion',
  exportPromotion: 'aiwb.exportPromotion',
  copyModelName: 'aiwb.copyVersionName',
  setAlias: 'aiwb.setAlias',
  publish: 'aiwb.publishVersion',
  pull: 'aiwb.pullVersion',
};

export async function runVersionCommand(
  { command, model, version, registry, assessmentId, runId, path: file }: VersionCommand,
  folder: string | undefined,
  book: RegistryBook,
): Promise<void> {
  const place: VersionPlace = {
    ...(folder === undefined ? {} : { folder }),
    ...(registry === undefined ? {} : { registry }),
    model,
    version,
  };
  if (command === 'openScorecard') await vscode.commands.executeCommand('aiwb.openScorecard', assessmentId ?? place);
  else if (command === 'openRun') await vscode.commands.executeCommand('aiwb.openRun', runId);
  else if (command === 'openCard') await vscode.commands.executeCommand('aiwb.openModelCard', place);
  else if (command === 'openVersion') await vscode.commands.executeCommand('aiwb.openVersion', place);
  else if (command === 'openFile') await openFile(place, file, book);
  else if (command === 'openInRegistry') await openPageOf(place, book);
  else await vscode.commands.executeCommand(versionCommands[command], place);
}

/** The address is looked up here: a page may be asked for only where the registry itself says that it has one. */
async function openPageOf(place: VersionPlace, book: RegistryBook): Promise<void> {
  const { folder, registry, details } = await book.find(place);
  const { model, version } = details.version;
  const { versions } = await book.versions(folder, { registry, model, archived: true, limit: 1_000 });
  const row = versions.find(one => one.version === version);
  await vscode.commands.executeCommand('aiwb.openInRegistry', { row });
}

/** A file of the folder that a version lies in. */
async function openFile(place: VersionPlace, file: string | undefined, book: RegistryBook): Promise<void> {
  const folder = place.folder ?? (await book.find(place)).folder;
  if (file !== undefined) await openWorkspaceFile(folder, file);
}

/** Opens a file that a record names; records may come from anywhere, so it must lie in the folder. */
async function openWorkspaceFile(folder: string, relativePath: string): Promise<void> {
  const file = resolveInside(folder, relativePath);
  if (file === undefined) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('{0} lies outside the folder {1}.', relativePath, path.basename(folder)),
    });
  }
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}

type ScorecardButton = ScorecardCommand['command'];

/** Buttons of the scorecard page that act on the version it is of, with what of the message says on which part. */
const subjectCommands: Partial<Record<ScorecardButton, readonly [string, ('control' | 'check' | 'answerId')?]>> = {
  requestApproval: ['aiwb.requestApproval'],
  approve: ['aiwb.approveVersion'],
  promote: ['aiwb.promoteVersion'],
  openVersion: ['aiwb.openVersion'],
  attest: ['aiwb.attestControl', 'control'],
  requestWaiver: ['aiwb.requestWaiver', 'control'],
  reviewAnswer: ['aiwb.reviewDocumentAnswer', 'answerId'],
  askDocuments: ['aiwb.askDocuments', 'check'],
  answerFromDocuments: ['aiwb.answerFromDocuments', 'check'],
  addScanReport: ['aiwb.addScanReport'],
};

/** Buttons that act on the assessment. */
const recordCommands: Partial<Record<ScorecardButton, string>> = {
  export: 'aiwb.exportScorecard',
  openHtml: 'aiwb.openScorecardHtml',
  verify: 'aiwb.verifyScorecard',
  compareWith: 'aiwb.compareScorecard',
};

export async function runScorecardCommand({ message, view, folder }: ScorecardPageCommand): Promise<void> {
  const { record } = view.scorecard;
  const { command } = message;
  const place: VersionPlace = { folder, model: record.subject.model, version: record.subject.version };
  const onSubject = subjectCommands[command];
  const onRecord = recordCommands[command];
  if (onSubject !== undefined) {
    const [id, part] = onSubject;
    await vscode.commands.executeCommand(id, place, ...(part === undefined ? [] : [message[part]]));
  } else if (onRecord !== undefined) await vscode.commands.executeCommand(onRecord, record.id);
  else if (command === 'assessAgain') {
    await vscode.commands.executeCommand('aiwb.assessVersion', place, chosenPolicies(record.policies));
  } else if (command === 'approveWaiver') {
    await vscode.commands.executeCommand('aiwb.approveWaiver', { folder, waiverId: message.waiverId });
  } else if (command === 'openPolicy') await openPolicy(record.policies, message.policy, folder);
  else if (command === 'openAssessment') {
    await vscode.commands.executeCommand('aiwb.openScorecard', message.assessmentId ?? record.id);
  }
}

/** Opens the file of a policy that a record was made with; the file may have moved since. */
export async function openPolicy(
  policies: ScorecardPageCommand['view']['scorecard']['record']['policies'],
  id: string | undefined,
  folder: string,
): Promise<void> {
  const policy = policies.find(candidate => candidate.id === id);
  if (policy?.path === undefined) {
    throw new FailureError({
      code: 'policy-not-found',
      message: vscode.l10n.t('The record does not say where the policy {0} lies.', id ?? ''),
    });
  }
  await openWorkspaceFile(folder, policy.path);
}
