import path from 'node:path';
import * as vscode from 'vscode';
import type {
  HostToPage,
  HostToTuningPage,
  PageToHost,
  RunFileFacts,
  TuningPageToHost,
} from '../../schemas/generated/messages.ts';
import type { Validator } from '../../schemas/generated/validators.js';
import type { Disposable } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { t } from '../base/translate.ts';
import { mountPage } from '../pages/page-mount.ts';
import { createPageSession, type PageSession } from '../pages/page-session.ts';
import { watchFile } from '../pages/watch-file.ts';
import { takeChart } from '../pages/take-chart.ts';
import { askCurrent } from './ask-current.ts';
import { openRunFile, type RunFile } from './open-run-file.ts';

export const runFileEditor = 'aiwb.run';

/** Ending of exported runs. */
export const runFileEnding = '.run.json';

/** Files that no disk holds are handed over whole. */
const mostHandedOver = 64 * 2 ** 20;

export interface RunFileEditorParts {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  /** Tells a failed command as a notification. */
  tell(error: unknown): void;
}

/**
 * Shows `*.run.json` files as the pages of their runs, read-only. It needs neither store nor engine process nor trust: figures and samples come
 * from the file. A file that changes on disk is read again.
 */
export function registerRunFileEditor(parts: RunFileEditorParts): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: uri => ({ uri, dispose: () => undefined }),
    async resolveCustomEditor(document, panel, token) {
      const shown = await showFile(document.uri, panel, parts);
      if (token.isCancellationRequested) shown.dispose();
      else panel.onDidDispose(() => shown.dispose());
    },
  };
  return vscode.window.registerCustomEditorProvider(runFileEditor, provider, {
    supportsMultipleEditorsPerDocument: true,
    webviewOptions: { enableFindWidget: true },
  });
}

/** What a page shows now, and how it hears that it is to show it anew. */
interface Shown {
  readonly loaded: Loaded;
  follow(refresh: () => void): Disposable;
}

/** A file as its page is to show it: open, or the reason why not. */
type Loaded = { readonly file: RunFile } | { readonly error: unknown };

/** Mounts the page the file's runs need; another one where the file has changed from one kind to the other. */
async function showFile(uri: vscode.Uri, panel: vscode.WebviewPanel, parts: RunFileEditorParts): Promise<Disposable> {
  const script = vscode.Uri.joinPath(parts.extensionUri, 'dist', 'run-file-worker.mjs').fsPath;
  const opening = load(uri, script);
  // One after the other: an editor that writes in pieces is read until it has ended, also one that writes while the file is opened.
  let reading: Promise<unknown> = opening;
  const watcher = watchFile(uri, `*${runFileEnding}`, () => {
    reading = reading.then(reload).catch(parts.tell);
  });
  let loaded = await opening;
  let page: Disposable | undefined;
  let isClosed = false;
  /** Has the page that stands there load anew, so that its reader keeps the place. */
  let refresh = (): void => undefined;
  const shown: Shown = {
    get loaded() {
      return loaded;
    },
    follow(again) {
      refresh = again;
      return { dispose: () => undefined };
    },
  };

  function mount(): void {
    page?.dispose();
    page = isTuning(loaded)
      ? mountPage(panel, tuningBundle, tuningSession(uri, panel, shown, parts), parts)
      : mountPage(panel, reportBundle, reportSession(uri, panel, shown, parts), parts);
  }

  async function reload(): Promise<void> {
    const next = await load(uri, script);
    const former = loaded;
    loaded = next;
    release(former);
    if (isClosed) release(next);
    else if (isTuning(former) === isTuning(next)) refresh();
    else mount();
  }

  mount();
  return {
    dispose() {
      isClosed = true;
      watcher.dispose();
      page?.dispose();
      release(loaded);
    },
  };
}

async function load(uri: vscode.Uri, script: string): Promise<Loaded> {
  const name = path.basename(uri.path);
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (uri.scheme === 'file') return { file: await openRunFile(script, { path: uri.fsPath }, name) };
    if (size > mostHandedOver) throw tooLarge(name);
    const bytes = Uint8Array.from(await vscode.workspace.fs.readFile(uri));
    return { file: await openRunFile(script, { bytes }, name) };
  } catch (error) {
    return { error };
  }
}

