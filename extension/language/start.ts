import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import { createEmitter, type Event, type Nothing } from '../base/emitter.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import { nodeSearch } from '../engine/engines.ts';
import { findNode, type NodeProgram } from '../engine/node-program.ts';
import { readStore } from '../settings.ts';
import type { RunningClient } from './client.ts';
import { isServed } from './documents.ts';

export interface LanguageSupport extends vscode.Disposable {
  /** Whether the language server answers now. */
  readonly isReady: boolean;
  /** Fires whenever the language server has started. */
  readonly onReady: Event<Nothing>;
  /** Stops the language server and starts it anew, with settings read again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the language server when the first of our documents is open, and not before. */
export function startLanguageSupportLazily(script: string, output: vscode.LogOutputChannel): LanguageSupport {
  const ready = createEmitter<Nothing>();
  let running: Promise<RunningClient | undefined> | undefined;
  let isReady = false;
  /** What the running server was started with. */
  let usedStore: string | undefined;

  async function start(): Promise<RunningClient | undefined> {
    usedStore = commonStore(output);
    const store = usedStore;
    let client: RunningClient | undefined;
    try {
      const [program, { createLanguageClient }] = await Promise.all([findNode(nodeSearch()), import('./client.ts')]);
      logProgram(program, output);
      client = createLanguageClient({ program, script, store, output, onGivenUp: () => void tellGivenUp() });
      await client.start();
      isReady = true;
      ready.fire(undefined);
      return client;
    } catch (error) {
      void client?.dispose().catch(() => undefined);
      void tellNotStarted(describeFailure(toFailure(error)));
      return undefined;
    }
  }

  function startFor(documents: readonly vscode.TextDocument[]): void {
    if (running === undefined && documents.some(isServed)) running = start();
  }

  async function stop(): Promise<void> {
    const stopping = running;
    running = undefined;
    isReady = false;
    await (await stopping)?.dispose().catch((error: unknown) => output.warn(toFailure(error).message));
  }

  async function restart(): Promise<void> {
    await stop();
    startFor(vscode.workspace.textDocuments);
  }

  async function tellGivenUp(): Promise<void> {
    isReady = false;
    await tell(vscode.l10n.t('Checking and completion are off: the language server ended several times in a row.'));
  }

  async function tellNotStarted(reason: string): Promise<void> {
    await tell(vscode.l10n.t('Checking and completion are off. {0}', reason));
  }

  async function tell(message: string): Promise<void> {
    output.error(message);
    const again = vscode.l10n.t('Try Again');
    const show = vscode.l10n.t('Show Output');
    const answer = await vscode.window.showErrorMessage(message, again, show);
    if (answer === again) await restart();
    else if (answer === show) output.show();
  }

  const subscriptions = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(document => startFor([document])),
    // A cell opens before its notebook is known to be ours.
    vscode.workspace.onDidOpenNotebookDocument(notebook =>
      startFor(notebook.getCells().map(({ document }) => document)),
    ),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      if (running !== undefined && commonStore(output) !== usedStore) void restart();
    }),
    vscode.commands.registerCommand('aiwb.restartLanguageServer', restart),
    ready,
  );
  startFor(vscode.workspace.textDocuments);
  return {
    get isReady() {
      return isReady;
    },
    onReady: ready.event,
    restart,
    stop,
    dispose: () => void subscriptions.dispose(),
  };
}

/** Which Node it is matters when it is not VS Code's own: what goes wrong may be that one's doing. */
function logProgram(program: NodeProgram, output: vscode.LogOutputChannel): void {
  output.info(
    program.path === process.execPath
      ? vscode.l10n.t('The language server runs on the Node inside VS Code.')
      : vscode.l10n.t('The language server runs on {0}.', program.path),
  );
}

/** The store that the setting names for every folder. One server serves all folders, and can be told of one store. */
function commonStore(output: vscode.LogOutputChannel): string | undefined {
  const stores = (vscode.workspace.workspaceFolders ?? [])
    .filter(folder => folder.uri.scheme === 'file')
    .map(folder => {
      const store = readStore(folder);
      return store === undefined ? undefined : path.resolve(folder.uri.fsPath, store);
    });
  const [only, ...others] = new Set(stores);
  if (others.length === 0) return only;
  output.warn(
    vscode.l10n.t(
      'The folders of this window have different stores by the setting "aiWorkbench.store". Hints and checks read the stores that workbench.yaml names.',
    ),
  );
  return undefined;
}
