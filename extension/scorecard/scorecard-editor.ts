import path from 'node:path';
import * as vscode from 'vscode';
import type {
  HostToScorecardPage,
  ScorecardCommand,
  ScorecardPageToHost,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import type { Log } from '../base/log.ts';
import { openPolicy } from '../pages/page-commands.ts';
import { mountPage } from '../pages/page-mount.ts';
import { createPageSession, type PageSession } from '../pages/page-session.ts';
import { scorecardTitle } from '../pages/registry-pages.ts';
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

/**
 * Shows `*.scorecard.json` files as pages, read-only. It needs neither store nor engine process nor trust: the record verifies
 * itself. A file that changes on disk is read again.
 */
export function registerScorecardEditor(parts: ScorecardEditorParts): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: uri => ({ uri, dispose: () => undefined }),
    resolveCustomEditor(document, panel) {
      const wire = { post: (message: HostToScorecardPage) => void panel.webview.postMessage(message) };
      const session = createFileSession(document.uri, wire, parts);
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
      panel.onDidDispose(() => void page.dispose());
    },
  };
  return vscode.window.registerCustomEditorProvider(scorecardEditor, provider, {
    supportsMultipleEditorsPerDocument: true,
    webviewOptions: { enableFindWidget: true },
  });
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
      const work =
        message.type === 'evidence'
          ? openEvidence(message.evidence, foldersAround(uri))
          : runFileCommand(message, uri, shown);
      await work.catch(tell);
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
  else if (command === 'verify') await vscode.commands.executeCommand('aiwb.verifyScorecard', uri);
  else if (command === 'openPolicy' && shown !== undefined && folder !== undefined) {
    await openPolicy(shown.scorecard.record.policies, policy, folder);
  } else {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('A scorecard file is read-only. Open the version in the Registry view for this.'),
    );
  }
}
