import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { sortChanges, type TextChange } from '../../engine/edits/change.ts';
import { indexLines } from '../../engine/documents/lines.ts';
import { toWorkspaceEdit as editDocuments, type DocumentEdits } from '../names/edits.ts';
import { uriOfPath } from '../uris.ts';
import type { Edits, NewFile, Scene } from './offer.ts';

/** Edits in the protocol's form, tied to the versions of the documents they were made for where the client can hold them to that. */
export function toWorkspaceEdit(scene: Scene, { changes = [], files = [], other }: Edits): WorkspaceEdit {
  const { server, document, uri } = scene;
  const documents: DocumentEdits[] = [];
  if (other !== undefined) {
    const otherUri = uriOfPath(other.path);
    const { version } = server.documents.get(otherUri) ?? {};
    documents.push({ uri: otherUri, version, edits: toTextEdits(other.text, other.changes) });
  }
  if (changes.length > 0)
    documents.push({ uri, version: document.version, edits: toTextEdits(document.getText(), changes) });
  const edit = editDocuments(documents, server.client);
  return edit.documentChanges === undefined
    ? edit
    : { documentChanges: [...files.flatMap(createFile), ...edit.documentChanges] };
}

function createFile({ path, text }: NewFile): NonNullable<WorkspaceEdit['documentChanges']> {
  const uri = uriOfPath(path);
  const start = { line: 0, character: 0 };
  return [
    { kind: 'create', uri, options: { overwrite: false } },
    { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: text }] },
  ];
}

function toTextEdits(text: string, changes: readonly TextChange[]): TextEdit[] {
  const lines = indexLines(text);
  return sortChanges(changes).map(({ start, end, text: newText }) => ({ range: lines.rangeAt(start, end), newText }));
}
