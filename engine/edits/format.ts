import { applyChanges, type TextChange } from './change.ts';
import { layOut } from './lay-out.ts';
import { hasSameContent } from './same-content.ts';
import { readPieces } from './tokens.ts';

export interface FormatOptions {
  /** Columns a level is indented by. */
  readonly tabSize: number;
  /** Only lines that touch these offsets are changed. */
  readonly range?: { readonly start: number; readonly end: number };
}

/**
 * The changes of white space that format a YAML document: one indentation, one space after `:` and `,`, none inside of brackets, at most one
 * blank line, no trailing white space, one line break at the end. Values, quoting, comments, anchors and line ends stay as they are: where
 * that cannot be kept, or the text has errors, there are no changes.
 */
export function formatText(text: string, options: FormatOptions): readonly TextChange[] {
  // A lone \r ends a line for some readers and not for others.
  if (/\r(?!\n)/.test(text)) return [];
  const tabSize = clampTabSize(options.tabSize);
  const pieces = readPieces(text, tabSize);
  if (pieces === undefined) return [];
  const all = layOut(text, pieces, tabSize);
  for (const changes of candidates(text, all, options.range)) {
    if (changes.length === 0) return [];
    if (hasSameContent(text, applyChanges(text, changes))) return changes;
  }
  return [];
}

function clampTabSize(tabSize: number): number {
  return Number.isInteger(tabSize) && tabSize >= 1 ? Math.min(tabSize, 8) : 2;
}

/** A part of the changes may be wrong where the whole is right: then a part's indentation stays as it is. */
function candidates(
  text: string,
  all: readonly TextChange[],
  range: FormatOptions['range'],
): readonly (readonly TextChange[])[] {
  if (range === undefined) return [all];
  const start = text.lastIndexOf('\n', range.start - 1) + 1;
  const next = text.indexOf('\n', Math.max(range.start, range.end - 1));
  const end = next < 0 ? text.length : next;
  const within = all.filter(change => change.start >= start && change.end <= end);
  return [within, within.filter(change => !isIndentation(text, change))];
}

function isIndentation(text: string, change: TextChange): boolean {
  const line = text.lastIndexOf('\n', change.end - 1) + 1;
  return text.slice(line, change.end).trim() === '' && text[change.end] !== '\n' && text[change.end] !== '\r';
}
