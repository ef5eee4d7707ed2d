import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import {
  createConnection,
  type ClientCapabilities,
  type PublishDiagnosticsParams,
  type Range,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import type { LanguageServerPorts } from '../../language-server/ports.ts';
import { startLanguageServer } from '../../language-server/server.ts';
import { createLanguageServerPorts } from '../../cli/lsp.ts';

/** An editor that speaks the language server protocol with a server in this process, over a folder of its own. */
export interface LanguageClient {
  readonly folder: string;
  uri(relative: string): string;
  write(relative: string, text: string): Promise<void>;
  /** Opens a document under its file's URI, or any other. */
  open(relative: string, languageId: string, text: string, uri?: string): string;
  /** Replaces a document's text; `version` counts up by itself. */
  change(uri: string, text: string): number;
  /** Replaces a part of a document, as a keystroke does. */
  edit(uri: string, range: Range, text: string): number;
  close(uri: string): void;
  notifyFileChanged(relative: string): void;
  /** Replaces what the editor has set under `aiWorkbench`. */
  changeSettings(settings: object): Promise<void>;
  request<T>(method: string, params: object): Promise<T>;
  /** The next findings published for a document that satisfy `accept`. */
  nextDiagnostics(
    uri: string,
    accept?: (params: PublishDiagnosticsParams) => boolean,
  ): Promise<PublishDiagnosticsParams>;
  /** Everything published so far. */
  readonly published: readonly PublishDiagnosticsParams[];
  /** What the server wrote to its log. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export interface LanguageClientOptions {
  /** In place of the real ones. */
  readonly ports?: Partial<LanguageServerPorts>;
  /** What the editor has set under `aiWorkbench`. */
  readonly settings?: object;
  /** In place of those of an editor that knows snippets, settings and watching. */
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: object;
}

export async function startLanguageClient(
  files: Readonly<Record<string, string>> = {},
  options: LanguageClientOptions = {},
): Promise<LanguageClient> {
  const folder = await mkdtemp(path.join(tmpdir(), 'aiwb-lsp-'));
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const serverConnection = createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  startLanguageServer(serverConnection, { ...createLanguageServerPorts(undefined), ...options.ports });
  const connection = createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const published: PublishDiagnosticsParams[] = [];
  const log: string[] = [];
  const waiting = new Set<(params: PublishDiagnosticsParams) => void>();
  const versions = new Map<string, number>();
  let settings = options.settings ?? {};
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const listener of waiting) listener(params);
  });
  connection.onNotification('window/logMessage', (params: { message: string }) => void log.push(params.message));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
    items.map(() => settings),
  );
  connection.listen();

  function sendChange(uri: string, change: TextDocumentContentChangeEvent): number {
    const version = (versions.get(uri) ?? 0) + 1;
    versions.set(uri, version);
    void connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [change],
    });
    return version;
  }

  const client: LanguageClient = {
    folder,
    published,
    log,
    uri: relative => pathToFileURL(path.join(folder, relative)).href,
    async write(relative, text) {
      const file = path.join(folder, relative);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    open(relative, languageId, text, uri = client.uri(relative)) {
      versions.set(uri, 1);
      void connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
      return uri;
    },
    change: (uri, text) => sendChange(uri, { text }),
    edit: (uri, range, text) => sendChange(uri, { range, text }),
    close(uri) {
      void connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    },
    notifyFileChanged(relative) {
      void connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: client.uri(relative), type: 2 }],
      });
    },
    async changeSettings(changed) {
      settings = changed;
      await connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    },
    request: (method, params) => connection.sendRequest(method, params),
    nextDiagnostics: (uri, accept = () => true) =>
      new Promise(resolve => {
        const listener = (params: PublishDiagnosticsParams): void => {
          if (params.uri !== uri || !accept(params)) return;
          waiting.delete(listener);
          resolve(params);
        };
        waiting.add(listener);
      }),
    async stop() {
      await connection.sendRequest('shutdown');
      connection.dispose();
      serverConnection.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const [relative, text] of Object.entries(files)) await client.write(relative, text);
  await connection.sendRequest('initialize', {
    processId: null,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'test' }],
    ...(options.initializationOptions && { initializationOptions: options.initializationOptions }),
    capabilities: options.capabilities ?? {
      textDocument: { completion: { completionItem: { snippetSupport: true } } },
      workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true }, workspaceFolders: true },
    },
  });
  await connection.sendNotification('initialized', {});
  return client;
}
