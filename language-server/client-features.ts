import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver';
import type { ClientFeatures } from './context.ts';

/** Before `initialize` nothing is known, and nothing is offered. */
export const unknownClient: ClientFeatures = {
  snippets: false,
  completionDefaults: [],
  watchesFiles: false,
  configuration: false,
  changesFolders: false,
  pullsDiagnostics: false,
  refreshesDiagnostics: false,
  refreshesInlayHints: false,
  refreshesSemanticTokens: false,
  folding: { limit: Infinity, linesOnly: false },
  showsMarkdown: false,
  resolvesInlayHints: false,
  progress: false,
  versionedEdits: false,
  definitionLinks: false,
  preparesRename: false,
  fileOperations: false,
  resolvesActions: false,
  trusted: false,
};

/** What a client says of itself; `trusted` comes with VS Code's initialization options, other editors have no such notion. */
export function readClientFeatures({ capabilities, initializationOptions }: InitializeParams): ClientFeatures {
  const { textDocument, workspace, window }: ClientCapabilities = capabilities;
  const operations = workspace?.workspaceEdit?.resourceOperations ?? [];
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    completionDefaults: textDocument?.completion?.completionList?.itemDefaults ?? [],
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    configuration: workspace?.configuration === true,
    changesFolders: workspace?.workspaceFolders === true,
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    refreshesDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshesInlayHints: workspace?.inlayHint?.refreshSupport === true,
    refreshesSemanticTokens: workspace?.semanticTokens?.refreshSupport === true,
    folding: {
      limit: textDocument?.foldingRange?.rangeLimit ?? Infinity,
      linesOnly: textDocument?.foldingRange?.lineFoldingOnly === true,
    },
    showsMarkdown: textDocument?.hover?.contentFormat?.includes('markdown') ?? true,
    resolvesInlayHints: textDocument?.inlayHint?.resolveSupport?.properties.includes('tooltip') === true,
    progress: window?.workDoneProgress === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    definitionLinks: textDocument?.definition?.linkSupport === true,
    preparesRename: textDocument?.rename?.prepareSupport === true,
    resolvesActions: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') === true,
    fileOperations: operations.includes('create') && workspace?.workspaceEdit?.documentChanges === true,
    trusted: !isUntrusted(initializationOptions),
  };
}

function isUntrusted(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'trusted' in options && options.trusted === false;
}
