import path from 'node:path';
import * as vscode from 'vscode';

/** What is used of the interface that VS Code's Git extension offers to others. */
interface GitRepository {
  log(options: { readonly maxEntries: number; readonly path: string }): Promise<readonly GitCommit[]>;
  show(reference: string, path: string): Promise<string>;
}

interface GitCommit {
  readonly hash: string;
  readonly message: string;
  readonly commitDate?: Date;
}

interface GitExtension {
  /** False where the setting `git.enabled` is off, and where there is no git. */
  readonly enabled: boolean;
  getAPI(version: 1): { getRepository(uri: vscode.Uri): GitRepository | null };
}

/** A file as it was committed. */
export interface FileVersion {
  readonly commit: string;
  /** First line of the commit's message. */
  readonly message: string;
  readonly at: Date | undefined;
  read(): Promise<Uint8Array>;
}

/** As far back as versions are offered. */
const mostVersions = 20;

/** The newest committed versions of a file; none without Git, where Git is switched off, or outside a repository. */
export async function fileVersions(uri: vscode.Uri): Promise<FileVersion[]> {
  if (uri.scheme !== 'file') return [];
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (extension === undefined) return [];
  const git = extension.isActive ? extension.exports : await extension.activate();
  if (!git.enabled) return [];
  const repository = git.getAPI(1).getRepository(uri);
  if (repository === null) return [];
  const commits = await repository.log({ maxEntries: mostVersions, path: uri.fsPath });
  return commits.map(({ hash, message, commitDate }) => ({
    commit: hash,
    message: message.split('\n')[0] ?? '',
    at: commitDate,
    read: async () => new TextEncoder().encode(await repository.show(hash, uri.fsPath)),
  }));
}

/** `a.scorecard.json (1a2b3c4)` */
export function nameOfVersion(uri: vscode.Uri, { commit }: FileVersion): string {
  return `${path.basename(uri.path)} (${commit.slice(0, 7)})`;
}
