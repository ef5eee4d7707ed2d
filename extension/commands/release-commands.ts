import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { referenceTo, type VersionEntry } from '../registry/registry-book.ts';
import { canAskAgain, stepsOf, type ReleaseStep } from '../registry/steps.ts';
import { shortDigest, versionName } from '../registry/words.ts';
import { formatMoment } from '../runs/format.ts';
import type { VersionDetails } from '../../schemas/generated/messages.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { askForComment, describeNewest, describeSelf, requireIdentity } from './governance-commands.ts';
import { aliasesOf, placeOf, resolveVersion, type NamedVersion } from './pick-version.ts';

/** What a step asks before it is taken, and how it is told afterwards. Whether it is allowed is for the engine to say. */
interface StepWords {
  readonly method: 'registry/requestApproval' | 'registry/approve' | 'registry/baseline' | 'registry/promote';
  readonly step: ReleaseStep;
  /** Of the choice among versions. */
  title(): string;
  /** Of the comment's prompt; absent where the step takes none. */
  readonly prompt?: () => string;
  question(version: string): string;
  /** What the step does, for the modal question. */
  details(entry: VersionEntry, aliases: ReadonlyMap<string, string>): string[];
  /** The button that takes it. */
  verb(): string;
}

const requestApproval: StepWords = {
  method: 'registry/requestApproval',
  step: 'requestApproval',
  title: () => vscode.l10n.t('Request Approval of Which Version?'),
  prompt: () => vscode.l10n.t('What the approver should know; empty: no comment'),
  question: version => vscode.l10n.t('Request approval of {0}?', version),
  details: entry => [
    vscode.l10n.t('Newest assessment: {0}.', describeNewest(entry)),
    vscode.l10n.t('Somebody else must approve it: not its author, its trainer or its assessor.'),
  ],
  verb: () => vscode.l10n.t('Request Approval'),
};

const approve: StepWords = {
  method: 'registry/approve',
  step: 'approve',
  title: () => vscode.l10n.t('Approve Which Version?'),
  prompt: () => vscode.l10n.t('Why you approve; empty: no comment'),
  question: version => vscode.l10n.t('Approve {0}?', version),
  details: entry => [
    approvedRecord(entry),
    vscode.l10n.t('A later assessment voids the approval. Whoever wrote, trained or assessed the version is refused.'),
  ],
  verb: () => vscode.l10n.t('Approve'),
};

const baseline: StepWords = {
  method: 'registry/baseline',
  step: 'baseline',
  title: () => vscode.l10n.t('Lock Which Version as Baseline?'),
  question: version => vscode.l10n.t('Lock {0} as baseline?', version),
  details: () => [
    vscode.l10n.t('Its weights, figures and approval are sealed. A baseline is never changed and never replaced.'),
  ],
  verb: () => vscode.l10n.t('Lock Baseline'),
};

const promote: StepWords = {
  method: 'registry/promote',
  step: 'promote',
  title: () => vscode.l10n.t('Promote Which Version?'),
  prompt: () => vscode.l10n.t('What the release brings; empty: no comment'),
  question: version => vscode.l10n.t('Promote {0} to production?', version),
  details: ({ details }, aliases) => {
    const current = aliases.get('production');
    return [
      current === undefined
        ? vscode.l10n.t('The alias "production" is set to it.')
        : vscode.l10n.t('The alias "production" moves to it from version {0}, which is retired.', current),
      ...(details.baseline === undefined ? [vscode.l10n.t('It is locked as baseline in the same step.')] : []),
    ];
  },
  verb: () => vscode.l10n.t('Promote'),
};

/** The steps of a version on its way to production. */
export function registerReleaseCommands(context: CommandContext): vscode.Disposable[] {
  const commands: [id: string, words: StepWords][] = [
    ['aiwb.requestApproval', requestApproval],
    ['aiwb.approveVersion', approve],
    ['aiwb.lockBaseline', baseline],
    ['aiwb.promoteVersion', promote],
  ];
  return commands.map(([id, words]) =>
    registerCommand(context, id, (given: unknown) => takeStep(context, words, given)),
  );
}

async function takeStep(context: CommandContext, words: StepWords, given: unknown): Promise<void> {
  const isNext = ({ row }: NamedVersion): boolean =>
    row !== undefined && (stepsOf(row).has(words.step) || (words.step === 'requestApproval' && canAskAgain(row)));
  const entry = await resolveVersion(context, given, { title: words.title(), filter: isNext });
  if (entry === undefined) return;
  const engine = engineOf(context, entry);
  const identity = await requireIdentity(engine);
  const version = versionName(entry.details);
  const comment = words.prompt === undefined ? '' : await askForComment(words.question(version), words.prompt());
  if (comment === undefined) return;
  const verb = words.verb();
  const detail = [...words.details(entry, await aliasesOf(context, entry)), describeSelf(identity)].join('\n\n');
  const answer = await vscode.window.showWarningMessage(words.question(version), { modal: true, detail }, verb);
  if (answer !== verb) return;
  const step = { ...referenceTo(placeOf(entry)), ...(comment === '' ? {} : { comment }) };
  const now = await engine.request(words.method, step);
  await context.registry.load(true);
  void vscode.window.showInformationMessage(`${version}: ${outcomeOf(words, now)}`);
}

/** What the version is now, in the registry's own words. */
function outcomeOf({ step }: StepWords, { approval, baseline: locked }: VersionDetails): string {
  if (step === 'requestApproval' || step === 'approve') return approval.sentence;
  if (step === 'promote') return vscode.l10n.t('In production.');
  return locked === undefined
    ? vscode.l10n.t('Locked as baseline.')
    : vscode.l10n.t('Locked as baseline, digest {0}.', shortDigest(locked.digest));
}

/** The record that an approval signs. */
function approvedRecord(entry: VersionEntry): string {
  const [newest] = entry.details.assessments;
  if (newest === undefined) {
    throw new FailureError({
      code: 'record-not-found',
      message: vscode.l10n.t('{0} has not been assessed yet.', versionName(entry.details)),
      remedy: vscode.l10n.t('Assess it first.'),
    });
  }
  return vscode.l10n.t(
    'You approve the assessment of {0} by {1}: {2}. Its record is {3}.',
    formatMoment(newest.assessedAt),
    newest.assessor.email,
    describeNewest(entry),
    shortDigest(newest.digest),
  );
}
