/** A piece of text as a page draws it, in the page's own units from its lower left corner. */
export interface DrawnText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Of the letters. */
  readonly height: number;
  /** The drawing program ended its line here. */
  readonly endsLine: boolean;
}

export interface Line {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly height: number;
}

/** Puts drawn pieces together to lines, in the order in which the page draws them. */
export function joinPieces(pieces: readonly DrawnText[]): Line[] {
  const lines: Line[] = [];
  let line: { text: string; x: number; y: number; right: number; height: number } | undefined;
  const finish = (): void => {
    const text = line?.text.replace(/\s+/gu, ' ').trim() ?? '';
    if (line !== undefined && text !== '') lines.push({ ...line, text });
    line = undefined;
  };
  for (const { text, x, y, width, height, endsLine } of pieces) {
    const size = height > 0 ? height : (line?.height ?? 0);
    // Letters set higher or lower by less than half their size are footnote marks and indices.
    if (line !== undefined && text !== '' && Math.abs(y - line.y) > Math.max(size, line.height) * 0.55) finish();
    if (line === undefined) {
      if (text.trim() !== '') line = { text, x, y, right: x + width, height: size };
    } else if (text !== '') {
      const gap = x - line.right;
      // A piece far to the left on the same height begins another column.
      if (gap < -size * 2 && text.trim() !== '') {
        finish();
        line = { text, x, y, right: x + width, height: size };
      } else {
        line.text += gap > size * 0.18 && !line.text.endsWith(' ') && !text.startsWith(' ') ? ` ${text}` : text;
        line.right = Math.max(line.right, x + width);
        line.height = Math.max(line.height, size);
      }
    }
    if (endsLine) finish();
  }
  finish();
  return lines;
}

const edgeLines = 2;

/** Lines at the top or bottom of most pages, such as a title with the page's number, by page. */
export function dropRunningLines(pages: readonly (readonly Line[])[]): {
  readonly pages: readonly (readonly Line[])[];
  readonly dropped: number;
} {
  if (pages.length < 4) return { pages, dropped: 0 };
  const counts = new Map<string, number>();
  for (const lines of pages)
    for (const key of new Set(edgesOf(lines).map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  // What asks something of somebody is kept, whatever it looks like.
  const isRunning = (line: Line): boolean =>
    (counts.get(keyOf(line)) ?? 0) > pages.length * 0.6 && !/\b(?:shall|must|should|may|required)\b/i.test(line.text);
  let dropped = 0;
  const kept = pages.map(lines => {
    const edges = new Set(edgesOf(lines).filter(isRunning));
    // A page of nothing else keeps what it has.
    if (edges.size === 0 || edges.size === lines.length) return lines;
    dropped += edges.size;
    return lines.filter(line => !edges.has(line));
  });
  return { pages: kept, dropped };
}

function edgesOf(lines: readonly Line[]): readonly Line[] {
  const byHeight = lines.toSorted((a, b) => b.y - a.y);
  return [...new Set([...byHeight.slice(0, edgeLines), ...byHeight.slice(-edgeLines)])];
}

/** Its words without numbers, and where it stands: a page's own number differs. */
function keyOf({ text, y }: Line): string {
  return `${Math.round(y)} ${text.replace(/\d+/g, '#')}`;
}
