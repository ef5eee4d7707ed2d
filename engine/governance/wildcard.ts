/**
 * Whether the whole text is like the pattern: `*` stands for any text, `?` for one character. Case does not count, and neither does
 * how white space is broken into lines. Patterns come from policies and are matched piece by piece, each at its first place from the
 * left: work is bounded by text times pattern, whatever either holds.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  const subject = simplify(text);
  const pieces = simplify(pattern)
    .split('*')
    .map(piece => Array.from(piece));
  const characters = Array.from(subject);
  const first = pieces[0] ?? [];
  const last = pieces.at(-1) ?? [];
  if (pieces.length === 1) return characters.length === first.length && fits(characters, first, 0);
  if (characters.length < first.length + last.length) return false;
  if (!fits(characters, first, 0) || !fits(characters, last, characters.length - last.length)) return false;
  let at = first.length;
  const end = characters.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = findPiece(characters, piece, at, end);
    if (found === undefined) return false;
    at = found + piece.length;
  }
  return true;
}

function findPiece(text: readonly string[], piece: readonly string[], from: number, end: number): number | undefined {
  for (let at = from; at + piece.length <= end; at++) if (fits(text, piece, at)) return at;
  return undefined;
}

function fits(text: readonly string[], piece: readonly string[], at: number): boolean {
  return piece.every((character, index) => character === '?' || character === text[at + index]);
}

function simplify(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}
