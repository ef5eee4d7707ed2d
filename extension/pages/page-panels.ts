import * as vscode from 'vscode';
import { createPageMail, readMail, type PageMail } from './page-mail.ts';
import { mountPage, pageOptions, type MountParts, type PageBundle } from './page-mount.ts';
import type { PageMessage, PageSession } from './page-session.ts';

/** What a session needs of the panel it stands in. */
export interface PageWire<Out> {
  post(message: Out): void;
  onTitle(title: string): void;
}

/** A kind of page that opens in panels: one panel a subject, back again after a reload. */
export interface PageKind<Subject, In extends PageMessage, Out> {
  readonly viewType: string;
  readonly bundle: PageBundle<In>;
  keyOf(subject: Subject): string;
  /** Until the page knows better. */
  titleOf(subject: Subject): string;
  iconOf(subject: Subject): string;
  /** The subject out of what the page kept; that comes back from disk, so it is checked. */
  readSubject(state: unknown): Subject | undefined;
  openSession(subject: Subject, wire: PageWire<Out>): PageSession<In>;
}

export interface PagePanels<Subject, Out> extends vscode.Disposable {
  show(subject: Subject, options?: ShowOptions<Out>): void;
}

export interface ShowOptions<Out> {
  /** Opens the page beside the active editor, which keeps the focus. */
  readonly beside?: boolean;
  /** What the page is told as soon as it listens, whether it is open already or not. */
  readonly message?: Out;
}

interface OpenPage<Out> {
  readonly panel: vscode.WebviewPanel;
  readonly mail: PageMail<Out>;
}

export function createPagePanels<Subject, In extends PageMessage, Out>(
  kind: PageKind<Subject, In, Out>,
  parts: MountParts,
): PagePanels<Subject, Out> {
  const pages = new Map<string, OpenPage<Out>>();

  function adopt(panel: vscode.WebviewPanel, subject: Subject): OpenPage<Out> {
    const key = kind.keyOf(subject);
    const post = (message: Out): void => void panel.webview.postMessage(message);
    const mail = createPageMail(post);
    const open = { panel, mail };
    pages.set(key, open);
    panel.iconPath = new vscode.ThemeIcon(kind.iconOf(subject));
    const session = kind.openSession(subject, {
      post,
      onTitle: title => (panel.title = title),
    });
    const page = mountPage(panel, kind.bundle, readMail(session, mail), parts);
    panel.onDidChangeViewState(() => {
      if (!panel.visible) mail.close();
    });
    panel.onDidDispose(() => {
      page.dispose();
      if (pages.get(key) === open) pages.delete(key);
    });
    return open;
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(kind.viewType, {
    deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
      const subject = kind.readSubject(state);
      if (subject === undefined || pages.has(kind.keyOf(subject))) panel.dispose();
      else adopt(panel, subject);
      return Promise.resolve();
    },
  });

  return {
    show(subject, { beside = false, message } = {}) {
      const open = pages.get(kind.keyOf(subject));
      if (open !== undefined) {
        if (message !== undefined) open.mail.send(message);
        open.panel.reveal(undefined, beside);
        return;
      }
      const viewColumn = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      const panel = vscode.window.createWebviewPanel(
        kind.viewType,
        kind.titleOf(subject),
        { viewColumn, preserveFocus: beside },
        { ...pageOptions(parts.extensionUri), enableFindWidget: true },
      );
      const { mail } = adopt(panel, subject);
      if (message !== undefined) mail.send(message);
    },
    dispose() {
      serializer.dispose();
      for (const { panel } of [...pages.values()]) panel.dispose();
    },
  };
}
