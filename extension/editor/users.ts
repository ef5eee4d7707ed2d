import * as vscode from 'vscode';
import { topLevelScalar } from '../../schemas/cells.ts';

/** Who refers to something, as the language server knows it. */
export interface Users {
  /** Places in benchmarks, in the order the language server gives. */
  readonly places: readonly vscode.Location[];
  /** The benchmarks: files, and cells of notebooks. */
  readonly benchmarks: readonly vscode.Uri[];
}

/** The benchmarks that refer to what stands at `position`. */
export async function findUsers(uri: vscode.Uri, position: vscode.Position): Promise<Users> {
  const found = await vscode.commands.executeCommand<vscode.Location[]>(
    'vscode.executeReferenceProvider',
    uri,
    position,
  );
  const places = found.filter(place => isBenchmark(place.uri));
  const benchmarks = new Map(places.map(place => [place.uri.toString(), place.uri]));
  return { places, benchmarks: [...benchmarks.values()] };
}

/** *Used by 2 benchmarks*, which shows where. */
export function usersLens(uri: vscode.Uri, position: vscode.Position, { places, benchmarks }: Users): vscode.Command {
  const count = benchmarks.length;
  if (count === 0) return { title: vscode.l10n.t('Used by no benchmark'), command: '' };
  return {
    title: count === 1 ? vscode.l10n.t('Used by 1 benchmark') : vscode.l10n.t('Used by {0} benchmarks', count),
    command: 'editor.action.showReferences',
    arguments: [uri, position, places],
  };
}

/** The name a benchmark's file gives it, else the file's. */
export async function nameOfBenchmark(uri: vscode.Uri): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  return topLevelScalar(document.getText(), 'name') ?? vscode.workspace.asRelativePath(uri);
}

function isBenchmark({ scheme, path }: vscode.Uri): boolean {
  return scheme === 'vscode-notebook-cell' || /\.bench\.ya?ml$/.test(path);
}