function tooLarge(name: string): FailureError {
  return new FailureError({
    code: 'file-too-large',
    message: t('{0} is too large to be shown from where it is.', name),
    remedy: t('Copy it to a folder on this machine and open it there.'),
  });
}

function release(loaded: Loaded): void {
  if ('file' in loaded) loaded.file.dispose();
}

function isTuning(loaded: Loaded): boolean {
  return 'file' in loaded && loaded.file.tuning !== undefined;
}

const reportBundle = {
  name: 'report',
  loadValidator: async (): Promise<Validator<PageToHost>> =>
    (await import('../../schemas/generated/validators.js')).validatePageToHost,
} as const;

const tuningBundle = {
  name: 'tuning',
  loadValidator: async (): Promise<Validator<TuningPageToHost>> =>
    (await import('../../schemas/generated/validators.js')).validateTuningPageToHost,
} as const;

function reportSession(
  uri: vscode.Uri,
  { webview }: vscode.WebviewPanel,
  shown: Shown,
  { tell }: RunFileEditorParts,
): PageSession<PageToHost> {
  const post = (message: HostToPage): void => void webview.postMessage(message);
  // A file that is read anew is closed while its page may still wait for rows of it.
  const ask = <T>(question: (file: RunFile) => Promise<T>): Promise<T> =>
    askCurrent(
      () => shown.loaded,
      loaded => question(fileOf(loaded)),
    );
  return createPageSession<PageToHost, HostToPage>({
    load() {
      const { report, facts } = fileOf(shown.loaded);
      if (report === undefined) throw new Error('The file holds no report.');
      return Promise.resolve({ title: report.title, message: { type: 'report', report, file: withImport(facts) } });
    },
    follow: refresh => shown.follow(refresh),
    async answer(message) {
      switch (message.type) {
        case 'samples':
          post({ type: 'samples', request: message.request, page: await ask(file => file.samples(message.query)) });
          return;
        case 'wholeSample': {
          const row = await ask(file => file.sample(message.reference));
          post({ type: 'wholeSample', request: message.request, row });
          return;
        }
        case 'disagreements': {
          const page = await ask(file => file.disagreements(message.query));
          post({ type: 'disagreements', request: message.request, page });
          return;
        }
        case 'chart':
          await takeChart(message).catch(tell);
          return;
        case 'command':
          await runFileCommand(message.command, uri).catch(tell);
      }
    },
    post,
    // An editor is called like its file.
    onTitle: () => undefined,
  });
}

function tuningSession(
  uri: vscode.Uri,
  { webview }: vscode.WebviewPanel,
  shown: Shown,
  { tell }: RunFileEditorParts,
): PageSession<TuningPageToHost> {
  return createPageSession<TuningPageToHost, HostToTuningPage>({
    load() {
      const { tuning, facts } = fileOf(shown.loaded);
      if (tuning === undefined) throw new Error('The file holds no tuning runs.');
      return Promise.resolve({ title: '', message: { type: 'tuning', comparison: tuning, file: facts } });
    },
    follow: refresh => shown.follow(refresh),
    answer: message =>
      (message.type === 'chart' ? takeChart(message) : runFileCommand(message.command, uri)).catch(tell),
    post: message => void webview.postMessage(message),
    onTitle: () => undefined,
  });
}

function fileOf(loaded: Loaded): RunFile {
  if ('file' in loaded) return loaded.file;
  throw loaded.error;
}

/** A store to import into is there where engines may run. */
function withImport(facts: RunFileFacts): RunFileFacts {
  const canImport = vscode.workspace.isTrusted && (vscode.workspace.workspaceFolders ?? []).length > 0;
  return { ...facts, canImport };
}

/** What can be done with a file alone. */
async function runFileCommand(command: string, uri: vscode.Uri): Promise<void> {
  if (command === 'openSource') await vscode.commands.executeCommand('aiwb.openExportedRunSource', uri);
  else if (command === 'import') await vscode.commands.executeCommand('aiwb.importResults', uri);
  else {
    void vscode.window.showInformationMessage(
      t('An exported run is read-only. Import it to work with it as with a run of your own.'),
    );
  }
}
