import { LSPErrorCodes, ResponseError, type Connection, type TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Checker } from './diagnostics/checked.ts';
import type { DatasetReader } from './memory/dataset-facts.ts';
import type { ParsedDocuments } from './documents.ts';
import type { FoldingWishes } from './syntax/folds.ts';
import type { Estimates } from './memory/estimates.ts';
import type { History } from './memory/history.ts';
import type { NameIndex } from './names/name-index.ts';
import type { Notebooks } from './notebooks.ts';
import type { LanguageServerPorts } from './ports.ts';
import type { Settings } from './settings.ts';
import type { Workspace } from './workspace.ts';

/** What every feature is given. */
export interface ServerContext {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly parsed: ParsedDocuments;
  readonly workspace: Workspace;
  readonly notebooks: Notebooks;
  /** What the workspace's documents name, and where. */
  readonly names: NameIndex;
  /** What was measured and registered before. */
  readonly history: History;
  /** Finds what is wrong with documents. */
  readonly checker: Checker;
  readonly datasets: DatasetReader;
  readonly estimates: Estimates;
  readonly ports: LanguageServerPorts;
  /** Known from `initialize` on. */
  readonly client: ClientFeatures;
  /** Changes when the person changes them. */
  readonly settings: Settings;
  onSettingsChanged(listener: () => void): void;
}

/** What the client said it can do. */
export interface ClientFeatures {
  readonly snippets: boolean;
  /** What a list of offers may say once for all of its items. */
  readonly completionDefaults: readonly string[];
  readonly watchesFiles: boolean;
  readonly configuration: boolean;
  /** Has workspace folders that come and go. */
  readonly changesFolders: boolean;
  /** Asks for a document's findings instead of being sent them. */
  readonly pullsDiagnostics: boolean;
  /** Can be told that findings, hints or tokens it has are old. */
  readonly refreshesDiagnostics: boolean;
  readonly refreshesInlayHints: boolean;
  readonly refreshesSemanticTokens: boolean;
  readonly folding: FoldingWishes;
  /** Shows Markdown in hovers. */
  readonly showsMarkdown: boolean;
  /** Asks for a hint's tooltip when it is looked at. */
  readonly resolvesInlayHints: boolean;
  readonly progress: boolean;
  /** Takes edits with the version of the document they are for. */
  readonly versionedEdits: boolean;
  /** Shows from where a definition was asked, and asks before a rename whether there is something to rename. */
  readonly definitionLinks: boolean;
  readonly preparesRename: boolean;
  /** Makes, renames and deletes files that an edit asks for. */
  readonly fileOperations: boolean;
  /** Asks for an action's edit once it is chosen. */
  readonly resolvesActions: boolean;
  /** The workspace may be read beyond its own files: VS Code's Restricted Mode says no. */
  readonly trusted: boolean;
}

/**
 * A signal for work that belongs to one request. What it throws is answered as a cancelled request: as any other failure, VS Code would show it
 * to whoever has only gone on to another file.
 */
export function signalOf(token: {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): unknown;
}): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    const reason = new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
    // What catches failures on the way tells cancellations by this name.
    reason.name = 'AbortError';
    controller.abort(reason);
  };
  if (token.isCancellationRequested) abort();
  else token.onCancellationRequested(abort);
  return controller.signal;
}
