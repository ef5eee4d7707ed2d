import * as vscode from 'vscode';
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

export interface PagePanels<Subject> extends vscode.Disposable {
  show(subject: Subject, options?: ShowOptions): void;
}

export interface ShowOptions {
  /** Opens the page beside the active editor, which keeps the focus. */
  readonly beside?: boolean;
}

export function createPagePanels<Subject, In extends PageMessage, Out>(
  kind: PageKind<Subject, In, Out>,
  parts: MountParts,
): PagePanels<Subject> {
  const panels = new Map<string, vscode.WebviewPanel>();

  function adopt(panel: vscode.WebviewPanel, subject: Subject): void {
    const key = kind.keyOf(subject);
    panels.set(key, panel);
    panel.iconPath = new vscode.ThemeIcon(kind.iconOf(subject));
    const session = kind.openSession(subject, {
      post: message => void panel.webview.postMessage(message),
      onTitle: title => (panel.title = title),
    });
    const page = mountPage(panel, kind.bundle, session, parts);
    panel.onDidDispose(() => {
      page.dispose();
      if (panels.get(key) === panel) panels.delete(key);
    });
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(kind.viewType, {
    deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
      const subject = kind.readSubject(state);
      if (subject === undefined || panels.has(kind.keyOf(subject))) panel.dispose();
      else adopt(panel, subject);
      return Promise.resolve();
    },
  });

  return {
    show(subject, { beside = false } = {}) {
      const open = panels.get(kind.keyOf(subject));
      if (open !== undefined) {
        open.reveal(undefined, beside);
        return;
      }
      const viewColumn = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      const panel = vscode.window.createWebviewPanel(
        kind.viewType,
        kind.titleOf(subject),
        { viewColumn, preserveFocus: beside },
        { ...pageOptions(parts.extensionUri), enableFindWidget: true },
      );
      adopt(panel, subject);
    },
    dispose() {
      serializer.dispose();
      for (const panel of panels.values()) panel.dispose();
    },
  };
}
