import * as vscode from 'vscode';
import type { DocumentAnswer, ModelEntry } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import type { Engine } from '../engine/engine.ts';
import {
  documentChecks,
  reviewableAnswer,
  verdictWord,
  waitingAnswers,
  type DocumentCheckRow,
  type Reviewable,
} from '../evidence/document-checks.ts';
import { referenceTo, type VersionEntry } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import { askForQuote } from './ask-for-quote.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { askForComment, describeSelf, requireIdentity } from './governance-commands.ts';
import { placeOf, resolveVersion, type NamedVersion } from './pick-version.ts';

/** Commands that have documents say something of a version: by a model, or by a person. */
export function registerAnswerCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.answerFromDocuments', (given: unknown, check: unknown) =>
      answerFromDocuments(context, given, check),
    ),
    registerCommand(context, 'aiwb.askDocuments', (given: unknown, check: unknown) =>
      askDocuments(context, given, check),
    ),
    registerCommand(context, 'aiwb.reviewDocumentAnswer', (given: unknown, answerId: unknown) =>
      reviewAnswer(context, given, answerId),
    ),
  ];
}

interface Asked {
  readonly entry: VersionEntry;
  readonly engine: Engine;
  readonly row: DocumentCheckRow;
}

/** Has a model read the documents; what it says is shown for review. Resolves with the answer's id. */
async function askDocuments(context: CommandContext, given: unknown, check: unknown): Promise<string | undefined> {
  const asked = await chooseCheck(context, given, check, vscode.l10n.t('Ask Documents'));
  if (asked === undefined) return undefined;
  const { engine, entry, row } = asked;
  const reader = await chooseReader(engine);
  if (reader === undefined) return undefined;
  const reading = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('{0} reads the documents', reader.label),
    cancellable: true,
  };
  const answer = await vscode.window.withProgress(reading, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    const connection = reader.name === undefined ? {} : { connection: reader.name };
    return await engine.request('documents/ask', { ...stepOf(asked), ...connection }, controller.signal);
  });
  void offerReview(context, entry, row, answer);
  return answer.id;
}

async function offerReview(
  context: CommandContext,
  entry: VersionEntry,
  { check }: DocumentCheckRow,
  answer: DocumentAnswer,
): Promise<void> {
  const look = vscode.l10n.t('Review');
  const said = vscode.l10n.t(
    '{0}: {1}. It counts once a person has confirmed it.',
    check.id,
    verdictWord(answer.verdict),
  );
  if ((await vscode.window.showInformationMessage(said, look)) !== look) return;
  await decide(engineOf(context, entry), reviewableAnswer(answer));
}

interface ReaderChoice extends vscode.QuickPickItem {
  /** Absent: the workspace's judge. */
  readonly name: string | undefined;
}

/** Reading costs a request or two: whom to ask is the person's choice. */
async function chooseReader(engine: Engine): Promise<ReaderChoice | undefined> {
  const { models, failure } = await engine.request('models/list', {});
  if (failure !== undefined) throw new FailureError(failure);
  const connections = models.filter(({ kind }) => kind === 'connection' || kind === 'lent');
  if (connections.length === 0) {
    throw new FailureError({
      code: 'model-unknown',
      message: vscode.l10n.t('There is no connection that could read the documents.'),
      remedy: vscode.l10n.t('Connect a model first, or answer from the documents yourself.'),
    });
  }
  const choices = [
    { label: vscode.l10n.t('The judge of workbench.yaml'), name: undefined },
    ...connections.map(({ name, description }: ModelEntry) => ({
      label: plain(name),
      description: plain(description),
      name,
    })),
  ];
  return await vscode.window.showQuickPick<ReaderChoice>(choices, {
    title: vscode.l10n.t('Which Model Reads the Documents?'),
    placeHolder: vscode.l10n.t('Passages that may answer are sent to it'),
  });
}

/** The person's own answer, under their git identity. */
async function answerFromDocuments(context: CommandContext, given: unknown, check: unknown): Promise<void> {
  const asked = await chooseCheck(context, given, check, vscode.l10n.t('Answer From Documents'));
  if (asked === undefined) return;
  const { engine, entry, row } = asked;
  const verdict = await chooseVerdict(row);
  if (verdict === undefined) return;
  const identity = await requireIdentity(engine);
  const quotes = verdict === 'met' ? await askForQuote(engine, entry) : [];
  if (quotes === undefined) return;
  const explanation = await askForComment(
    vscode.l10n.t('Answer {0}', row.check.id),
    vscode.l10n.t('Why; empty: no explanation'),
  );
  if (explanation === undefined) return;
  const give = vscode.l10n.t('Answer');
  const said = [
    plain(row.check.question),
    verdictWord(verdict),
    ...quotes.map(({ quote }) => `“${plain(quote)}”`),
    ...(explanation === '' ? [] : [plain(explanation)]),
  ];
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Answer "{0}" for {1}?', row.check.id, versionName(entry.details)),
    { modal: true, detail: [said.join('\n'), describeSelf(identity)].join('\n\n') },
    give,
  );
  if (answer !== give) return;
  await engine.request('documents/answer', {
    ...stepOf(asked),
    verdict,
    quotes,
    ...(explanation === '' ? {} : { explanation }),
  });
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is answered. Assess the version again to let it count.', row.check.id),
  );
}

