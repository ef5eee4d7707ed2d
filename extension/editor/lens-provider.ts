import * as vscode from 'vscode';
import { createThrottle, type Throttle } from '../base/throttle.ts';

/** A lens that changes more often than it can be read, or than VS Code asks for it, may stay on an old text. */
const refreshMs = 1000;
/** Milliseconds after which whoever answers for lenses has heard of what changed, too, and VS Code has asked. */
const settleMs = 3000;

/** Tells VS Code that lenses are old. */
export interface Refresh extends vscode.Disposable {
  readonly event: vscode.Event<void>;
  now(): void;
  /** Soon, and once for whatever comes until then. */
  soon(): void;
  /**
   * Once more when all is quiet. VS Code drops a change that comes while it still asks for lenses, and the language server hears of files
   * later than this window does.
   */
  settle(): void;
}

export function createRefresh(): Refresh {
  const changed = new vscode.EventEmitter<void>();
  const throttle: Throttle<'lenses', undefined> = createThrottle(refreshMs, () => changed.fire());
  let settling: NodeJS.Timeout | undefined;
  return {
    event: changed.event,
    now: () => changed.fire(),
    soon: () => throttle.push('lenses', undefined),
    settle() {
      clearTimeout(settling);
      settling = setTimeout(() => changed.fire(), settleMs);
    },
    dispose() {
      clearTimeout(settling);
      throttle.dispose();
      changed.dispose();
    },
  };
}

/** Commands above a document's first line of content; none in Restricted Mode. */
export function registerTopLenses(
  selector: vscode.DocumentFilter | readonly vscode.DocumentFilter[],
  refresh: Refresh,
  commandsOf: (
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ) => vscode.Command[] | Promise<vscode.Command[]>,
): vscode.Disposable {
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: refresh.event,
    async provideCodeLenses(document, token) {
      if (!vscode.workspace.isTrusted) return [];
      const { range } = document.lineAt(firstContentLine(document));
      return (await commandsOf(document, token)).map(command => new vscode.CodeLens(range, command));
    },
  };
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider(selector, provider),
    vscode.workspace.onDidGrantWorkspaceTrust(() => refresh.now()),
  );
}

export function firstContentLine(document: vscode.TextDocument): number {
  for (let line = 0; line < Math.min(document.lineCount, 50); line++) {
    if (/^\w/.test(document.lineAt(line).text)) return line;
  }
  return 0;
}
