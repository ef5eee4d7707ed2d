import { request } from 'node:http';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import { environmentNames, type BridgeResponse, type Theme, type WorkbenchActions } from '../protocol.ts';
import { themes } from '../themes.ts';

const activeMs = 10_000;

const kinds: Readonly<Record<Theme, vscode.ColorThemeKind>> = {
  light: vscode.ColorThemeKind.Light,
  dark: vscode.ColorThemeKind.Dark,
  'hc-dark': vscode.ColorThemeKind.HighContrast,
  'hc-light': vscode.ColorThemeKind.HighContrastLight,
};

/**
 * Drives VS Code's window from inside its extension host, through the launcher's browser.
 * Throws when nothing drives the window, as in desktop VS Code: see `skipUndriven`.
 */
export const driver: WorkbenchActions = {
  screenshot: (...values) => ask('screenshot', values),
  press: (...values) => ask('press', values),
  type: (...values) => ask('type', values),
  click: (...values) => ask('click', values),
  doubleClick: (...values) => ask('doubleClick', values),
  hover: (...values) => ask('hover', values),
  resize: (...values) => ask('resize', values),
  text: (...values) => ask('text', values),
  value: (...values) => ask('value', values),
  count: (...values) => ask('count', values),
  waitFor: (...values) => ask('waitFor', values),
  runCommand: (...values) => ask('runCommand', values),
  async openFile(relativePath) {
    await ask('openFile', [relativePath]);
    await untilActive(relativePath);
  },
  notifications: (...values) => ask('notifications', values),
  answerNotification: (...values) => ask('answerNotification', values),
  async webviewText(...values) {
    const text = await ask('webviewText', values);
    if (text !== '') return text;
    // Now and then VS Code in a browser does not give a webview its script: seen from outside, it has no text for as long as one waits.
    console.warn(`a webview stayed blank and is loaded anew: ${JSON.stringify(values[0] ?? {})}`);
    await vscode.commands.executeCommand('workbench.action.webview.reloadWebviewAction');
    return await ask('webviewText', values);
  },
  clickInWebview: (...values) => ask('clickInWebview', values),
  fillInWebview: (...values) => ask('fillInWebview', values),
  countInWebview: (...values) => ask('countInWebview', values),
  auditWebview: (...values) => ask('auditWebview', values),
};

/** Whether a launcher drives this window. */
export function isDriven(): boolean {
  return Boolean(process.env[environmentNames.bridge]);
}

/** Skips the running test, or a whole `describe` from its `before`, where nothing drives the window. */
export function skipUndriven(context: Mocha.Context): void {
  if (!isDriven()) context.skip();
}

/** Switches the colour theme and resolves when VS Code shows it. Needs no launcher. */
export async function setTheme(theme: Theme): Promise<void> {
  const id = themes[theme].ids.find(isContributed);
  if (id === undefined) throw new Error(`This VS Code has no ${theme} theme of ours: ${themes[theme].ids.join(', ')}.`);
  const configuration = vscode.workspace.getConfiguration('workbench');
  // By default the system's light or dark is shown, whatever the setting's own default says.
  const isShown = vscode.window.activeColorTheme.kind === kinds[theme];
  if (isShown && configuration.get('colorTheme') === id) return;
  const changed = new Promise<void>(resolve => {
    const subscription = vscode.window.onDidChangeActiveColorTheme(() => {
      subscription.dispose();
      resolve();
    });
  });
  await configuration.update('colorTheme', id, vscode.ConfigurationTarget.Global);
  // No event comes when the chosen theme is the one that was shown by default.
  if (!isShown) await Promise.race([changed, delay(5000)]);
  await delay(300);
}

/** The window shows a tab before the extension host hears of it. */
async function untilActive(relativePath: string): Promise<void> {
  const isActive = (): boolean => {
    const input: unknown = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    if (input instanceof vscode.TabInputText) return isFile(vscode.window.activeTextEditor?.document.uri, relativePath);
    return !(input instanceof Object && 'uri' in input) || isFile(input.uri as vscode.Uri, relativePath);
  };
  const deadline = Date.now() + activeMs;
  while (!isActive()) {
    if (Date.now() > deadline) throw new Error(`${relativePath} did not become the active editor.`);
    await delay(20);
  }
}

function isFile(uri: vscode.Uri | undefined, relativePath: string): boolean {
  return uri?.path.endsWith(`/${relativePath}`) ?? false;
}

function isContributed(id: string): boolean {
  return vscode.extensions.all.some(({ packageJSON }) => {
    const { contributes } = packageJSON as { contributes?: { themes?: { id?: string; label: string }[] } };
    return contributes?.themes?.some(theme => (theme.id ?? theme.label) === id) ?? false;
  });
}

async function ask<K extends keyof WorkbenchActions>(
  action: K,
  values: Parameters<WorkbenchActions[K]>,
): Promise<Awaited<ReturnType<WorkbenchActions[K]>>> {
  const url = process.env[environmentNames.bridge];
  if (!url) throw new Error(`Nothing drives this window, so "${action}" cannot be asked of it.`);
  const response = JSON.parse(await post(url, JSON.stringify({ action, arguments: values }))) as BridgeResponse;
  if ('error' in response) throw new Error(`${action}: ${response.error}`);
  return response.value as Awaited<ReturnType<WorkbenchActions[K]>>;
}

/** VS Code routes its extension host's `fetch` through its proxy settings; this stays on the loopback interface. */
async function post(url: string, body: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${process.env[environmentNames.token]}`,
      'content-type': 'application/json',
    };
    const outgoing = request(url, { method: 'POST', headers }, incoming => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        if (incoming.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`The launcher answered ${incoming.statusCode}.`));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
