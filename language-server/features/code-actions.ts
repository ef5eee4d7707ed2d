import { CodeActionKind, type CodeAction, type Diagnostic } from 'vscode-languageserver';
import { kindOfLanguage } from '../../engine/documents/kinds.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';

/** Quick fixes: puts what probably was meant in place of what a finding underlines. */
export const codeActions: Feature = {
  capabilities: () => ({ codeActionProvider: { codeActionKinds: ['quickfix'] } }),
  register: registerCodeActions,
};

function registerCodeActions({ connection, documents }: ServerContext): void {
  connection.onCodeAction(({ textDocument, context }) => {
    const document = documents.get(textDocument.uri);
    if (document === undefined || kindOfLanguage(document.languageId) === undefined) return [];
    return context.diagnostics.flatMap(diagnostic => {
      const newText = replacementOf(diagnostic);
      if (newText === undefined) return [];
      const action: CodeAction = {
        title: newText.trim() === '' ? 'Indent with spaces' : `Change to '${newText}'`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [textDocument.uri]: [{ range: diagnostic.range, newText }] } },
      };
      return [action];
    });
  });
}

/** The data comes back from the client and may be anything. */
function replacementOf(diagnostic: Diagnostic): string | undefined {
  if (diagnostic.source !== 'aiwb') return undefined;
  const data: unknown = diagnostic.data;
  if (typeof data !== 'object' || data === null || !('replacement' in data)) return undefined;
  return typeof data.replacement === 'string' ? data.replacement : undefined;
}
