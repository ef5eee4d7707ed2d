import * as vscode from 'vscode';

/**
 * Tells when a file that an editor shows changes, comes or goes. Names with glob characters are no patterns: all files of the folder that are
 * called like `kind` are watched, and this one picked out.
 */
export function watchFile(uri: vscode.Uri, kind: string, onChange: () => void): vscode.Disposable {
  // A side of a comparison with git's history does not change.
  if (uri.scheme !== 'file') return new vscode.Disposable(() => undefined);
  const folder = vscode.Uri.joinPath(uri, '..');
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, kind));
  const changed = (other: vscode.Uri): void => {
    if (other.toString() === uri.toString()) onChange();
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(changed),
    watcher.onDidCreate(changed),
    watcher.onDidDelete(changed),
  );
}
