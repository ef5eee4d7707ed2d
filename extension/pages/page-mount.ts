import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Validator } from '../../schemas/generated/validators.js';
import type { Log } from '../base/log.ts';
import { createPageHtml } from './page-html.ts';
import type { PageMessage, PageSession } from './page-session.ts';

/** One of the bundles in `dist/webviews/`, with the contract of what it sends. */
export interface PageBundle<In extends PageMessage> {
  readonly name: 'prompt' | 'report' | 'tuning' | 'version' | 'scorecard';
  /** The validator lies in a part of its own, which only pages load. */
  loadValidator(): Promise<Validator<In>>;
}

export interface MountParts {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
}

/** What a webview that shows one of our pages may load and do. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [pagesRoot(extensionUri)] };
}

function pagesRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webviews');
}

/** Puts a page into a webview, a panel's or a custom editor's, and passes its valid messages to the session. */
export function mountPage<In extends PageMessage>(
  panel: vscode.WebviewPanel,
  bundle: PageBundle<In>,
  session: PageSession<In>,
  { extensionUri, log }: MountParts,
): vscode.Disposable {
  const { webview } = panel;
  webview.options = pageOptions(extensionUri);
  const messages = webview.onDidReceiveMessage(async (message: unknown) => {
    const validate = await bundle.loadValidator();
    if (validate(message)) await session.receive(message);
    else log.warn(vscode.l10n.t('The {0} page sent a message that is not understood.', bundle.name));
  });
  webview.html = createPageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(18).toString('base64url'),
    script: webview.asWebviewUri(vscode.Uri.joinPath(pagesRoot(extensionUri), `${bundle.name}.js`)).toString(),
    title: panel.title,
    language: vscode.env.language,
  });
  return vscode.Disposable.from(messages, session);
}
