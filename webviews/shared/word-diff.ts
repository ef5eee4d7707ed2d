/** A stretch of words that two texts share, or that one of them has where the other has something else, or nothing. */
export type DiffPart =
  | { readonly kind: 'same'; readonly words: string }
  | { readonly kind: 'changed'; readonly wanted: string; readonly got: string };

/** Pairs of words beyond which aligning would keep the page busy. */
const mostPairs = 4_000_000;

/**
 * Aligns two texts word by word with the fewest replaced, missing and added words (Levenshtein, 1966), words being what white space
 * parts. Undefined where the texts are too long to align.
 */
export function diffWords(target: string, output: string): readonly DiffPart[] | undefined {
  const [wanted, got] = [wordsOf(target), wordsOf(output)];
  const same = commonStart(wanted, got);
  const sameAtEnd = commonEnd(wanted, got, same);
  const [a, b] = [wanted.slice(same, wanted.length - sameAtEnd), got.slice(same, got.length - sameAtEnd)];
  if (a.length * b.length > mostPairs) return undefined;
  const parts = new Parts();
  for (const word of wanted.slice(0, same)) parts.keep(word);
  trace(a, b, parts);
  for (const word of wanted.slice(wanted.length - sameAtEnd)) parts.keep(word);
  return parts.list;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count++;
  return count;
}

function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) - start && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

/** Fills the table of distances between the texts' ends, then walks it from the start. */
function trace(a: readonly string[], b: readonly string[], parts: Parts): void {
  const width = b.length + 1;
  const distances = new Uint32Array((a.length + 1) * width);
  const at = (row: number, column: number): number => distances[row * width + column] ?? 0;
  for (let row = a.length; row >= 0; row--) {
    for (let column = b.length; column >= 0; column--) {
      distances[row * width + column] =
        row === a.length || column === b.length
          ? a.length - row + b.length - column
          : a[row] === b[column]
            ? at(row + 1, column + 1)
            : 1 + Math.min(at(row + 1, column + 1), at(row + 1, column), at(row, column + 1));
    }
  }
  let [row, column] = [0, 0];
  while (row < a.length || column < b.length) {
    const [wanted, got] = [a[row], b[column]];
    if (wanted !== undefined && wanted === got) parts.keep(wanted);
    else if (wanted !== undefined && got !== undefined && at(row, column) === 1 + at(row + 1, column + 1))
      parts.change(wanted, got);
    else if (wanted !== undefined && (got === undefined || at(row, column) === 1 + at(row + 1, column))) {
      parts.change(wanted, undefined);
      row++;
      continue;
    } else {
      parts.change(undefined, got);
      column++;
      continue;
    }
    row++;
    column++;
  }
}

/** Joins neighbouring words of one kind. */
class Parts {
  readonly list: DiffPart[] = [];

  keep(word: string): void {
    const last = this.list.at(-1);
    if (last?.kind === 'same') this.list[this.list.length - 1] = { kind: 'same', words: `${last.words} ${word}` };
    else this.list.push({ kind: 'same', words: word });
  }

  change(wanted: string | undefined, got: string | undefined): void {
    const last = this.list.at(-1);
    const before = last?.kind === 'changed' ? last : undefined;
    const next = { kind: 'changed' as const, wanted: join(before?.wanted, wanted), got: join(before?.got, got) };
    if (before === undefined) this.list.push(next);
    else this.list[this.list.length - 1] = next;
  }
}

function join(before = '', word = ''): string {
  return [before, word].filter(text => text !== '').join(' ');
}
