import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  CancellationToken,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
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
  /** `token` cancels it; `onPartial` takes partial results. */
  request<T>(
    method: string,
    params: object,
    options?: { readonly token?: CancellationToken; readonly onPartial?: (value: unknown) => void },
  ): Promise<T>;
  notify(method: string, params: object): void;
  /** The next findings published for a document that satisfy `accept`. */
  nextDiagnostics(
    uri: string,
    accept?: (params: PublishDiagnosticsParams) => boolean,
  ): Promise<PublishDiagnosticsParams>;
  /** How often the server asked to be asked for findings again. */
  readonly refreshes: () => number;
  /** Everything published so far. */
  readonly published: readonly PublishDiagnosticsParams[];
  /** Reports of work in progress, and parts of results, by their tokens. */
  readonly progress: readonly { readonly token: string | number; readonly value: unknown }[];
  /** The first report of work in progress, past or to come, that satisfies `accept`. */
  nextProgress(
    accept: (value: { readonly kind?: string }) => boolean,
  ): Promise<{ readonly token: string | number; readonly value: unknown }>;
  /** What the server wrote to its log. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export interface LanguageClientOptions {
  /** In place of the real ones. */
  readonly ports?: Partial<LanguageServerPorts>;
  /** What the editor has set under `aiWorkbench`. */
  readonly settings?: object;
  /** The opened folders, relative to the client's own; it alone where absent. */
  readonly roots?: readonly string[];
  /** In place of those of an editor that knows snippets, settings and watching. */
  readonly capabilities?: ClientCapabilities;
  readonly initializationOptions?: object;
  /** How the editor answers further requests of the server, by method. */
  readonly answers?: Readonly<Record<string, (params: unknown) => unknown>>;
  /** The server says that something the editor has is old, such as `inlayHint`. */
  readonly onRefresh?: (what: string) => void;
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
  const progress: { token: string | number; value: unknown }[] = [];
  const waiting = new Set<(params: PublishDiagnosticsParams) => void>();
  const versions = new Map<string, number>();
  let settings = options.settings ?? {};
  let refreshes = 0;
  const partials = new Map<string | number, (value: unknown) => void>();
  let tokens = 0;
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const listener of waiting) listener(params);
  });
  connection.onNotification('window/logMessage', (params: { message: string }) => void log.push(params.message));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onNotification('$/progress', (params: (typeof progress)[number]) => {
    progress.push(params);
    partials.get(params.token)?.(params.value);
  });
  for (const what of ['inlayHint', 'diagnostic', 'semanticTokens', 'codeLens'])
    connection.onRequest(`workspace/${what}/refresh`, () => {
      if (what === 'diagnostic') refreshes += 1;
      options.onRefresh?.(what);
      return null;
    });
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly unknown[] }) =>
    items.map(() => settings),
  );
  for (const [method, answer] of Object.entries(options.answers ?? {})) connection.onRequest(method, answer);
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
    progress,
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
    refreshes: () => refreshes,
    notify: (method, params) => void connection.sendNotification(method, params),
    async request(method, params, { token = CancellationToken.None, onPartial } = {}) {
      if (onPartial === undefined) return connection.sendRequest(method, params, token);
      const partialResultToken = `partial-${String((tokens += 1))}`;
      partials.set(partialResultToken, onPartial);
      try {
        return await connection.sendRequest(method, { ...params, partialResultToken }, token);
      } finally {
        partials.delete(partialResultToken);
      }
    },
    nextDiagnostics: (uri, accept = () => true) =>
      new Promise(resolve => {
        const listener = (params: PublishDiagnosticsParams): void => {
          if (params.uri !== uri || !accept(params)) return;
          waiting.delete(listener);
          resolve(params);
        };
        waiting.add(listener);
      }),
    async nextProgress(accept) {
      for (;;) {
        const found = progress.find(({ value }) => accept(value as { readonly kind?: string }));
        if (found !== undefined) return found;
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    },
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
    workspaceFolders: (options.roots ?? ['']).map(root => ({
      uri: pathToFileURL(path.join(folder, root)).href,
      name: root === '' ? 'test' : root,
    })),
    ...(options.initializationOptions && { initializationOptions: options.initializationOptions }),
    capabilities: options.capabilities ?? {
      textDocument: { completion: { completionItem: { snippetSupport: true } } },
      workspace: { configuration: true, didChangeWatchedFiles: { dynamicRegistration: true }, workspaceFolders: true },
    },
  });
  await connection.sendNotification('initialized', {});
  return client;
}
