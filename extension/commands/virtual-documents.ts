import * as vscode from 'vscode';

const scheme = 'aiwb';

/** Read-only documents made of text that lies in no file. */
export interface VirtualDocuments extends vscode.Disposable {
  /** Shows Markdown rendered, as plain text where the preview is switched off. */
  previewMarkdown(title: string, text: string): Promise<void>;
  showLog(title: string, text: string): Promise<void>;
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
    dispose: () => void parts.dispose(),
  };
}