async function chooseVerdict({ check }: DocumentCheckRow): Promise<DocumentAnswer['verdict'] | undefined> {
  const choices = (['met', 'not-met', 'unclear'] as const).map(verdict => ({ label: verdictWord(verdict), verdict }));
  const options = { title: plain(check.question), placeHolder: vscode.l10n.t('What the documents show') };
  return (await vscode.window.showQuickPick(choices, options))?.verdict;
}

/** A person's word on a model's answer: one that is named, or the user's choice among those that wait. */
async function reviewAnswer(context: CommandContext, given: unknown, answerId: unknown): Promise<void> {
  const found = await readNewest(context, given, vscode.l10n.t('Review a Document Answer'));
  if (found === undefined) return;
  const waiting = waitingAnswers(found.record);
  const named = waiting.find(each => each.answerId === answerId);
  const chosen = named ?? (await pickWaiting(waiting, found.entry));
  if (chosen !== undefined) await decide(found.engine, chosen);
}

async function pickWaiting(waiting: readonly Reviewable[], entry: VersionEntry): Promise<Reviewable | undefined> {
  if (waiting.length === 0) {
    const name = versionName(entry.details);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No answer of a model waits in the newest assessment of {0}.', name),
    );
    return undefined;
  }
  const choices = waiting.map(answer => ({ label: answer.check, detail: plain(answer.question), answer }));
  return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Review Which Answer?') }))?.answer;
}

async function decide(engine: Engine, { answerId, check, question, lines }: Reviewable): Promise<void> {
  const identity = await requireIdentity(engine);
  const confirm = vscode.l10n.t('Confirm');
  const reject = vscode.l10n.t('Reject');
  const detail = [[plain(question), ...lines].join('\n'), describeSelf(identity)].join('\n\n');
  const decided = await vscode.window.showWarningMessage(
    vscode.l10n.t('Is the answer to {0} right?', check),
    { modal: true, detail },
    confirm,
    reject,
  );
  if (decided === undefined) return;
  const comment = await askForComment(
    vscode.l10n.t('Your word on {0}', check),
    vscode.l10n.t('What you looked at; empty: no comment'),
  );
  if (comment === undefined) return;
  const decision = decided === confirm ? 'confirmed' : 'rejected';
  await engine.request('documents/review', { answerId, decision, ...(comment === '' ? {} : { comment }) });
  void vscode.window.showInformationMessage(
    decision === 'confirmed'
      ? vscode.l10n.t('The answer is confirmed. Assess the version again to let it count.')
      : vscode.l10n.t('The answer is rejected, and the check is open again.'),
  );
}

function stepOf({ entry, row }: Asked) {
  return { ...referenceTo(placeOf(entry)), control: row.control, check: row.check.id };
}

async function chooseCheck(
  context: CommandContext,
  given: unknown,
  check: unknown,
  title: string,
): Promise<Asked | undefined> {
  const found = await readNewest(context, given, title);
  if (found === undefined) return undefined;
  const { entry, engine, record } = found;
  const rows = documentChecks(record);
  const named = rows.find(row => row.check.id === check);
  if (named !== undefined) return { entry, engine, row: named };
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The newest assessment of {0} asks documents nothing.', versionName(entry.details)),
    );
    return undefined;
  }
  const choices = rows.map(row => ({
    label: row.check.id,
    description: row.check.state === 'pass' ? vscode.l10n.t('answered') : '',
    detail: plain(row.check.question),
    row,
  }));
  const chosen = await vscode.window.showQuickPick(choices, { title, matchOnDetail: true });
  return chosen === undefined ? undefined : { entry, engine, row: chosen.row };
}

/** The newest assessment of a version, which says what is asked. */
async function readNewest(context: CommandContext, given: unknown, title: string) {
  const isAssessed = ({ row }: NamedVersion): boolean => row?.gate !== undefined;
  const entry = await resolveVersion(context, given, { title, filter: isAssessed });
  if (entry === undefined) return undefined;
  const engine = engineOf(context, entry);
  const [newest] = entry.details.assessments;
  if (newest === undefined) {
    throw new FailureError({
      code: 'record-not-found',
      message: vscode.l10n.t('{0} has not been assessed yet.', versionName(entry.details)),
      remedy: vscode.l10n.t('Assess it first: the assessment says what is asked of the documents.'),
    });
  }
  const { scorecard } = await engine.request('assessments/get', { assessmentId: newest.id });
  return { entry, engine, record: scorecard.record };
}
