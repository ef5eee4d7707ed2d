import { cellsOf } from './columns-text.ts';

const ellipsis = '…';

/**
 * A text in at most `width` cells: a single word, such as a path, loses its middle, others their end. The end `keep` of a
 * text stays. What a reader sees as one sign is never split.
 */
export function shortenText(text: string, width: number, keep = ''): string {
  if (cellsOf(text) <= width) return text;
  if (keep !== '' && text.endsWith(keep)) return shortenText(text.slice(0, -keep.length), width - cellsOf(keep)) + keep;
  const room = Math.max(0, width - cellsOf(ellipsis));
  const tail = /\s/.test(text.trim()) ? 0 : Math.floor(room / 2);
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const signs = Array.from(graphemes.segment(text), ({ segment }) => segment);
  const start = takeCells(signs, room - tail).join('');
  const end = takeCells(signs.toReversed(), tail).toReversed().join('');
  return `${start.trimEnd()}${ellipsis}${end}`;
}

function takeCells(signs: readonly string[], room: number): readonly string[] {
  let taken = 0;
  const end = signs.findIndex(sign => (taken += cellsOf(sign)) > room);
  return end === -1 ? signs : signs.slice(0, end);
}

/**
 * Widths whose sum is at most `room`: the widest of those that may shrink are cut to one common width, none below its `floors`; a floor is
 * absent where a column keeps its width. Absent when that is not enough.
 */
export function shrinkWidths(
  widths: readonly number[],
  floors: readonly (number | undefined)[],
  room: number,
): readonly number[] | undefined {
  const cutTo = (most: number): readonly number[] =>
    widths.map((width, index) => {
      const floor = floors[index];
      return floor === undefined ? width : Math.min(width, Math.max(most, floor));
    });
  const fits = (candidates: readonly number[]): boolean => candidates.reduce((sum, width) => sum + width, 0) <= room;
  let [low, high] = [0, Math.max(0, room)];
  if (!fits(cutTo(low))) return undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(cutTo(middle))) low = middle;
    else high = middle - 1;
  }
  return cutTo(low);
}

/** A row as lines of `label  value`; a value without a label is its heading, and what is empty is left out. Words are never broken. */
export function blockLines(labels: readonly string[], values: readonly string[], width: number): readonly string[] {
  const column = Math.max(0, ...labels.map(cellsOf));
  const room = width - column - 2;
  return values.flatMap((value, index) => {
    if (value.trim() === '') return [];
    const label = labels[index] ?? '';
    if (label === '') return [value];
    return wrapWords(value, room).map((line, at) => `${padCells(at === 0 ? label : '', column)}  ${line}`);
  });
}

/** Lines of at most `width` cells, but for words that are longer: an id or an address stays whole. */
function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || cellsOf(last) + 1 + cellsOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A text with as many spaces after it as fill `width` cells, or before it. */
export function padCells(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - cellsOf(text)));
  return align === 'right' ? spaces + text : text + spaces;
}
