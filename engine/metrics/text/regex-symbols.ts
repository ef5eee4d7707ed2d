import { isSpace } from './python-text.ts';

/** Whether a code point is of a kind. */
export type SymbolTest = (point: number) => boolean;
type Fail = (reason: string) => never;
interface Read {
  readonly test: SymbolTest;
  readonly end: number;
}

const wordCharacter = /^[\p{L}\p{N}_]$/u;
const digit = /^\p{Nd}$/u;

/** Python's `\w`. */
export function isWordSymbol(point: number): boolean {
  if (point < 128) {
    return (
      (point >= 97 && point <= 122) || (point >= 65 && point <= 90) || (point >= 48 && point <= 57) || point === 95
    );
  }
  return wordCharacter.test(String.fromCodePoint(point));
}

function isDigit(point: number): boolean {
  return point < 128 ? point >= 48 && point <= 57 : digit.test(String.fromCodePoint(point));
}

function isSpaceSymbol(point: number): boolean {
  return point <= 0xffff && isSpace(point);
}

/** What `.` matches: by default all but a line's end. */
export const anyInLine: SymbolTest = point => point !== 10;
export const anySymbol: SymbolTest = () => true;

export function testLiteral(literal: number, ignoreCase: boolean): SymbolTest {
  if (!ignoreCase) return point => point === literal;
  return point => isSameLetter(point, literal);
}

/** Equal but for case, letter by letter. */
export function isSameLetter(a: number, b: number): boolean {
  return (
    a === b || changeCase(a, 'lower') === changeCase(b, 'lower') || changeCase(a, 'upper') === changeCase(b, 'upper')
  );
}

function changeCase(point: number, to: 'lower' | 'upper'): number {
  const text = String.fromCodePoint(point);
  const changed = to === 'lower' ? text.toLowerCase() : text.toUpperCase();
  const result = changed.codePointAt(0)!;
  // What becomes several letters has no case to compare.
  return changed.length === String.fromCodePoint(result).length ? result : point;
}

const classes: Readonly<Record<string, SymbolTest>> = {
  d: isDigit,
  D: point => !isDigit(point),
  w: isWordSymbol,
  W: point => !isWordSymbol(point),
  s: isSpaceSymbol,
  S: point => !isSpaceSymbol(point),
};
const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, '0': 0 };
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What follows a backslash at `at`: a class, a control character, a code, or a mark that stands for itself. */
export function readEscape(symbols: readonly string[], at: number, ignoreCase: boolean, fail: Fail): Read {
  const symbol = symbols[at];
  if (symbol !== undefined && Object.hasOwn(classes, symbol)) return { test: classes[symbol]!, end: at + 1 };
  const { point, end } = readEscapedPoint(symbols, at, fail);
  return { test: testLiteral(point, ignoreCase), end };
}

function readEscapedPoint(symbols: readonly string[], at: number, fail: Fail): { point: number; end: number } {
  const symbol = symbols[at];
  if (symbol === undefined) return fail('it ends in a backslash');
  if (Object.hasOwn(controls, symbol)) return { point: controls[symbol]!, end: at + 1 };
  if (Object.hasOwn(hexLengths, symbol)) {
    const end = at + 1 + hexLengths[symbol]!;
    const code = symbols.slice(at + 1, end).join('');
    const point = /^[0-9a-fA-F]+$/.test(code) && code.length === hexLengths[symbol] ? parseInt(code, 16) : Infinity;
    return point <= 0x10ffff ? { point, end } : fail(`"\\${symbol}" has no code after it`);
  }
  return /[a-zA-Z0-9]/.test(symbol)
    ? fail(`"\\${symbol}" is not known`)
    : { point: symbol.codePointAt(0)!, end: at + 1 };
}

/** The class whose opening bracket ends at `at`. */
export function readClass(symbols: readonly string[], at: number, ignoreCase: boolean, fail: Fail): Read {
  const negated = symbols[at] === '^';
  const start = negated ? at + 1 : at;
  const tests: SymbolTest[] = [];
  let index = start;
  while (index === start || symbols[index] !== ']') {
    const first = readMember(symbols, index, fail);
    index = first.end;
    if (symbols[index] !== '-' || symbols[index + 1] === ']' || symbols[index + 1] === undefined) {
      tests.push(first.test ?? testRange(first.point, first.point, ignoreCase));
      continue;
    }
    const last = readMember(symbols, index + 1, fail);
    index = last.end;
    if (first.test || last.test || first.point > last.point) fail('a range of characters has no order');
    tests.push(testRange(first.point, last.point, ignoreCase));
  }
  const test = memoize(point => tests.some(member => member(point)) !== negated);
  return { test, end: index + 1 };
}

interface Member {
  readonly point: number;
  /** For a class such as `\d`. */
  readonly test?: SymbolTest;
  readonly end: number;
}

function readMember(symbols: readonly string[], at: number, fail: Fail): Member {
  const symbol = symbols[at];
  if (symbol === undefined) return fail('a class of characters does not end');
  if (symbol !== '\\') return { point: symbol.codePointAt(0)!, end: at + 1 };
  const escaped = symbols[at + 1];
  if (escaped !== undefined && Object.hasOwn(classes, escaped)) {
    return { point: 0, test: classes[escaped]!, end: at + 2 };
  }
  // Within a class `\b` is a backspace.
  return escaped === 'b' ? { point: 8, end: at + 2 } : readEscapedPoint(symbols, at + 1, fail);
}

function testRange(first: number, last: number, ignoreCase: boolean): SymbolTest {
  const isWithin: SymbolTest = point => point >= first && point <= last;
  if (!ignoreCase) return isWithin;
  return point => isWithin(point) || isWithin(changeCase(point, 'lower')) || isWithin(changeCase(point, 'upper'));
}

function memoize(test: SymbolTest): SymbolTest {
  const ascii = Uint8Array.from({ length: 128 }, (_, point) => (test(point) ? 1 : 0));
  return point => (point < 128 ? ascii[point] === 1 : test(point));
}
