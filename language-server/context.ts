import type { Connection } from 'vscode-languageserver';
import type { OpenDocuments, ParsedDocuments } from './documents.ts';
import type { Workspace } from './workspace.ts';

/** What every feature is given. */
export interface ServerContext {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly parsed: ParsedDocuments;
  readonly workspace: Workspace;
  readonly client: ClientFeatures;
}

/** What the client said it can do; known from `initialize` on. */
export interface ClientFeatures {
  snippets: boolean;
  watchesFiles: boolean;
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
