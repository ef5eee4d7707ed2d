import * as vscode from 'vscode';

const scheme = 'aiwb';

/** Read-only documents made of text that lies in no file. */
export interface VirtualDocuments extends vscode.Disposable {
  /** Shows Markdown rendered, as plain text where the preview is switched off. */
  previewMarkdown(title: string, text: string): Promise<void>;
  showLog(title: string, text: string): Promise<void>;
  /** Shows the text of a document beside what is open, with a stretch of it (in UTF-16 code units) selected and in sight. */
  showText(title: string, text: string, selected?: { readonly start: number; readonly end: number }): Promise<void>;
}

export function createVirtualDocuments(): VirtualDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();

  function put(title: string, extension: string, text: string): vscode.Uri {
    const name = title.replace(/[/\\:?#]+/g, ' ').trim();
    const uri = vscode.Uri.from({ scheme, path: `/${name}.${extension}` });
    texts.set(uri.toString(), text);
    changed.fire(uri);
    return uri;
  }

  const parts = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: uri => texts.get(uri.toString()) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === scheme) texts.delete(uri.toString());
    }),
  );
  return {
    async previewMarkdown(title, text) {
      const uri = put(title, 'md', text);
      try {
        await vscode.commands.executeCommand('markdown.showPreview', uri);
      } catch {
        await vscode.window.showTextDocument(uri, { preview: true });
      }
    },
    async showLog(title, text) {
      await vscode.window.showTextDocument(put(title, 'log', text), { preview: true });
    },
    async showText(title, text, selected) {
      // As Markdown its paragraphs, a line each, are wrapped.
      const document = await vscode.workspace.openTextDocument(put(title, 'md', text));
      // Line ends of another kind are one character in an editor: the same stretch begins earlier there.
      const at = (offset: number): vscode.Position =>
        document.positionAt(text.slice(0, offset).replace(/\r\n?/g, '\n').length);
      const options = { viewColumn: vscode.ViewColumn.Beside, preview: true };
      const editor = await vscode.window.showTextDocument(document, options);
      if (selected === undefined) return;
      const range = new vscode.Range(at(selected.start), at(selected.end));
      // With the cursor at its beginning, which stays in sight.
      editor.selection = new vscode.Selection(range.end, range.start);
      editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
    },
    dispose: () => void parts.dispose(),
  };
}
