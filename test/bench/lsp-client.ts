import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { Diagnostic, InitializeResult, Position, PublishDiagnosticsParams, Range } from 'vscode-languageserver';

/** A language server in a process of its own, and the editor that talks to it. */
export interface ServerProcess {
  readonly capabilities: InitializeResult['capabilities'];
  open(uri: string, languageId: string, text: string): void;
  /** Sends one change and waits for the findings of the text after it; milliseconds until then. */
  edit(
    uri: string,
    range: Range,
    text: string,
  ): Promise<{ readonly ms: number; readonly findings: readonly Diagnostic[] }>;
  /** The findings of a document just opened. */
  firstFindings(uri: string): Promise<readonly Diagnostic[]>;
  request(method: string, params: object): Promise<unknown>;
  /** Resident memory now and at its highest, MB; 0 where the system does not tell. */
  memory(): { readonly now: number; readonly peak: number };
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Of the program and its arguments, for this Node. */
  readonly args: readonly string[];
  readonly folder: string;
  /** What the editor has set, by section. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Starts a server and initialises it as VS Code would. */
export async function startServerProcess({ args, folder, settings }: ServerOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Map<string, (published: PublishDiagnosticsParams) => void>();
  const versions = new Map<string, number>();
  connection.onNotification('textDocument/publishDiagnostics', (published: PublishDiagnosticsParams) => {
    const { uri, version } = published;
    // Some servers do not say which version they answer; with one edit at a time it is the newest.
    if (version !== undefined && version !== versions.get(uri)) return;
    waiting.get(uri)?.(published);
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/configuration', ({ items }: { items: readonly { section?: string }[] }) =>
    items.map(({ section = '' }) => settings[section] ?? null),
  );
  for (const refresh of ['diagnostic', 'inlayHint', 'semanticTokens', 'codeLens'])
    connection.onRequest(`workspace/${refresh}/refresh`, () => null);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.listen();
  const uri = pathToFileURL(folder).href;
  const { capabilities } = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: 'bench' }],
    capabilities: {
      textDocument: {
        completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
        hover: { contentFormat: ['markdown'] },
        publishDiagnostics: { relatedInformation: true, versionSupport: true },
        diagnostic: { dynamicRegistration: false, relatedDocumentSupport: false },
      },
      workspace: {
        configuration: true,
        workspaceFolders: true,
        didChangeConfiguration: { dynamicRegistration: true },
        didChangeWatchedFiles: { dynamicRegistration: true },
      },
    },
  });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings });

  const pulls = capabilities.diagnosticProvider !== undefined;

  async function findingsOf(document: string): Promise<readonly Diagnostic[]> {
    if (!pulls)
      return new Promise(resolve => {
        waiting.set(document, ({ diagnostics }) => {
          waiting.delete(document);
          resolve(diagnostics);
        });
      });
    const report = await connection.sendRequest<{ readonly items?: readonly Diagnostic[] }>('textDocument/diagnostic', {
      textDocument: { uri: document },
    });
    return report.items ?? [];
  }

  return {
    capabilities,
    open(document, languageId, text) {
      versions.set(document, 1);
      void connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: document, languageId, version: 1, text },
      });
    },
    async edit(document, range, text) {
      const version = (versions.get(document) ?? 0) + 1;
      versions.set(document, version);
      const start = performance.now();
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: document, version },
        contentChanges: [{ range, text }],
      });
      const findings = await findingsOf(document);
      return { ms: performance.now() - start, findings };
    },
    firstFindings: findingsOf,
    request: (method, params) => connection.sendRequest(method, params),
    memory: () => ({ now: readMemory(child.pid, 'VmRSS'), peak: readMemory(child.pid, 'VmHWM') }),
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      await ended;
      connection.dispose();
    },
  };
}

function readMemory(pid: number | undefined, field: string): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}
