/** Kinds of token, as the protocol and every editor's themes know them. A kind is sent as its place in this list. */
export const tokenTypes = [
  'class',
  'comment',
  'enumMember',
  'function',
  'keyword',
  'macro',
  'namespace',
  'number',
  'operator',
  'parameter',
  'property',
  'string',
  'variable',
] as const;

/** `unknown` is ours: a template's variable that no dataset gives. A set of modifiers is sent as the sum of 2 to the power of each one's place. */
export const tokenModifiers = ['declaration', 'defaultLibrary', 'readonly', 'unknown'] as const;

export type TokenType = (typeof tokenTypes)[number];
export type TokenModifier = (typeof tokenModifiers)[number];

/** A coloured piece of a text: offsets, `end` the first after it. */
export interface ColouredPiece {
  readonly start: number;
  readonly end: number;
  readonly type: TokenType;
  readonly modifiers?: readonly TokenModifier[];
}

const typeIndexes: ReadonlyMap<string, number> = new Map(tokenTypes.map((name, index) => [name, index]));
const modifierBits: ReadonlyMap<string, number> = new Map(tokenModifiers.map((name, index) => [name, 1 << index]));

/**
 * Pieces of `text` in the protocol's form: five numbers each, in order, the place relative to the piece before. A piece over several lines
 * becomes one on each, without their indentation; of pieces that overlap the first stays.
 */
export function encodePieces(text: string, pieces: readonly ColouredPiece[]): number[] {
  const sorted = [...pieces].sort((a, b) => a.start - b.start || b.end - a.end);
  const data: number[] = [];
  const lines = createLineCounter(text);
  let lastLine = 0;
  let lastCharacter = 0;
  let covered = 0;
  for (const piece of sorted) {
    if (piece.start < covered) continue;
    covered = Math.max(covered, piece.end);
    const type = typeIndexes.get(piece.type) ?? 0;
    const modifiers = (piece.modifiers ?? []).reduce((bits, name) => bits | (modifierBits.get(name) ?? 0), 0);
    for (const [start, end] of splitLines(text, piece.start, piece.end)) {
      const { line, lineStart } = lines(start);
      const character = start - lineStart;
      const isSameLine = line === lastLine;
      data.push(line - lastLine, isSameLine ? character - lastCharacter : character, end - start, type, modifiers);
      lastLine = line;
      lastCharacter = character;
    }
  }
  return data;
}

const lineBreak = /\r\n|\r|\n/g;

function splitLines(text: string, start: number, end: number): readonly (readonly [number, number])[] {
  const whole = text.slice(start, end);
  if (!/[\r\n]/.test(whole)) return end > start ? [[start, end]] : [];
  const parts: [number, number][] = [];
  let from = 0;
  for (const match of [...whole.matchAll(lineBreak), undefined]) {
    const to = match?.index ?? whole.length;
    const line = whole.slice(from, to);
    const indent = line.length - line.trimStart().length;
    if (indent < line.length) parts.push([start + from + indent, start + to]);
    from = to + (match?.[0].length ?? 0);
  }
  return parts;
}

/** Tells the line of growing offsets in one pass over the text. */
function createLineCounter(text: string): (offset: number) => { readonly line: number; readonly lineStart: number } {
  const breaks = new RegExp(lineBreak);
  let line = 0;
  let lineStart = 0;
  let next = breaks.exec(text);
  return offset => {
    while (next !== null && breaks.lastIndex <= offset) {
      line += 1;
      lineStart = breaks.lastIndex;
      next = breaks.exec(text);
    }
    return { line, lineStart };
  };
}
