import {
  DocumentDiagnosticReportKind,
  type CancellationToken,
  type Diagnostic as LspDiagnostic,
  type ResultProgressReporter,
  type WorkDoneProgressReporter,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDiagnosticReportPartialResult,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import { fileEndings, kindOfPath, type DocumentKind } from '../../engine/documents/kinds.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { mostBytes } from '../../engine/documents/too-large.ts';
import { signalOf, type ServerContext } from '../context.ts';
import { findOpen } from '../documents.ts';
import { pathOfUri, uriOfPath } from '../uris.ts';
import type { Ages } from './ages.ts';
import type { Checker } from './checked.ts';
import { requestCancelled, type ResultIds } from './pull.ts';

/** Answers a client that asks for the findings of every file of its workspace. */
export type PullWorkspace = (
  params: WorkspaceDiagnosticParams,
  token: CancellationToken,
  progress: WorkDoneProgressReporter,
  partial?: ResultProgressReporter<WorkspaceDiagnosticReportPartialResult>,
) => Promise<WorkspaceDiagnosticReport>;

const endings: readonly string[] = [
  ...Object.values(fileEndings).flat(),
  '.prompt.yml',
  '.prompt.yaml',
  'workbench.yaml',
  'workbench.yml',
];
const filesAtOnce = 20;
/** Milliseconds of quiet after a change before the workspace is checked again. */
const quiet = 300;
/** What changes unseen is looked at again after so many milliseconds: the store and the opened folders, and files that the client does not watch. */
const patience = { watched: 60_000, unwatched: 10_000 };

/** What was found in a file, and for which state of it and of what it depends on. */
interface Kept {
  readonly state: string;
  readonly resultId: string;
  readonly version: number | null;
  readonly diagnostics: readonly LspDiagnostic[];
}

/**
 * A request is answered a few files at a time where the client takes partial results. One that brings nothing new stays open until something
 * changes: clients ask again as soon as they are answered.
 */
export function createWorkspacePull(
  context: ServerContext,
  checker: Checker,
  ids: ResultIds,
  ages: Ages,
): PullWorkspace {
  const { ports, workspace, documents, history } = context;
  const kept = new Map<string, Kept>();

  async function listPaths(signal: AbortSignal): Promise<readonly string[]> {
    const paths = new Set<string>();
    for (const root of workspace.roots()) {
      for (const path of await ports.files.find(root, endings, signal)) {
        if (kindOfPath(path) !== undefined) paths.add(path);
      }
      signal.throwIfAborted();
    }
    for (const path of kept.keys()) if (!paths.has(path)) kept.delete(path);
    return [...paths];
  }

  async function checkFile(path: string, kind: DocumentKind, signal: AbortSignal): Promise<Kept | undefined> {
    const open = findOpen(documents, path);
    const uri = open?.uri ?? uriOfPath(path);
    const around = `${ages.stampOf(kind)} ${String(await history.version(uri, signal))}`;
    const facts = open === undefined ? await ports.files.facts(path) : undefined;
    const own = open === undefined ? `${String(facts?.modified)} ${String(facts?.size)}` : `v${String(open.version)}`;
    const state = `${own} ${around}`;
    const known = kept.get(path);
    if (known?.state === state) return known;
    const parsed = open === undefined ? await parseFile(path, kind, signal) : context.parsed.parse(open);
    if (parsed === undefined) return undefined;
    const diagnostics = await checker.checkParsed(uri, parsed, signal).whole;
    const found = { state, resultId: ids.idOf(uri, diagnostics), version: open?.version ?? null, diagnostics };
    kept.set(path, found);
    return found;
  }

  async function parseFile(path: string, kind: DocumentKind, signal: AbortSignal) {
    try {
      return parseDocument(kind, await ports.files.readText(path, signal, mostBytes));
    } catch {
      // It is gone, or no text: whoever opens it is told.
      signal.throwIfAborted();
      return undefined;
    }
  }

  /** One look at every file; returns whether anything was new. */
  async function checkAll(
    previous: Map<string, string>,
    send: (items: WorkspaceDocumentDiagnosticReport[]) => void,
    progress: WorkDoneProgressReporter,
    signal: AbortSignal,
  ): Promise<boolean> {
    const paths = await listPaths(signal);
    const gone = new Set(previous.keys());
    let batch: WorkspaceDocumentDiagnosticReport[] = [];
    let isNew = false;
    for (const [index, path] of paths.entries()) {
      const kind = kindOfPath(path);
      const found = kind === undefined ? undefined : await checkFile(path, kind, signal);
      signal.throwIfAborted();
      if (found !== undefined) {
        const uri = documents.all().find(open => pathOfUri(open.uri) === path)?.uri ?? uriOfPath(path);
        gone.delete(uri);
        const isSame = previous.get(uri) === found.resultId;
        isNew ||= !isSame;
        previous.set(uri, found.resultId);
        batch.push(toReport(uri, found, isSame));
      }
      if (batch.length >= filesAtOnce) {
        send(batch);
        batch = [];
        progress.report(Math.round((100 * index) / paths.length));
      }
      await nextTurn();
    }
    for (const uri of gone) {
      previous.delete(uri);
      ids.forget(uri);
      batch.push({ kind: DocumentDiagnosticReportKind.Full, uri, version: null, items: [] });
    }
    if (batch.length > 0) send(batch);
    return isNew || gone.size > 0;
  }

  return async ({ previousResultIds }, token, progress, partial) => {
    const signal = signalOf(token);
    const previous = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    const whole: WorkspaceDocumentDiagnosticReport[] = [];
    progress.begin('Checking the workspace', 0, undefined, true);
    try {
      for (let round = 0; ; round += 1) {
        const isNew = await checkAll(
          previous,
          items => (partial === undefined ? whole.push(...items) : partial.report({ items })),
          progress,
          signal,
        );
        if (isNew || partial === undefined) return { items: whole };
        if (round === 0) progress.done();
        await nextChange(context, ages, signal);
      }
    } catch (error) {
      throw signal.aborted ? requestCancelled() : error;
    } finally {
      progress.done();
    }
  };
}

function toReport(
  uri: string,
  { resultId, version, diagnostics }: Kept,
  isSame: boolean,
): WorkspaceDocumentDiagnosticReport {
  return isSame
    ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version, resultId }
    : { kind: DocumentDiagnosticReportKind.Full, uri, version, resultId, items: [...diagnostics] };
}

/** Resolves a while after the next change. Rejects with the signal's reason. */
async function nextChange({ client, ports }: ServerContext, ages: Ages, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stopListening = ages.onNext(finish);
    const stopTimer = ports.clock.after(client.watchesFiles ? patience.watched : patience.unwatched, finish);
    const stop = (): void => {
      stopListening();
      stopTimer();
      signal.removeEventListener('abort', abort);
    };
    function finish(): void {
      stop();
      resolve();
    }
    function abort(): void {
      stop();
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    }
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
  await ports.clock.sleep(quiet, signal);
}

/** Lets other messages be handled between two files. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
