import {
  DidChangeWatchedFilesNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Files } from '../engine/ports/files.ts';
import type { ServerContext } from './context.ts';
import { createParsedDocuments } from './documents.ts';
import { registerCodeActions } from './features/code-actions.ts';
import { registerCompletion } from './features/completion.ts';
import { registerDefinition } from './features/definition.ts';
import { registerDiagnostics } from './features/diagnostics.ts';
import { registerDocumentLinks } from './features/document-links.ts';
import { registerHover } from './features/hover.ts';
import { registerSymbols } from './features/symbols.ts';
import { createWorkspace } from './workspace.ts';

export interface LanguageServerPorts {
  readonly files: Files;
}

/** Serves one client over `connection` until it exits. Listens at once. */
export function startLanguageServer(connection: Connection, ports: LanguageServerPorts): void {
  const documents = new TextDocuments(TextDocument);
  const parsed = createParsedDocuments();
  const workspace = createWorkspace(ports.files, documents, parsed);
  const context: ServerContext = {
    connection,
    documents,
    workspace,
    parsed,
    client: { snippets: false, watchesFiles: false },
  };

  connection.onInitialize(params => {
    const { textDocument, workspace: clientWorkspace } = params.capabilities;
    context.client.snippets = textDocument?.completion?.completionItem?.snippetSupport === true;
    context.client.watchesFiles = clientWorkspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    workspace.setRoots((params.workspaceFolders ?? []).map(folder => folder.uri));
    return {
      serverInfo: { name: 'aiwb' },
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        hoverProvider: true,
        completionProvider: { triggerCharacters: [':', ' ', '-', '[', '{', ',', '"', "'", '/'] },
        documentSymbolProvider: true,
        documentLinkProvider: {},
        definitionProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix'] },
        workspace: {
          workspaceFolders: { supported: true, changeNotifications: clientWorkspace?.workspaceFolders === true },
        },
      },
    };
  });
  connection.onInitialized(() => {
    followFolders(context);
  });
  registerDiagnostics(context, documents);
  registerHover(context);
  registerCompletion(context);
  registerSymbols(context);
  registerDocumentLinks(context);
  registerDefinition(context);
  registerCodeActions(context);
  documents.onDidClose(({ document }) => context.parsed.forget(document.uri));
  documents.listen(connection);
  connection.listen();
}

/** Keeps the workspace folders up to date, and has the client watch what the checks look at. */
function followFolders({ connection, client, workspace }: ServerContext): void {
  connection.workspace.onDidChangeWorkspaceFolders(() => {
    void connection.workspace
      .getWorkspaceFolders()
      .then(folders => workspace.setRoots((folders ?? []).map(folder => folder.uri)));
  });
  if (!client.watchesFiles) return;
  const globPatterns = [
    '**/workbench.{yaml,yml}',
    '**/*.{bench,tune,policy,prompt}.{yaml,yml}',
    '**/*.{jsonl,ndjson,csv,tsv}',
    '**/*.md',
  ];
  connection.client
    .register(DidChangeWatchedFilesNotification.type, { watchers: globPatterns.map(globPattern => ({ globPattern })) })
    .catch(() =>
      connection.console.warn(
        'The editor does not watch files; reopen a document after the files it names have changed.',
      ),
    );
}
