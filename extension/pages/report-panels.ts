import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PageToHost } from '../../schemas/generated/messages.ts';
import type { Log } from '../base/log.ts';
import type { Engines } from '../engine/engines.ts';
import type { RunBook } from '../runs/run-book.ts';
import { createReportHtml } from './report-html.ts';
import { createPageSession } from './page-session.ts';

const viewType = 'aiwb.report';

export interface ReportPanels extends vscode.Disposable {
  /** Shows the page of a run, or the comparison of several. One panel a set of runs. */
  show(runIds: readonly string[], options?: { beside?: boolean }): void;
}

export interface ReportPanelsParts {
  readonly extensionUri: vscode.Uri;
  readonly engines: Engines;
  readonly book: RunBook;
  readonly log: Log;
}

export function createReportPanels(parts: ReportPanelsParts): ReportPanels {
  const panels = new Map<string, vscode.WebviewPanel>();
  const root = vscode.Uri.joinPath(parts.extensionUri, 'dist', 'webviews');
  const webviewOptions: vscode.WebviewOptions = { enableScripts: true, localResourceRoots: [root] };

  function adopt(panel: vscode.WebviewPanel, runIds: readonly string[]): void {
    const key = panelKey(runIds);
    panels.set(key, panel);
    panel.webview.options = webviewOptions;
    panel.iconPath = new vscode.ThemeIcon(runIds.length > 1 ? 'compare-changes' : 'beaker');
    const session = createPageSession({
      runIds,
      book: parts.book,
      engineAt: folder => parts.engines.at(folder),
      post: message => void panel.webview.postMessage(message),
      command: message => runPageCommand(message, runIds),
      onTitle: title => (panel.title = title),
    });
    const messages = panel.webview.onDidReceiveMessage(async (message: unknown) => {
      const { validatePageToHost } = await import('../../schemas/generated/validators.js');
      if (validatePageToHost(message)) await session.receive(message);
      else parts.log.warn(vscode.l10n.t('A run page sent a message that is not understood.'));
    });
    panel.onDidDispose(() => {
      messages.dispose();
      session.dispose();
      if (panels.get(key) === panel) panels.delete(key);
    });
    panel.webview.html = createReportHtml({
      cspSource: panel.webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      script: panel.webview.asWebviewUri(vscode.Uri.joinPath(root, 'report.js')).toString(),
      title: panel.title,
      language: vscode.env.language,
    });
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown) {
      const runIds = readRunIds(state);
      if (runIds === undefined || panels.has(panelKey(runIds))) panel.dispose();
      else adopt(panel, runIds);
      return Promise.resolve();
    },
  });

  return {
    show(runIds, { beside = false } = {}) {
      const open = panels.get(panelKey(runIds));
      if (open !== undefined) {
        open.reveal(undefined, beside);
        return;
      }
      const viewColumn = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      const title = provisionalTitle(runIds, parts.book);
      const place = { viewColumn, preserveFocus: beside };
      adopt(
        vscode.window.createWebviewPanel(viewType, title, place, { ...webviewOptions, enableFindWidget: true }),
        runIds,
      );
    },
    dispose() {
      serializer.dispose();
      for (const panel of panels.values()) panel.dispose();
    },
  };
}

function panelKey(runIds: readonly string[]): string {
  return [...runIds].sort().join(' ');
}

function provisionalTitle(runIds: readonly string[], book: RunBook): string {
  const [first] = runIds;
  const name = first === undefined ? undefined : book.get(first)?.run.name;
  if (name === undefined) return vscode.l10n.t('Run');
  return runIds.length > 1 ? vscode.l10n.t('Compare {0}', name) : name;
}

/** The page keeps `{runIds}` as its state. It comes back from disk, so it is checked. */
function readRunIds(state: unknown): string[] | undefined {
  if (typeof state !== 'object' || state === null || !('runIds' in state) || !Array.isArray(state.runIds))
    return undefined;
  const ids = state.runIds.filter((id: unknown): id is string => typeof id === 'string');
  return ids.length > 0 && ids.length === state.runIds.length ? ids : undefined;
}

const commands: Record<Extract<PageToHost, { type: 'command' }>['command'], string> = {
  cancel: 'aiwb.cancelRun',
  resume: 'aiwb.resumeRun',
  export: 'aiwb.exportRun',
  openBenchmark: 'aiwb.openBenchmark',
  openHtml: 'aiwb.openReportHtml',
  openLog: 'aiwb.openLog',
  compare: 'aiwb.compareRuns',
};

async function runPageCommand(
  { command, runId }: Extract<PageToHost, { type: 'command' }>,
  runIds: readonly string[],
): Promise<void> {
  await vscode.commands.executeCommand(commands[command], runId ?? [...runIds]);
}
