import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  State,
  type ErrorHandler,
  type Executable,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import type { NodeProgram } from '../engine/node-program.ts';
import { cellLanguages } from './cell-language.ts';
import { followCellOrder } from './cell-order.ts';
import { fileLanguages } from './documents.ts';
import { createPulledFindings } from './pulled-findings.ts';
import { createRestartBudget } from './restart-budget.ts';
import { createServedCells } from './served-cells.ts';

export interface LanguageClientParts {
  readonly program: NodeProgram;
  /** Absolute path of `aiwb.mjs`. */
  readonly script: string;
  /** Absolute path of the store that is used in place of the one workbench.yaml names. */
  readonly store: string | undefined;
  readonly output: vscode.LogOutputChannel;
  /** The server died too often, and is not started again. */
  onGivenUp(): void;
}

/** A language client between start and stop. */
export interface RunningClient {
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** Milliseconds a server gets to end by itself. */
const endMs = 2_000;

/** Creates the client of `aiwb lsp --stdio`; the caller starts and disposes it. */
export function createLanguageClient(parts: LanguageClientParts): RunningClient {
  const { program, script, store, output } = parts;
  const server: Executable = {
    command: program.path,
    args: [script, ...(store === undefined ? [] : ['--store', store]), 'lsp', '--stdio'],
    options: { env: { ...process.env, ...program.env } },
  };
  const cells = createServedCells();
  const pulled = createPulledFindings();
  const options: LanguageClientOptions = {
    documentSelector: documentSelector(),
    outputChannel: output,
    initializationOptions: () => ({ trusted: vscode.workspace.isTrusted }),
    // A start that fails is told by the caller, with what to do.
    initializationFailedHandler: () => false,
    errorHandler: createErrorHandler(parts, () => client.state === State.Starting),
    diagnosticPullOptions: { onChange: true, onSave: false, onFocus: true },
    diagnosticCollectionProvider: pulled.collectionProvider,
    middleware: {
      ...cells.middleware,
      provideDiagnostics: pulled.provideDiagnostics,
      async didClose(document, next) {
        await cells.middleware.didClose(document, next);
        pulled.forget(document);
      },
    },
  };
  let order: vscode.Disposable | undefined;
  const client: LanguageClient = new LanguageClient('aiWorkbench', 'AI Workbench', server, options);
  return {
    async start() {
      await client.start();
      cells.follow(client);
      order = followCellOrder(client);
    },
    async dispose() {
      cells.dispose();
      order?.dispose();
      await client.dispose(endMs);
    },
  };
}

/** Our files and cells; `yaml` cells because Jupyter tools write ours as such. */
function documentSelector(): { scheme: string; language: string }[] {
  return [
    ...fileLanguages.flatMap(language => ['file', 'untitled'].map(scheme => ({ scheme, language }))),
    ...[...cellLanguages, 'yaml'].map(language => ({ scheme: 'vscode-notebook-cell', language })),
  ];
}

/** Starts a server that dies again, until it dies too often. One that dies before it has answered would die again. */
function createErrorHandler({ output, onGivenUp }: LanguageClientParts, isStarting: () => boolean): ErrorHandler {
  const budget = createRestartBudget(Date.now);
  return {
    error(error) {
      output.error(error.message);
      return { action: ErrorAction.Continue, handled: true };
    },
    closed() {
      if (isStarting()) return { action: CloseAction.DoNotRestart, handled: true };
      if (budget.spend()) {
        output.warn(vscode.l10n.t('The language server ended unexpectedly. It is started again.'));
        return { action: CloseAction.Restart, handled: true };
      }
      onGivenUp();
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
}
