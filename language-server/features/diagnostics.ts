import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { checkBenchmark } from '../../engine/documents/benchmark-checks.ts';
import type { Diagnostic } from '../../engine/documents/diagnostic.ts';
import { kindOfLanguage, kindOfPath, type DocumentKind } from '../../engine/documents/kinds.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { checkPolicy, viewPolicies } from '../../engine/documents/policy-checks.ts';
import { checkPrompt } from '../../engine/documents/prompt-checks.ts';
import { checkTuningJob } from '../../engine/documents/tune-checks.ts';
import { checkWorkbench } from '../../engine/documents/workbench-checks.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { pathOfUri } from '../uris.ts';

/** Milliseconds of silence after an edit before a document is checked. */
const patience = 100;

/**
 * Pushes a document's findings when it opens, shortly after each edit, and when a file it depends on changes. An answer for
 * a version that is no longer the newest is never sent.
 */
export const diagnostics: Feature = {
  capabilities: () => ({}),
  register: registerDiagnostics,
};

function registerDiagnostics(context: ServerContext): void {
  const { connection, documents } = context;
  const pending = new Map<string, AbortController>();

  function schedule(document: TextDocument, delay: number): void {
    if (kindOfLanguage(document.languageId) === undefined) return;
    const { uri } = document;
    pending.get(uri)?.abort();
    const controller = new AbortController();
    pending.set(uri, controller);
    const timer = setTimeout(() => void publish(uri, controller.signal), delay);
    controller.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async function publish(uri: string, signal: AbortSignal): Promise<void> {
    const document = documents.get(uri);
    if (document === undefined) return;
    const { version } = document;
    try {
      const found = await collectDiagnostics(context, document, signal);
      if (signal.aborted || documents.get(uri)?.version !== version) return;
      const diagnostics = found.map(diagnostic => toLsp(diagnostic, uri));
      await connection.sendDiagnostics({ uri, version, diagnostics });
    } catch (error) {
      if (!signal.aborted) connection.console.error(`Checking ${uri} failed: ${String(error)}`);
    }
  }

  function scheduleDependents(kind: DocumentKind | undefined, except?: string): void {
    for (const document of documents.all()) {
      const own = kindOfLanguage(document.languageId);
      if (own !== undefined && document.uri !== except && dependents[kind ?? 'other'].includes(own))
        schedule(document, patience);
    }
  }

  const opened = new Set<string>();
  documents.onDidChangeContent(({ document }) => {
    const isNew = !opened.has(document.uri);
    opened.add(document.uri);
    // Without watching, files may have come and gone since the last document was opened.
    if (isNew && !context.client.watchesFiles) context.workspace.forgetAll();
    schedule(document, isNew ? 0 : patience);
    const kind = kindOfLanguage(document.languageId) ?? kindOfPath(document.uri);
    if (kind !== undefined) scheduleDependents(kind, document.uri);
  });
  documents.onDidClose(({ document }) => {
    opened.delete(document.uri);
    pending.get(document.uri)?.abort();
    pending.delete(document.uri);
    const kind = kindOfLanguage(document.languageId);
    if (kind === undefined) return;
    forgetFile(document.uri);
    void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
    scheduleDependents(kind);
  });
  connection.onDidChangeWatchedFiles(({ changes: changed }) => {
    for (const { uri } of changed) forgetFile(uri);
    for (const kind of new Set(changed.map(({ uri }) => kindOfPath(uri)))) scheduleDependents(kind);
  });

  function forgetFile(uri: string): void {
    const path = pathOfUri(uri);
    if (path !== undefined) context.workspace.forget(path);
  }
}

/** Kinds whose findings depend on files of a kind; `other` are datasets and cards. */
const dependents: Readonly<Record<DocumentKind | 'other', readonly DocumentKind[]>> = {
  bench: ['policy'],
  tune: [],
  policy: ['policy'],
  // It also says where the workspace starts.
  workbench: ['bench', 'tune', 'policy'],
  prompt: ['bench'],
  other: ['bench', 'tune'],
};

/** Everything that is wrong with a document: in itself, and against the files around it. */
export async function collectDiagnostics(
  context: ServerContext,
  document: TextDocument,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const parsed = context.parsed.parse(document);
  if (parsed === undefined) return [];
  return [...parsed.diagnostics, ...(await runChecks(context, document.uri, parsed, signal))];
}

async function runChecks(
  context: ServerContext,
  uri: string,
  parsed: ParsedDocument,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  if (isKind(parsed, 'workbench')) return checkWorkbench(parsed);
  if (isKind(parsed, 'prompt')) return checkPrompt(parsed);
  if (parsed.value === undefined) return [];
  if (isKind(parsed, 'policy')) {
    const library = await context.workspace.library(uri);
    return library === undefined ? [] : checkPolicy(parsed, viewPolicies(library, library.path, library.file), signal);
  }
  const view = await context.workspace.view(uri);
  if (view === undefined) return [];
  if (isKind(parsed, 'bench')) return checkBenchmark(parsed, view, signal);
  return isKind(parsed, 'tune') ? checkTuningJob(parsed, view, signal) : [];
}

function isKind<K extends ParsedDocument['kind']>(parsed: ParsedDocument, kind: K): parsed is ParsedDocument<K> {
  return parsed.kind === kind;
}

function toLsp(diagnostic: Diagnostic, uri: string): LspDiagnostic {
  const { code, severity, message, range, replacement, related } = diagnostic;
  return {
    source: 'aiwb',
    code,
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    message,
    range,
    ...(replacement !== undefined && { data: { replacement } }),
    ...(related && {
      relatedInformation: related.map(other => ({ message: other.message, location: { uri, range: other.range } })),
    }),
  };
}
