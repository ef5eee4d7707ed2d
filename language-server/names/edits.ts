import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { ClientFeatures } from '../context.ts';
import { scalarText } from '../../engine/documents/values.ts';
import { applyChanges } from '../../engine/edits/change.ts';
import { formatText } from '../markdown.ts';
import type { NamingDocument } from './read-tree.ts';
import type { Mention } from './things.ts';

/** The edit that puts another name in a mention's place. Quotes stay as they are, and come where the name needs them. */
export function replaceName(
  parsed: NamingDocument,
  { scalar, part: [from, to], range }: Mention,
  name: string,
): TextEdit {
  if (scalar?.range === undefined || scalar.range === null) return { range, newText: name };
  const value = scalarText(scalar);
  const newValue = value.slice(0, from) + name + value.slice(to);
  const [start, end] = scalar.range;
  const written = parsed.text.slice(start, end);
  const isSafePart = scalar.type === 'PLAIN' && to - from < value.length && /^[\w.-]+$/.test(name);
  if (isSafePart) return { range, newText: name };
  const newText = writeScalar(scalar.type, newValue);
  const first = parsed.offsetAt(range.start) - start;
  const last = parsed.offsetAt(range.end) - start;
  if (written.slice(0, first) + name + written.slice(last) === newText) return { range, newText: name };
  return { range: parsed.rangeAt(start, end), newText };
}

function writeScalar(type: unknown, value: string): string {
  switch (type) {
    case 'QUOTE_SINGLE':
      return /[\r\n]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
    case 'QUOTE_DOUBLE':
      return JSON.stringify(value);
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return `${formatText(value)}\n`;
    default:
      return formatText(value);
  }
}

/** The text of a document once its edits, which do not overlap, are made. */
export function applyEdits(parsed: NamingDocument, edits: readonly TextEdit[]): string {
  const changes = edits.map(({ range, newText }) => ({
    start: parsed.offsetAt(range.start),
    end: parsed.offsetAt(range.end),
    text: newText,
  }));
  return applyChanges(parsed.text, changes);
}

/** Edits of one document; `version` is absent for files that are not open. */
export interface DocumentEdits {
  readonly uri: string;
  readonly version: number | undefined;
  readonly edits: readonly TextEdit[];
}

/** Edits in the form that a client takes. */
export function toWorkspaceEdit(documents: readonly DocumentEdits[], client: ClientFeatures): WorkspaceEdit {
  if (!client.versionedEdits)
    return { changes: Object.fromEntries(documents.map(({ uri, edits }) => [uri, [...edits]])) };
  return {
    documentChanges: documents.map(({ uri, version = null, edits }): TextDocumentEdit => ({
      textDocument: { uri, version },
      edits: [...edits],
    })),
  };
}
