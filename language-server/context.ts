import type { Connection, TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ParsedDocuments } from './documents.ts';
import type { History } from './history.ts';
import type { LanguageServerPorts } from './ports.ts';
import type { Settings } from './settings.ts';
import type { Workspace } from './workspace.ts';

/** What every feature is given. */
export interface ServerContext {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly parsed: ParsedDocuments;
  readonly workspace: Workspace;
  /** What was measured and registered before. */
  readonly history: History;
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
  readonly watchesFiles: boolean;
  readonly configuration: boolean;
  /** Asks for a document's findings instead of being sent them. */
  readonly pullsDiagnostics: boolean;
  /** Can be told that findings, hints or tokens it has are old. */
  readonly refreshesDiagnostics: boolean;
  readonly refreshesInlayHints: boolean;
  readonly refreshesSemanticTokens: boolean;
  readonly progress: boolean;
  /** Makes, renames and deletes files that an edit asks for. */
  readonly fileOperations: boolean;
  /** Holds an edit to the versions of the documents it was made for. */
  readonly documentChanges: boolean;
  /** Asks for an action's edit once it is chosen. */
  readonly resolvesActions: boolean;
  /** The workspace may be read beyond its own files: VS Code's Restricted Mode says no. */
  readonly trusted: boolean;
}

/** A signal for work that belongs to one request. */
export function signalOf(token: {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): unknown;
}): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
