import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { sortChanges, type TextChange } from '../../engine/edits/change.ts';
import { indexLines } from '../../engine/documents/lines.ts';
import type { ServerContext } from '../context.ts';
import { uriOfPath } from '../uris.ts';
import type { Edits, NewFile, Scene } from './offer.ts';

/** Edits in the protocol's form, tied to the versions of the documents they were made for where the client can hold them to that. */
export function toWorkspaceEdit(scene: Scene, { changes = [], files = [], other }: Edits): WorkspaceEdit {
  const { server, document, uri } = scene;
  const own = toTextEdits(document.getText(), changes);
  const otherUri = other && uriOfPath(other.path);
  const others = other && toTextEdits(other.text, other.changes);
  if (!server.client.versionedEdits) {
    return {
      changes: {
        ...(own.length > 0 && { [uri]: own }),
        ...(otherUri !== undefined && others !== undefined && { [otherUri]: others }),
      },
    };
  }
  return {
    documentChanges: [
      ...files.flatMap(createFile),
      ...(otherUri !== undefined && others !== undefined
        ? [editOf(otherUri, versionOf(server, otherUri), others)]
        : []),
      ...(own.length > 0 ? [editOf(uri, document.version, own)] : []),
    ],
  };
}

function createFile({ path, text }: NewFile): NonNullable<WorkspaceEdit['documentChanges']> {
  const uri = uriOfPath(path);
  const start = { line: 0, character: 0 };
  return [
    { kind: 'create', uri, options: { overwrite: false } },
    editOf(uri, null, [{ range: { start, end: start }, newText: text }]),
  ];
}

function editOf(uri: string, version: number | null, edits: TextEdit[]): TextDocumentEdit {
  return { textDocument: { uri, version }, edits };
}

/** Files that are not open have no version. */
function versionOf({ documents }: ServerContext, uri: string): number | null {
  return documents.get(uri)?.version ?? null;
}

function toTextEdits(text: string, changes: readonly TextChange[]): TextEdit[] {
  const lines = indexLines(text);
  return sortChanges(changes).map(({ start, end, text: newText }) => ({ range: lines.rangeAt(start, end), newText }));
}
