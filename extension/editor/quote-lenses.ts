import * as vscode from 'vscode';
import { toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { plain } from '../connect/words.ts';
import type { Engines } from '../engine/engines.ts';
import { createRefresh } from './lens-provider.ts';

/** *policy.pdf, page 4 · Show in document* above every quote of a policy that names its document by digest. */
export function registerQuoteLenses(engines: Engines, log: Log): vscode.Disposable {
  const refresh = createRefresh();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: refresh.event,
    async provideCodeLenses(document, token) {
      const text = document.getText();
      // Most policies quote nothing: no engine is asked for them.
      if (!vscode.workspace.isTrusted || !/\bquote\b/.test(text) || !/\bsha256\b/.test(text)) return [];
      const engine = engines.of(document.uri);
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      try {
        const { quotes } = await engine.request('documents/quotes', { text }, controller.signal);
        return quotes.map(({ line, quote, document: digest, name, page }) => {
          const title = `$(quote) ${titleOf(name, page)}`;
          const command = { title, command: 'aiwb.showQuote', arguments: [engine.folder, digest, quote] };
          return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command);
        });
      } catch (error) {
        if (!token.isCancellationRequested) log.warn(toFailure(error).message);
        return [];
      }
    },
  };
  return vscode.Disposable.from(
    refresh,
    vscode.languages.registerCodeLensProvider({ language: 'aiwb-policy' }, provider),
    vscode.workspace.onDidGrantWorkspaceTrust(() => refresh.now()),
  );
}

function titleOf(name: string | undefined, page: number | undefined): string {
  const document = name === undefined ? vscode.l10n.t('the document') : plain(name);
  return page === undefined
    ? vscode.l10n.t('Show in {0}', document)
    : vscode.l10n.t('Show on page {0} of {1}', page, document);
}
