import * as vscode from 'vscode';
import { vsdiag, type LanguageClientOptions, type Middleware } from 'vscode-languageclient/node';

/** Findings that the client asks the server for. */
export interface PulledFindings {
  readonly collectionProvider: NonNullable<LanguageClientOptions['diagnosticCollectionProvider']>;
  readonly provideDiagnostics: NonNullable<Middleware['provideDiagnostics']>;
  /** To be called when a document has closed. */
  forget(document: vscode.TextDocument): void;
}

/**
 * Keeps what the client asked for from outliving its document: the client counts on an answer for the whole workspace to replace it, and
 * files outside the workspace, and cells, have no part in one.
 */
export function createPulledFindings(): PulledFindings {
  const collections = new Set<vscode.DiagnosticCollection>();
  return {
    collectionProvider: {
      create(name, source) {
        const collection = vscode.languages.createDiagnosticCollection(name);
        if (source.valueOf() === 'pull') collections.add(collection);
        return collection;
      },
      dispose(collection) {
        collections.delete(collection);
        collection.dispose();
      },
    },
    // The server sends what it finds in cells, which have no tab of their own, by itself; asked for, it would be shown twice.
    provideDiagnostics: (document, resultId, token, next) =>
      isCell(document)
        ? { kind: vsdiag.DocumentDiagnosticReportKind.full, items: [] }
        : next(document, resultId, token),
    forget({ uri }) {
      if (vscode.workspace.getWorkspaceFolder(uri) !== undefined) return;
      for (const collection of collections) collection.delete(uri);
    },
  };
}

function isCell(document: vscode.TextDocument | vscode.Uri): boolean {
  return ('uri' in document ? document.uri : document).scheme === 'vscode-notebook-cell';
}
