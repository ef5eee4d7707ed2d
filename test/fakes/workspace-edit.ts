import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientCapabilities, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** What a client that knows everything about edits says of itself. */
export const editingCapabilities: ClientCapabilities = {
  textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } },
  workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] } },
};

/**
 * Does what an editor does with an edit: changes `text`, the document of `uri`, and makes and changes files on disk. Answers with the
 * document's new text. Throws for a file that is there already, and for positions outside of a text.
 */
export async function applyWorkspaceEdit(edit: WorkspaceEdit, uri: string, text: string): Promise<string> {
  let after = text;
  const edits = edit.documentChanges ?? listChanges(edit);
  for (const change of edits) {
    if ('kind' in change) {
      if (change.kind !== 'create') throw new Error(`${change.kind} is not applied here.`);
      await createEmpty(fileURLToPath(change.uri));
    } else if (change.textDocument.uri === uri) after = applyEdits(after, change);
    else {
      const file = fileURLToPath(change.textDocument.uri);
      await writeFile(file, applyEdits(await readFile(file, 'utf8'), change));
    }
  }
  return after;
}

function listChanges({ changes = {} }: WorkspaceEdit): readonly TextDocumentEdit[] {
  return Object.entries(changes).map(([uri, edits]) => ({ textDocument: { uri, version: null }, edits }));
}

async function createEmpty(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${file} is there already.`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
}

function applyEdits(text: string, { edits }: TextDocumentEdit): string {
  const document = TextDocument.create('file:///x', 'x', 1, text);
  const plain = edits.map(edit => {
    if (!('newText' in edit)) throw new Error('Snippets are not applied here.');
    for (const position of [edit.range.start, edit.range.end]) {
      const same = document.positionAt(document.offsetAt(position));
      if (same.line !== position.line || same.character !== position.character)
        throw new Error(`${JSON.stringify(position)} lies outside of ${JSON.stringify(text)}`);
    }
    return edit;
  });
  return TextDocument.applyEdits(document, plain);
}
