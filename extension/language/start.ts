import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import { nodeSearch } from '../engine/engines.ts';
import { findNode } from '../engine/node-program.ts';

const languageIds: ReadonlySet<string> = new Set([
  'aiwb-bench',
  'aiwb-tune',
  'aiwb-policy',
  'aiwb-workbench',
  'aiwb-prompt',
]);

/** The part of the language client that is kept between start and stop. */
interface RunningClient {
  start(): Promise<void>;
  dispose(timeout?: number): Promise<void>;
}

export interface LanguageSupport extends vscode.Disposable {
  /** Stops the language server and starts it anew, with settings read again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the language server when the first of our documents is open, and not before. */
export function startLanguageSupportLazily(script: string, output: vscode.LogOutputChannel): LanguageSupport {
  let starting: Promise<RunningClient | undefined> | undefined;

  async function start(): Promise<RunningClient | undefined> {
    try {
      const [program, { createLanguageClient }] = await Promise.all([findNode(nodeSearch()), import('./client.ts')]);
      const client = createLanguageClient(program, script, output);
      await client.start();
      return client;
    } catch (error) {
      const message = vscode.l10n.t('Checking and completion are off. {0}', describeFailure(toFailure(error)));
      output.error(message);
      void vscode.window.showErrorMessage(message);
      return undefined;
    }
  }

  function startFor(document: vscode.TextDocument): void {
    if (languageIds.has(document.languageId)) starting ??= start();
  }

  async function stop(): Promise<void> {
    const client = await starting;
    starting = undefined;
    await client?.dispose().catch((error: unknown) => output.warn(toFailure(error).message));
  }

  const opened = vscode.workspace.onDidOpenTextDocument(startFor);
  for (const document of vscode.workspace.textDocuments) startFor(document);
  return {
    async restart() {
      await stop();
      for (const document of vscode.workspace.textDocuments) startFor(document);
    },
    stop,
    dispose: () => void opened.dispose(),
  };
}
