/** Characters that take two cells of a terminal: East Asian wide ones and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
/** Characters that are drawn onto the one before. */
const narrowest = /[\p{Mn}\p{Me}\u200c\u200d\ufe00-\ufe0f]/u;
const plain = /^[\u0020-\u007e]*$/;

/** Cells of a terminal that a text without controls takes. */
export function cellsOf(text: string): number {
  if (plain.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += narrowest.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return cells;
}

/** A text as lines of at most `width` cells, broken between words where it can be; its own line breaks stay. */
export function wrapText(text: string, width: number): readonly string[] {
  return text
    .replaceAll('\t', '  ')
    .split('\n')
    .flatMap(line => wrapLine(line, width));
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  let taken = 0;
  for (const piece of line.match(/\s+|\S+/gu) ?? ['']) {
    const cells = cellsOf(piece);
    if (taken + cells <= width) {
      current += piece;
      taken += cells;
      continue;
    }
    // White space at a line's end is not carried over.
    if (piece.trim() === '') {
      lines.push(current);
      [current, taken] = ['', 0];
      continue;
    }
    if (current.trim() !== '') lines.push(current.trimEnd());
    [current, taken] = ['', 0];
    for (const character of piece) {
      const own = cellsOf(character);
      if (taken + own > width) {
        lines.push(current);
        [current, taken] = ['', 0];
      }
      current += character;
      taken += own;
    }
  }
  return [...lines, current.trimEnd()];
}

/** Blocks of lines beside one another, each `width` cells wide. */
export function layBeside(blocks: readonly (readonly string[])[], width: number, gap = '  '): readonly string[] {
  const height = Math.max(0, ...blocks.map(block => block.length));
  return Array.from({ length: height }, (_, index) =>
    blocks
      .map(block => {
        const line = block[index] ?? '';
        return line + ' '.repeat(Math.max(0, width - cellsOf(line)));
      })
      .join(gap)
      .trimEnd(),
  );
}
