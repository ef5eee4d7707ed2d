import path from 'node:path';
import * as vscode from 'vscode';
import type {
  AssessmentComparison,
  HostToScorecardPage,
  ScorecardCommand,
  ScorecardPageToHost,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { openPolicy } from '../pages/page-commands.ts';
import { createPageMail, readMail, type PageMail } from '../pages/page-mail.ts';
import { mountPage } from '../pages/page-mount.ts';
import { createPageSession, type PageSession } from '../pages/page-session.ts';
import { scorecardTitle } from '../pages/scorecard-session.ts';
import { watchFile } from '../pages/watch-file.ts';
import { foldersAround, openEvidence } from '../registry/open-evidence.ts';
import { readScorecard, requireSize } from './read-scorecard.ts';

export const scorecardEditor = 'aiwb.scorecard';

export interface ScorecardEditorParts {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  /** Tells a failed command as a notification. */
  tell(error: unknown): void;
}

/** The editors of scorecard files. */
export interface ScorecardEditors extends vscode.Disposable {
  /** Opens a file's page and sets another record beside it. */
  compare(uri: vscode.Uri, comparison: AssessmentComparison): Promise<void>;
}

/**
 * Shows `*.scorecard.json` files as pages, read-only. It needs neither store nor engine process nor trust: the record verifies
 * itself. A file that changes on disk is read again.
 */
export function registerScorecardEditor(parts: ScorecardEditorParts): ScorecardEditors {
  const open = new Map<string, Set<PageMail<HostToScorecardPage>>>();
  /** What a file is compared with, for an editor that is not there yet. */
  const waiting = new Map<string, AssessmentComparison>();

  /** Until the returned handle is disposed, comparisons of the file reach this editor. */
  function enlist(key: string, mail: PageMail<HostToScorecardPage>): vscode.Disposable {
    const mails = open.get(key) ?? new Set();
    open.set(key, mails.add(mail));
    const comparison = waiting.get(key);
    waiting.delete(key);
    if (comparison !== undefined) mail.send({ type: 'comparison', comparison });
    return new vscode.Disposable(() => {
      mails.delete(mail);
      if (mails.size === 0) open.delete(key);
    });
  }

  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: uri => ({ uri, dispose: () => undefined }),
    resolveCustomEditor(document, panel) {
      const wire = { post: (message: HostToScorecardPage) => void panel.webview.postMessage(message) };
      const mail = createPageMail(wire.post);
      const session = readMail(createFileSession(document.uri, wire, parts), mail);
      const page = mountPage(
        panel,
        {
          name: 'scorecard',
          loadValidator: async () =>
            (await import('../../schemas/generated/validators.js')).validateScorecardPageToHost,
        },
        session,
        parts,
      );
      panel.onDidChangeViewState(() => {
        if (!panel.visible) mail.close();
      });
      const enlisted = enlist(document.uri.toString(), mail);
      panel.onDidDispose(() => {
        enlisted.dispose();
        page.dispose();
      });
    },
  };
  const registration = vscode.window.registerCustomEditorProvider(scorecardEditor, provider, {
    supportsMultipleEditorsPerDocument: true,
    webviewOptions: { enableFindWidget: true },
  });
  return {
    async compare(uri, comparison) {
      const mails = open.get(uri.toString());
      if (mails === undefined) waiting.set(uri.toString(), comparison);
      for (const mail of mails ?? []) mail.send({ type: 'comparison', comparison });
      await vscode.commands.executeCommand('vscode.openWith', uri, scorecardEditor);
    },
    dispose: () => void registration.dispose(),
  };
}

/** A scorecard file as its page shows it. */
export async function readScorecardFile(uri: vscode.Uri): Promise<ScorecardView> {
  const name = path.basename(uri.path);
  requireSize((await vscode.workspace.fs.stat(uri)).size, name);
  return await readScorecard(await vscode.workspace.fs.readFile(uri), name);
}

function createFileSession(
  uri: vscode.Uri,
  { post }: { post(message: HostToScorecardPage): void },
  { tell }: ScorecardEditorParts,
): PageSession<ScorecardPageToHost> {
  let shown: ScorecardView | undefined;
  return createPageSession<ScorecardPageToHost, HostToScorecardPage>({
    async load() {
      shown = await readScorecardFile(uri);
      return { title: scorecardTitle(shown), message: { type: 'scorecard', view: shown } };
    },
    follow: refresh => watchFile(uri, '*.scorecard.json', refresh),
    async answer(message) {
      if (message.type === 'evidence') await openEvidence(message.evidence, foldersAround(uri)).catch(tell);
      else if (message.type === 'command') await runFileCommand(message, uri, shown).catch(tell);
      else throw readOnly();
    },
    post,
    // An editor is called like its file.
    onTitle: () => undefined,
  });
}

/** What can be done with a file alone; for the rest the page names the registry. */
async function runFileCommand(
  { command, policy }: ScorecardCommand,
  uri: vscode.Uri,
  shown: ScorecardView | undefined,
): Promise<void> {
  const [folder] = foldersAround(uri);
  if (command === 'openSource') await vscode.commands.executeCommand('aiwb.openScorecardSource', uri);
  else if (command === 'compareWith') await vscode.commands.executeCommand('aiwb.compareScorecard', uri);
  else if (command === 'verify') await vscode.commands.executeCommand('aiwb.verifyScorecard', uri);
  else if (command === 'openPolicy' && shown !== undefined && folder !== undefined) {
    await openPolicy(shown.scorecard.record.policies, policy, folder);
  } else {
    throw readOnly();
  }
}

function readOnly(): FailureError {
  return new FailureError({
    code: 'usage',
    message: vscode.l10n.t('A scorecard file is read-only. Open the version in the Registry view for this.'),
  });
}
