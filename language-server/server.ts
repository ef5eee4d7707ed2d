import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readClientFeatures, unknownClient } from './client-features.ts';
import type { ClientFeatures, ServerContext } from './context.ts';
import { createDatasetReader } from './memory/dataset-facts.ts';
import { createChecker } from './diagnostics/checker.ts';
import { createParsedDocuments } from './documents.ts';
import { createEstimates } from './memory/estimates.ts';
import type { Feature } from './feature.ts';
import { codeActions } from './features/code-actions.ts';
import { completion } from './features/completion.ts';
import { definition } from './features/definition.ts';
import { diagnostics } from './features/diagnostics.ts';
import { documentHighlights } from './features/document-highlights.ts';
import { documentLinks } from './features/document-links.ts';
import { fileOperations } from './features/file-operations.ts';
import { folding } from './features/folding.ts';
import { formatting } from './features/formatting.ts';
import { hover } from './features/hover.ts';
import { inlayHints } from './features/inlay-hints.ts';
import { references } from './features/references.ts';
import { rename } from './features/rename.ts';
import { selectionRanges } from './features/selection-ranges.ts';
import { semanticTokens } from './features/semantic-tokens.ts';
import { symbols } from './features/symbols.ts';
import { workspaceSymbols } from './features/workspace-symbols.ts';
import { createHistory } from './memory/history.ts';
import { createNameIndex } from './names/name-index.ts';
import { showProgress } from './names/progress.ts';
import { createNotebooks } from './notebooks.ts';
import type { LanguageServerPorts } from './ports.ts';
import { defaultSettings, readSettings, type Settings } from './settings.ts';
import { watchers } from './watched-files.ts';
import { createWorkspace } from './workspace.ts';

const features: readonly Feature[] = [
  codeActions,
  completion,
  definition,
  diagnostics,
  documentHighlights,
  documentLinks,
  fileOperations,
  folding,
  formatting,
  hover,
  inlayHints,
  references,
  rename,
  selectionRanges,
  semanticTokens,
  symbols,
  workspaceSymbols,
];

/** Serves one client over `connection` until it exits. Listens at once. */
export function startLanguageServer(connection: Connection, ports: LanguageServerPorts): void {
  const documents = new TextDocuments(TextDocument);
  const parsed = createParsedDocuments();
  const workspace = createWorkspace(ports.files, documents, parsed, ports.digest, () => client.watchesFiles);
  let client: ClientFeatures = unknownClient;
  let settings: Settings = defaultSettings;
  const settingsListeners: (() => void)[] = [];
  const history = createHistory(
    ports,
    workspace,
    () => client.trusted,
    message => connection.console.warn(message),
  );
  const names = createNameIndex({
    files: ports.files,
    open: documents,
    parsed,
    workspace,
    watchesFiles: () => client.watchesFiles,
    showProgress: files => showProgress(connection, client.progress, files),
  });
  const datasets = createDatasetReader(ports.files, ports.digest, ports.clock);
  const notebooks = createNotebooks(connection, documents, parsed);
  const estimates = createEstimates(ports, workspace, history, () => client.trusted);
  const context: ServerContext = {
    connection,
    documents,
    workspace,
    notebooks,
    names,
    parsed,
    history,
    datasets,
    estimates,
    ports,
    get client() {
      return client;
    },
    get settings() {
      return settings;
    },
    get checker() {
      return checker;
    },
    onSettingsChanged: listener => void settingsListeners.push(listener),
  };
  const checker = createChecker(context);

  async function loadSettings(): Promise<void> {
    if (!client.configuration) return;
    try {
      settings = readSettings(await connection.workspace.getConfiguration('aiWorkbench'));
    } catch (error) {
      connection.console.warn(`The editor did not tell the settings under aiWorkbench: ${String(error)}`);
      return;
    }
    for (const listener of settingsListeners) listener();
  }

  connection.onInitialize(params => {
    client = readClientFeatures(params);
    workspace.setRoots((params.workspaceFolders ?? []).map(folder => folder.uri));
    return {
      serverInfo: { name: 'aiwb' },
      capabilities: offer(client, params.capabilities.workspace?.workspaceFolders),
    };
  });
  connection.onInitialized(async () => {
    followFolders(context);
    if (client.configuration) followSettings(connection);
    await loadSettings();
  });
  connection.onDidChangeConfiguration(() => void loadSettings());
  connection.onShutdown(() => {
    datasets.close();
    estimates.close();
    return history.close();
  });
  for (const feature of features) feature.register(context);
  documents.onDidClose(({ document }) => parsed.forget(document.uri));
  documents.listen(connection);
  connection.listen();
}

function followSettings(connection: Connection): void {
  connection.client
    .register(DidChangeConfigurationNotification.type, { section: 'aiWorkbench' })
    .catch(() => connection.console.warn('The editor does not tell of changed settings; restart it after a change.'));
}

function offer(client: ClientFeatures, changesFolders: boolean | undefined): ServerCapabilities {
  const workspace = {
    workspaceFolders: { supported: true, changeNotifications: changesFolders === true },
  };
  return features.reduce<ServerCapabilities>(
    (all, feature) => {
      const own = feature.capabilities(client);
      return { ...all, ...own, workspace: { ...all.workspace, ...own.workspace } };
    },
    { textDocumentSync: TextDocumentSyncKind.Incremental, workspace },
  );
}

/** Keeps the workspace folders up to date, and has the client watch what the checks look at. */
function followFolders({ connection, client, workspace }: ServerContext): void {
  // The library throws for clients that have none.
  if (client.changesFolders) {
    connection.workspace.onDidChangeWorkspaceFolders(() => {
      void connection.workspace
        .getWorkspaceFolders()
        .then(folders => workspace.setRoots((folders ?? []).map(folder => folder.uri)))
        .catch((error: unknown) => connection.console.warn(`The editor did not tell its folders: ${String(error)}`));
    });
  }
  if (!client.watchesFiles) return;
  connection.client
    .register(DidChangeWatchedFilesNotification.type, { watchers: [...watchers] })
    .catch(() =>
      connection.console.warn(
        'The editor does not watch files; reopen a document after the files it names have changed.',
      ),
    );
}
