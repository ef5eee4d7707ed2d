import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver';
import type { ClientFeatures } from './context.ts';

/** Before `initialize` nothing is known, and nothing is offered. */
export const unknownClient: ClientFeatures = {
  snippets: false,
  watchesFiles: false,
  configuration: false,
  pullsDiagnostics: false,
  refreshesDiagnostics: false,
  refreshesInlayHints: false,
  refreshesSemanticTokens: false,
  progress: false,
  fileOperations: false,
  documentChanges: false,
  resolvesActions: false,
  trusted: false,
};

/** What a client says of itself; `trusted` comes with VS Code's initialization options, other editors have no such notion. */
export function readClientFeatures({ capabilities, initializationOptions }: InitializeParams): ClientFeatures {
  const { textDocument, workspace, window }: ClientCapabilities = capabilities;
  const operations = workspace?.workspaceEdit?.resourceOperations ?? [];
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    configuration: workspace?.configuration === true,
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesInlayHints: workspace?.inlayHint?.refreshSupport === true,
    refreshesSemanticTokens: workspace?.semanticTokens?.refreshSupport === true,
    progress: window?.workDoneProgress === true,
    documentChanges: workspace?.workspaceEdit?.documentChanges === true,
    resolvesActions: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true,
    fileOperations: operations.includes('create') && workspace?.workspaceEdit?.documentChanges === true,
    trusted: !isUntrusted(initializationOptions),
  };
}

function isUntrusted(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'trusted' in options && options.trusted === false;
}
