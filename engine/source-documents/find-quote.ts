/** Where words stand in a text: UTF-16 code units, the end not included. */
export interface QuoteSpan {
  readonly start: number;
  readonly end: number;
}

/** A longer quote than this many UTF-16 code units is not looked for: it is a copy, not a quote. */
export const longestQuote = 4000;

const mostSpans = 100;
/** Texts made to be slow to search end the search instead. */
const mostComparisons = 50_000_000;

/**
 * Where a quote stands in a text, in order; nothing where it does not, and at most 100 places. Words count as found where they are the same
 * letter by letter, in the same case, after repairing only what copying and page breaking do to a text: white space, hyphens at the end of a
 * line, soft hyphens, ligatures and other compatibility characters (Unicode NFKC), and the shapes of quote marks and dashes.
 * For several quotes of one text use `createQuoteFinder`.
 */
export function findQuote(text: string, quote: string): readonly QuoteSpan[] {
  return createQuoteFinder(text)(quote);
}

/** As `findQuote`, with the text prepared once: only when a quote is not there to the letter. */
export function createQuoteFinder(text: string): (quote: string) => readonly QuoteSpan[] {
  let folded: Folded | undefined;
  return quote => {
    if (quote.length > longestQuote || quote.trim() === '') return [];
    const exact = findExactly(text, quote);
    if (exact.length > 0) return exact;
    folded ??= fold(text);
    return findRepaired(folded, fold(quote.trim()));
  };
}

/** A text made comparable, with where each of its characters came from. */
interface Folded {
  readonly text: string;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Which hyphen was left out before each character. */
  readonly hyphens: Uint8Array;
}

const hyphenInLine = 1;
const hyphenAtLineEnd = 2;

function findExactly(text: string, quote: string): readonly QuoteSpan[] {
  const spans: QuoteSpan[] = [];
  for (let at = text.indexOf(quote); at !== -1 && spans.length < mostSpans; at = text.indexOf(quote, at + quote.length))
    spans.push({ start: at, end: at + quote.length });
  return spans;
}

function findRepaired(text: Folded, quote: Folded): readonly QuoteSpan[] {
  const spans: QuoteSpan[] = [];
  const length = quote.text.length;
  if (length === 0) return spans;
  let left = mostComparisons;
  for (let at = text.text.indexOf(quote.text); at !== -1 && left > 0; at = text.text.indexOf(quote.text, at + 1)) {
    left -= length;
    if (!agreesInHyphens(text, quote, at)) continue;
    spans.push({ start: text.starts[at]!, end: text.ends[at + length - 1]! });
    if (spans.length >= mostSpans) break;
  }
  return spans;
}

/** A hyphen within a line is part of its word; at a line's end it may have been put there by the line's end. */
function agreesInHyphens(text: Folded, quote: Folded, at: number): boolean {
  for (let index = 1; index < quote.text.length; index++) {
    const ours = text.hyphens[at + index]!;
    const theirs = quote.hyphens[index]!;
    if (ours !== theirs && ours !== hyphenAtLineEnd && theirs !== hyphenAtLineEnd) return false;
  }
  return true;
}

const word = /[\p{L}\p{N}]/u;
const mark = /^\p{M}$/u;
const invisible = /^[\u00AD\u200B-\u200D\u2060\uFEFF]$/;
const singleQuotes = /^[\u2018-\u201B\u2032\u02BC]$/;
const doubleQuotes = /^[\u201C-\u201F\u2033\u00AB\u00BB]$/;
const dashes = /^[\u2010-\u2015\u2212]$/;

function fold(source: string): Folded {
  const folding = new Folding(source.length + 16);
  for (let at = 0; at < source.length;) {
    const unit = source.charCodeAt(at);
    // Most of a text is plain letters: they need none of what follows.
    if (unit > 0x2d && unit < 0x80 && !(source.charCodeAt(at + 1) >= 0x300)) {
      folding.add(unit, at, at + 1);
      at += 1;
      continue;
    }
    const end = endOfCluster(source, at);
    const cluster = source.slice(at, end);
    if (isSpace(cluster)) {
      const after = endOfSpaces(source, end);
      folding.add(0x20, at, after);
      at = after;
    } else if (invisible.test(cluster)) at = end;
    else if (cluster === '-' || dashes.test(cluster)) {
      const after = endOfSpaces(source, end);
      const isInWord = word.test(folding.last()) && after < source.length && word.test(source[after]!);
      const isAtLineEnd = after > end && /[\n\r\f]/.test(source.slice(end, after));
      if (isInWord && (after === end || isAtLineEnd)) {
        folding.leaveHyphenOut(isAtLineEnd ? hyphenAtLineEnd : hyphenInLine);
        at = after;
      } else {
        folding.add(0x2d, at, end);
        at = end;
      }
    } else {
      for (const character of comparable(cluster).split('')) folding.add(character.charCodeAt(0), at, end);
      at = end;
    }
  }
  return folding.finish();
}

/** Grows a folded text by UTF-16 code units. */
class Folding {
  #length = 0;
  #hyphen = 0;
  #units: Uint16Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #hyphens: Uint8Array;

  constructor(capacity: number) {
    this.#units = new Uint16Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#hyphens = new Uint8Array(capacity);
  }

  add(unit: number, start: number, end: number): void {
    if (this.#length === this.#units.length) this.#grow();
    this.#units[this.#length] = unit;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#hyphens[this.#length] = this.#hyphen;
    this.#hyphen = 0;
    this.#length += 1;
  }

  leaveHyphenOut(kind: number): void {
    this.#hyphen = kind;
  }

  last(): string {
    return this.#length === 0 ? '' : String.fromCharCode(this.#units[this.#length - 1]!);
  }

  finish(): Folded {
    const parts: string[] = [];
    for (let at = 0; at < this.#length; at += 8192)
      parts.push(String.fromCharCode(...this.#units.subarray(at, Math.min(this.#length, at + 8192))));
    return { text: parts.join(''), starts: this.#starts, ends: this.#ends, hyphens: this.#hyphens };
  }

  #grow(): void {
    const capacity = this.#units.length * 2;
    this.#units = enlarge(this.#units, new Uint16Array(capacity));
    this.#starts = enlarge(this.#starts, new Int32Array(capacity));
    this.#ends = enlarge(this.#ends, new Int32Array(capacity));
    this.#hyphens = enlarge(this.#hyphens, new Uint8Array(capacity));
  }
}

function comparable(cluster: string): string {
  if (singleQuotes.test(cluster)) return "'";
  if (doubleQuotes.test(cluster)) return '"';
  return cluster.normalize('NFKC').replace(/\s+/g, ' ');
}

/** A character with the marks that belong to it. */
function endOfCluster(source: string, at: number): number {
  let end = at + widthAt(source, at);
  while (end < source.length && source.charCodeAt(end) >= 0x300) {
    const width = widthAt(source, end);
    if (!mark.test(source.slice(end, end + width))) break;
    end += width;
  }
  return end;
}

function endOfSpaces(source: string, at: number): number {
  let end = at;
  while (end < source.length && (isSpace(source[end]!) || invisible.test(source[end]!))) end++;
  return end;
}

function isSpace(character: string): boolean {
  return (
    character === ' ' ||
    character === '\n' ||
    (character.length === 1 && character.trim() === '' && character !== '\uFEFF')
  );
}

function widthAt(source: string, at: number): number {
  return source.codePointAt(at)! > 0xffff ? 2 : 1;
}

function enlarge<Numbers extends Int32Array | Uint16Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
