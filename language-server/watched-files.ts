import { WatchKind, type FileSystemWatcher } from 'vscode-languageserver';

/** Endings of what the checks look at. */
const endings = ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet', 'gz', 'md'];
const ours = ['bench', 'tune', 'policy', 'framework', 'prompt'];

/** What an editor is asked to watch. Of a folder that goes it tells only the folder, whatever its name. */
export const watchers: readonly FileSystemWatcher[] = [
  { globPattern: '**/workbench.{yaml,yml}' },
  { globPattern: `**/*.{${ours.join()}}.{yaml,yml}` },
  { globPattern: `**/*.{${endings.join()}}` },
  { globPattern: '**/*', kind: WatchKind.Delete },
];

/** Whether a file of this name is looked at by the checks. */
export function isWatchedFile(uri: string): boolean {
  const name = uri.slice(uri.lastIndexOf('/') + 1).toLowerCase();
  return (
    endings.some(ending => name.endsWith(`.${ending}`)) ||
    /(^workbench|\.(bench|tune|policy|framework|prompt))\.ya?ml$/.test(name)
  );
}
