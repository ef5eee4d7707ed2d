import { DiagnosticRefreshRequest, FileChangeType } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { isFileKind, kindOfPath, type DocumentKind } from '../../engine/documents/kinds.ts';
import { findReferences } from '../../engine/notebooks/result-names.ts';
import type { ServerContext } from '../context.ts';
import { changedKinds, createAges, dependents, type ChangedKind } from '../diagnostics/ages.ts';
import { createDocumentPull, createResultIds } from '../diagnostics/pull.ts';
import { createWorkspacePull } from '../diagnostics/pull-workspace.ts';
import { createPusher } from '../diagnostics/push.ts';
import type { Feature } from '../feature.ts';
import { isCell, notebookOf, pathOfUri } from '../uris.ts';
import { isWatchedFile } from '../watched-files.ts';
import { kindOfDocument } from '../documents.ts';

/** Milliseconds after a change before documents that depend on it are checked again. */
const patience = 100;

/**
 * Findings: asked for by clients that can ask, sent to others when a document opens, after each edit, and when something it depends on changes. An
 * answer for a version that is no longer the newest is never given.
 */
export const diagnostics: Feature = {
  capabilities: client =>
    client.pullsDiagnostics
      ? { diagnosticProvider: { identifier: 'aiwb', interFileDependencies: true, workspaceDiagnostics: true } }
      : {},
  register: registerDiagnostics,
};

function registerDiagnostics(context: ServerContext): void {
  const { connection, documents, parsed, ports, checker } = context;
  const pusher = createPusher(context, checker);
  const ages = createAges();
  const ids = createResultIds();
  const opened = new Set<string>();
  /** What cells call their results, by their URIs. */
  const resultNames = new Map<string, string>();
  /** What waits to be checked again: dependents by the kind that changed, and cells by their notebook. */
  const waiting = new Map<string, () => void>();

  // Editors that ask do so for documents with a tab of their own; cells of notebooks have none.
  const isPushed = ({ uri }: TextDocument): boolean => !context.client.pullsDiagnostics || isCell(uri);

  function askAgain(): void {
    if (!context.client.pullsDiagnostics || !context.client.refreshesDiagnostics) return;
    // A client that is about to leave, or has left, need not answer.
    try {
      connection.sendRequest(DiagnosticRefreshRequest.type).catch(() => undefined);
    } catch {
      return;
    }
  }

  function checkAgain(kinds: readonly DocumentKind[], except?: string): void {
    // A cell uses files, and no other cell.
    const isOfFile = except === undefined || !isCell(except);
    const affected = documents.all().filter(document => {
      const kind = kindOfDocument(document);
      if (kind === undefined || document.uri === except) return false;
      return kinds.includes(kind) || (isOfFile && parsed.latest(document)?.cell?.use !== undefined);
    });
    for (const document of affected) if (isPushed(document)) pusher.schedule(document);
    if (affected.some(document => !isPushed(document))) askAgain();
  }

  /** Soon checks what depends on a kind, once however often it changes until then. */
  function checkDependents(changed: ChangedKind, except?: string): void {
    ages.advance([changed]);
    soon(`${changed} ${except ?? ''}`, () => {
      checkAgain(dependents[changed], except);
    });
  }

  /** Checks the cells of a notebook again whose findings depend on what its other cells call their results. */
  function checkNaming(cells: readonly TextDocument[]): void {
    for (const cell of cells) {
      const read = parsed.latest(cell);
      if (read !== undefined && (read.cell?.as !== undefined || findReferences(read.kind, read.draft).length > 0))
        pusher.schedule(cell);
    }
  }

  /** A cell that calls its result otherwise than before concerns the others of its notebook, soon and once for all that change. */
  function followName({ uri }: TextDocument, name: string | undefined): void {
    if (!isCell(uri) || resultNames.get(uri) === name) return;
    if (name === undefined) resultNames.delete(uri);
    else resultNames.set(uri, name);
    soon(notebookOf(uri), () => {
      checkNaming(context.notebooks.cellsOf(uri));
    });
  }

  /** Does something after a silence, once however often it is asked for until then. */
  function soon(key: string, act: () => void): void {
    waiting.get(key)?.();
    waiting.set(
      key,
      ports.clock.after(patience, () => {
        waiting.delete(key);
        act();
      }),
    );
  }

  /** Tells whether documents lay below it: a folder went. */
  function forgetFile(uri: string): boolean {
    const path = pathOfUri(uri);
    return path !== undefined && context.workspace.forget(path);
  }

  documents.onDidChangeContent(({ document }) => {
    const isNew = !opened.has(document.uri);
    opened.add(document.uri);
    // Without watching, files may have come and gone since the last document was opened.
    if (isNew && !context.client.watchesFiles) {
      context.workspace.forgetAll();
      ages.advanceAll();
    }
    const kind = kindOfDocument(document);
    if (kind !== undefined && isPushed(document)) pusher.schedule(document);
    if (isCell(document.uri)) followName(document, parsed.parse(document)?.cell?.as);
    const changed = kind ?? kindOfPath(document.uri);
    if (changed !== undefined && isFileKind(changed)) checkDependents(changed, document.uri);
  });
  documents.onDidClose(({ document }) => {
    opened.delete(document.uri);
    followName(document, undefined);
    const kind = kindOfDocument(document);
    if (kind === undefined) return;
    forgetFile(document.uri);
    if (isPushed(document)) pusher.drop(document.uri);
    if (isFileKind(kind)) checkDependents(kind);
  });
  context.notebooks.onOrder(cells => {
    checkNaming(cells);
  });
  connection.onDidChangeWatchedFiles(({ changes: changed }) => {
    const folders = changed.filter(({ uri }) => forgetFile(uri));
    // Of a deletion that is none of ours nothing depends, unless it is a folder's.
    const files = changed.filter(({ uri, type }) => type !== FileChangeType.Deleted || isWatchedFile(uri));
    const kinds = new Set<ChangedKind>(files.map(({ uri }) => kindOfPath(uri) ?? 'other'));
    for (const kind of folders.length > 0 ? changedKinds : kinds) checkDependents(kind);
  });
  context.onSettingsChanged(() => {
    ages.advanceAll();
    for (const document of documents.all()) if (isPushed(document)) pusher.schedule(document);
    askAgain();
  });
  context.estimates.onArrival(uri => {
    const document = documents.get(uri);
    if (document !== undefined && isPushed(document)) pusher.schedule(document);
    else askAgain();
  });
  connection.languages.diagnostics.on(createDocumentPull(context, checker, ids, ages, askAgain));
  connection.languages.diagnostics.onWorkspace(createWorkspacePull(context, checker, ids, ages));
}
