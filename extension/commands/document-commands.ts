import path from 'node:path';
import * as vscode from 'vscode';
import type { DraftedFromDocument, SourceDocument } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { plain } from '../connect/words.ts';
import { describeDraftEstimate, describeDrafted, documentRow } from '../documents/words.ts';
import type { Engine } from '../engine/engine.ts';
import { referenceTo } from '../registry/registry-book.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { placeOf, resolveVersion } from './pick-version.ts';

const endings = ['pdf', 'docx', 'docm', 'md', 'markdown', 'html', 'htm', 'txt'];

/** Commands around documents that policies come from and that answer document checks. */
export function registerDocumentCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.addDocument', (given: unknown, file: unknown) => addDocument(context, given, file)),
    registerCommand(context, 'aiwb.draftPolicy', (given: unknown, model: unknown) =>
      draftPolicy(context, given, model),
    ),
    registerCommand(context, 'aiwb.openDocumentText', (given: unknown) => openDocumentText(context, given)),
    registerCommand(context, 'aiwb.showQuote', (folder: unknown, document: unknown, quote: unknown) =>
      showQuote(context, folder, document, quote),
    ),
  ];
}

/** Keeps a file about a version; resolves with its digest. */
async function addDocument(context: CommandContext, given: unknown, file: unknown): Promise<string | undefined> {
  const title = vscode.l10n.t('Add a Document about a Version');
  const entry = await resolveVersion(context, given, { title });
  if (entry === undefined) return undefined;
  const chosen = typeof file === 'string' ? file : (await chooseFile(title))?.fsPath;
  if (chosen === undefined) return undefined;
  const engine = engineOf(context, entry);
  const document = await withProgress(vscode.l10n.t('Reading {0}', path.basename(chosen)), signal =>
    engine.request('documents/add', { path: chosen, ...referenceTo(placeOf(entry)) }, signal),
  );
  // Not awaited: the document is kept, whatever becomes of the message.
  void tellAdded(context, engine, document);
  return document.digest;
}

async function tellAdded(context: CommandContext, engine: Engine, document: SourceDocument): Promise<void> {
  const words = documentRow(document);
  const message = [`${words.label}: ${words.detail}`, ...document.notes.map(plain)].join(' ');
  if (document.state !== 'read') {
    void vscode.window.showWarningMessage(message);
    return;
  }
  const show = vscode.l10n.t('Show Text');
  if ((await vscode.window.showInformationMessage(message, show)) === show)
    await showText(context, engine, document.digest);
}

/** Proposes a policy from a file and shows it as a new file beside the others; resolves with its text. */
async function draftPolicy(context: CommandContext, given: unknown, model: unknown): Promise<string | undefined> {
  const title = vscode.l10n.t('Draft a Policy from a Document');
  const file = given instanceof vscode.Uri ? given : await chooseFile(title);
  if (file === undefined) return undefined;
  const inside = vscode.workspace.getWorkspaceFolder(file)?.uri;
  const engine = context.engines.of(inside ?? vscode.workspace.workspaceFolders?.[0]?.uri ?? file);
  const by = typeof model === 'string' ? { model } : model === null ? {} : await chooseDrafter(engine, title);
  if (by === undefined) return undefined;
  if (by.model !== undefined && !(await agreesToSend(engine, file, by.model))) return undefined;
  const drafted = await withProgress(vscode.l10n.t('Drafting from {0}', path.basename(file.fsPath)), signal =>
    engine.request('documents/draft', { path: file.fsPath, ...by }, signal),
  );
  await showDraft(engine.folder, drafted);
  void tellDrafted(context, engine, drafted);
  return drafted.text;
}

async function chooseDrafter(engine: Engine, title: string): Promise<{ readonly model?: string } | undefined> {
  const { models } = await engine.request('models/list', {});
  const items = [
    {
      label: `$(list-tree) ${vscode.l10n.t('By its structure and wording')}`,
      detail: vscode.l10n.t('Nothing is sent: sentences with must, shall, should and may become controls.'),
      by: {},
    },
    ...models
      .filter(({ kind }) => kind === 'connection' || kind === 'lent')
      .map(({ name, description }) => ({
        label: `$(robot) ${plain(name)}`,
        detail: plain(description),
        by: { model: name },
      })),
  ];
  const placeHolder = vscode.l10n.t('Who proposes the controls?');
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title, placeHolder });
  return chosen?.by;
}

