import * as vscode from 'vscode';
import {
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  FoldingRangeRequest,
  InlayHintRequest,
  SemanticTokensRegistrationType,
  type LanguageClient,
  type Middleware,
} from 'vscode-languageclient/node';
import { isYamlCell, servedLanguage } from './documents.ts';

/** Milliseconds without an edit before a cell that has become another kind is opened as that. */
const patience = 150;

export interface ServedCells extends vscode.Disposable {
  readonly middleware: Required<Pick<Middleware, 'didOpen' | 'didChange' | 'didClose'>>;
  /** Follows notebooks for `client`, until disposed. */
  follow(client: LanguageClient): void;
}

/**
 * Opens `yaml` cells of our notebooks, as Jupyter tools write them, as what they hold, and again when they come to hold something else.
 * The server leaves YAML of others alone. Every cell is a document of its own, by its own URI.
 */
export function createServedCells(): ServedCells {
  /** What each open `yaml` cell was opened as, by its URI. */
  const opened = new Map<string, string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const subscriptions: vscode.Disposable[] = [];
  let reopen: (document: vscode.TextDocument) => void = () => undefined;

  function forget(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    opened.delete(uri);
    clearTimeout(timers.get(uri));
    timers.delete(uri);
  }

  function consider(document: vscode.TextDocument): void {
    const before = opened.get(document.uri.toString());
    if (before !== undefined && !document.isClosed && before !== servedLanguage(document)) reopen(document);
  }

  /** Later, and not between two edits: then nothing of the document is on its way to the server. */
  function considerSoon(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!opened.has(uri)) return;
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => consider(document), patience),
    );
  }

  function considerAll(notebook: vscode.NotebookDocument): void {
    for (const cell of notebook.getCells()) considerSoon(cell.document);
  }

  return {
    middleware: {
      async didOpen(document, next) {
        if (!isYamlCell(document)) {
          await next(document);
          return;
        }
        const language = servedLanguage(document);
        opened.set(document.uri.toString(), language);
        await next(language === document.languageId ? document : inLanguage(document, language));
      },
      async didChange(event, next) {
        await next(event);
        considerSoon(event.document);
      },
      async didClose(document, next) {
        forget(document);
        await next(document);
      },
    },
    follow(client) {
      reopen = document => reopenFor(client, document);
      subscriptions.push(
        vscode.workspace.onDidOpenNotebookDocument(considerAll),
        // Choosing a kernel makes a notebook ours, or somebody else's.
        vscode.workspace.onDidChangeNotebookDocument(({ notebook, metadata }) => {
          if (metadata !== undefined) considerAll(notebook);
        }),
      );
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      opened.clear();
    },
  };
}

/** The same document to all who look, but for its language. */
function inLanguage(document: vscode.TextDocument, languageId: string): vscode.TextDocument {
  return new Proxy(document, {
    get: (target, property) =>
      property === 'languageId' ? languageId : (Reflect.get(target, property, target) as unknown),
  });
}

/** Closes and opens a document for the server, which knows a document's language from its opening, and has VS Code ask anew. */
function reopenFor(client: LanguageClient, document: vscode.TextDocument): void {
  if (!client.isRunning()) return;
  const closing = client.getFeature(DidCloseTextDocumentNotification.method).getProvider(document);
  const opening = client.getFeature(DidOpenTextDocumentNotification.method).getProvider(document);
  // Neither waits for the other: messages keep the order in which they were begun.
  Promise.all([closing?.send(document), opening?.send(document)]).then(
    () => {
      client
        .getFeature(SemanticTokensRegistrationType.method)
        .getProvider(document)
        ?.onDidChangeSemanticTokensEmitter.fire();
      client.getFeature(InlayHintRequest.method).getProvider(document)?.onDidChangeInlayHints.fire();
      client.getFeature(FoldingRangeRequest.method).getProvider(document)?.onDidChangeFoldingRange.fire();
    },
    (error: unknown) => client.outputChannel.warn(String(error)),
  );
}
