import { cellFieldNames, splitCell } from '../documents/cell-fields.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { removeField } from '../edits/fields.ts';
import { endOfItem, pairAt, startOfItem } from '../edits/places.ts';
import { editTexts, replaceTexts, rewrite, type Edit, type NewText } from '../edits/rewrite.ts';

/**
 * The text of a file that means what a cell without `use` means.
 * @param texts what stands in place of what is written
 * @param lines `kept` leaves an empty line where a cell's own field stood, so that places stay what they are
 */
export function writeContent(cell: ParsedDocument, texts: readonly NewText[], lines: 'kept' | 'cut'): string {
  const wanted = replaceTexts(splitCell(cell.draft, 'cell').content, texts);
  const written = cellFieldNames.filter(name => pairAt(cell, [name]) !== undefined);
  const edits: Edit[] = written.map(name => (lines === 'kept' ? blank(name) : cut(name)));
  if (texts.length > 0) edits.unshift(editTexts(texts));
  return edits.length === 0 ? cell.text : rewrite(cell.text, edits, wanted);
}

function cut(name: string): Edit {
  return parsed => {
    const owner = pairAt(parsed, [name]);
    return owner && removeField(parsed, owner);
  };
}

/** Leaves the line breaks of a field, and a comment behind it. */
function blank(name: string): Edit {
  return parsed => {
    const owner = pairAt(parsed, [name]);
    if (owner === undefined) return undefined;
    if (owner.map.flow === true) return removeField(parsed, owner);
    const [start, end] = [startOfItem(owner.pair), endOfItem(owner.pair)];
    return [{ start, end, text: (parsed.text.slice(start, end).match(/\r?\n/g) ?? []).join('') }];
  };
}