async function agreesToSend(engine: Engine, file: vscode.Uri, model: string): Promise<boolean> {
  const estimate = await withProgress(vscode.l10n.t('Reading {0}', path.basename(file.fsPath)), signal =>
    engine.request('documents/estimateDraft', { path: file.fsPath, model }, signal),
  );
  const send = vscode.l10n.t('Send');
  const question = vscode.l10n.t('Send the text of {0} to {1}?', path.basename(file.fsPath), plain(model));
  const detail = describeDraftEstimate(estimate);
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, send)) === send;
}

async function showDraft(folder: string, { file, text }: DraftedFromDocument): Promise<void> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? file : file.replace(/(\.policy\.yaml)$/, `-${number}$1`);
    const target = vscode.Uri.file(path.join(folder, name));
    const isTaken = await vscode.workspace.fs.stat(target).then(
      () => true,
      () => false,
    );
    if (isTaken) continue;
    const document = await vscode.workspace.openTextDocument(target.with({ scheme: 'untitled' }));
    if (document.getText() !== '' && document.getText() !== text) continue;
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    if (document.languageId !== 'aiwb-policy') await vscode.languages.setTextDocumentLanguage(document, 'aiwb-policy');
    if (document.getText() === '') await editor.edit(edit => edit.insert(new vscode.Position(0, 0), text));
    return;
  }
}

async function tellDrafted(context: CommandContext, engine: Engine, drafted: DraftedFromDocument): Promise<void> {
  const show = vscode.l10n.t('Show Document');
  const answer = await vscode.window.showInformationMessage(describeDrafted(drafted), show);
  if (answer === show) await showText(context, engine, drafted.document.digest);
}

/** The text of a document of the workspace's store, beside what is open. */
async function openDocumentText(context: CommandContext, given: unknown): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
  if (folder === undefined) return;
  const engine = context.engines.of(folder);
  const digest = typeof given === 'string' ? given : await chooseDocument(engine);
  if (digest !== undefined) await showText(context, engine, digest);
}

async function chooseDocument(engine: Engine): Promise<string | undefined> {
  const { documents } = await engine.request('documents/list', {});
  if (documents.length === 0)
    throw new FailureError({
      code: 'record-not-found',
      message: vscode.l10n.t('No policy came from a document here yet.'),
      remedy: vscode.l10n.t('"AI Workbench: Draft Policy from Document…" takes one in.'),
    });
  const items = documents.map(document => ({ ...documentRow(document), digest: document.digest }));
  const title = vscode.l10n.t('Show the Text of a Document');
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.digest;
}

async function showText({ documents }: CommandContext, engine: Engine, digest: string): Promise<void> {
  const { name, text } = await engine.request('documents/text', { digest });
  await documents.showText(titleOf(name, digest), text);
}

/** The document a policy's control comes from, with the quoted words selected; without a quote, that of the control at the cursor. */
async function showQuote(context: CommandContext, folder: unknown, document: unknown, quote: unknown): Promise<void> {
  const isGiven = typeof folder === 'string' && typeof document === 'string' && typeof quote === 'string';
  const asked = isGiven ? { folder, document, quote } : await quoteAtCursor(context);
  const source = { document: asked.document, quote: asked.quote };
  const found = await engineOf(context, asked).request('documents/find', source);
  const { name, text } = found.source;
  const [place] = found.places;
  await context.documents.showText(titleOf(name, asked.document), text, place);
  if (place !== undefined) return;
  void vscode.window.showWarningMessage(
    vscode.l10n.t('These words do not stand in {0}: the quote or the document was changed.', plain(name)),
  );
}

async function quoteAtCursor({ engines }: CommandContext) {
  const editor = vscode.window.activeTextEditor;
  const engine = editor?.document.languageId === 'aiwb-policy' ? engines.of(editor.document.uri) : undefined;
  const { quotes = [] } = (await engine?.request('documents/quotes', { text: editor?.document.getText() ?? '' })) ?? {};
  const line = editor?.selection.active.line ?? 0;
  const nearest = quotes.findLast(each => each.line <= line) ?? quotes[0];
  if (engine !== undefined && nearest !== undefined) return { folder: engine.folder, ...nearest };
  throw new FailureError({
    code: 'record-not-found',
    message: vscode.l10n.t('No control here quotes a document.'),
    remedy: vscode.l10n.t('Open a policy that was drafted from a document: its controls have a `source` with a quote.'),
  });
}

function titleOf(name: string, digest: string): string {
  return `${plain(name)} ${digest.slice(0, 8)}`;
}

async function chooseFile(title: string): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Read'),
      filters: { [vscode.l10n.t('Documents')]: endings },
      ...(vscode.workspace.workspaceFolders?.[0] === undefined
        ? {}
        : { defaultUri: vscode.workspace.workspaceFolders[0].uri }),
    })) ?? [];
  return chosen;
}

function withProgress<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (_, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return work(controller.signal);
    }),
  );
}
