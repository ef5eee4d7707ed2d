import type { FileOperationRegistrationOptions } from 'vscode-languageserver';
import { formatOfPath } from '../../engine/datasets/formats.ts';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { toWorkspaceEdit } from '../names/edits.ts';
import { findMoveEdits } from '../names/moves.ts';
import { pathOfUri } from '../uris.ts';

type Filter = FileOperationRegistrationOptions['filters'][number];

/** What our files name by path, and the folders they lie in. */
const filters: readonly Filter[] = [
  '**/*.{bench,tune,policy,prompt}.{yaml,yml}',
  '**/workbench.{yaml,yml}',
  '**/*.ipynb',
  '**/*.{jsonl,ndjson,json,csv,tsv,parquet,gz}',
  '**/*.{md,txt,pdf,pem}',
  '**/*.{wav,mp3,flac,ogg,mp4,webm,png,jpg,jpeg,gif,webp}',
].map((glob): Filter => ({ scheme: 'file', pattern: { glob, matches: 'file' } }));
const folders: Filter = { scheme: 'file', pattern: { glob: '**', matches: 'folder' } };

/** Files that are renamed take the paths with them that name them. */
export const fileOperations: Feature = {
  capabilities() {
    const all = { filters: [...filters, folders] };
    return { workspace: { fileOperations: { willRename: all, didRename: all, didDelete: all, didCreate: all } } };
  },
  register: registerFileOperations,
};

function registerFileOperations(context: ServerContext): void {
  const { connection, names, workspace, ports } = context;
  connection.workspace.onWillRenameFiles(async ({ files }, token) => {
    const moves = files.flatMap(({ oldUri, newUri }) => {
      const from = pathOfUri(oldUri);
      const to = pathOfUri(newUri);
      return from === undefined || to === undefined ? [] : [{ from, to }];
    });
    const edits = await findMoveEdits(names, ports.files, moves, signalOf(token));
    return edits.length === 0 ? null : toWorkspaceEdit(edits, context.client);
  });
  connection.workspace.onDidRenameFiles(({ files }) => forget(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])));
  connection.workspace.onDidDeleteFiles(({ files }) => forget(files.map(({ uri }) => uri)));
  connection.workspace.onDidCreateFiles(({ files }) => forget(files.map(({ uri }) => uri)));

  /** Watchers say nothing of the files in a folder that moved. */
  function forget(uris: readonly string[]): void {
    const paths = uris.flatMap(uri => pathOfUri(uri) ?? []);
    for (const path of paths) if (kindOfPath(path) !== undefined) workspace.forget(path);
    if (paths.some(path => kindOfPath(path) === undefined && formatOfPath(path) === undefined)) workspace.forgetAll();
  }
}
