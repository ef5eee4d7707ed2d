import type { SourceText } from '../../../schemas/generated/messages.ts';
import { plainWords } from './control.ts';

/** A sentence of a document with where it stands among headings and lists. */
export interface Sentence {
  /** In UTF-16 code units of the text; `quote` is exactly these words. */
  readonly start: number;
  readonly quote: string;
  /** The quote as one line, without its own number or bullet. */
  readonly words: string;
  /** Number of its clause, such as `4.2` or `4.2.a`. */
  readonly clause?: string;
  readonly isItem: boolean;
  readonly page?: number;
  readonly section: readonly string[];
}

const numberLabel =
  /^(?:(?:article|section|clause|principle|requirement|control)\s+)?(\d{1,3}(?:\.\d{1,3}){0,5}(?:\.?[a-z](?=[.)]))?)[.):]?\s+/i;
const letterLabel = /^\(?([a-z]|[ivx]{1,5})[.)]\s+/i;
const bulletLabel = /^[\u2022\u25CF\u25AA\u25E6\u2023\u2013*+-]\s+/;
const startsItem =
  /^\s*(?:[\u2022\u25CF\u25AA\u25E6\u2023\u2013*+-]\s|\(?(?:\d{1,3}(?:\.\d{1,3}){0,5}|[a-z]|[ivx]{1,5})[.)]\s|\d{1,3}(?:\.\d{1,3}){1,5}\s)/i;

/** The document's sentences in order. Headings, tables of contents, rows of tables and code are none. */
export function splitSentences(source: SourceText): Sentence[] {
  const sentences: Sentence[] = [];
  const sections = createSections(source);
  const pages = createPages(source);
  let parent: string | undefined;
  for (const block of splitBlocks(source)) {
    const { isHeading, section } = sections(block);
    if (isHeading) {
      parent = numberLabel.exec(plainWords(section.at(-1) ?? ''))?.[1];
      continue;
    }
    let isFirst = true;
    let label: Label = { length: 0, isItem: false };
    for (const { start, end } of splitBlock(source.text, block)) {
      const quote = source.text.slice(start, end);
      const own = readLabel(quote, parent);
      if (isFirst || own.clause !== undefined) label = own;
      if (own.clause !== undefined && !own.isLetter) parent = own.clause;
      const page = pages(start);
      sentences.push({
        start: start + own.length,
        quote: quote.slice(own.length),
        words: plainWords(quote.slice(own.length)),
        ...(label.clause === undefined ? {} : { clause: label.clause }),
        isItem: isFirst && label.isItem,
        ...(page === undefined ? {} : { page }),
        section,
      });
      isFirst = false;
    }
  }
  return sentences;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Label {
  readonly length: number;
  readonly clause?: string;
  readonly isLetter?: boolean;
  readonly isItem: boolean;
}

/** What a sentence begins with that is none of its words: a clause's number, an item's letter, a bullet. */
function readLabel(quote: string, parent: string | undefined): Label {
  const bullet = bulletLabel.exec(quote);
  if (bullet !== null) {
    const inner = readLabel(quote.slice(bullet[0].length), parent);
    return { ...inner, length: bullet[0].length + inner.length, isItem: true };
  }
  const number = numberLabel.exec(quote);
  // A number alone may begin a sentence of its own: "30 days must pass".
  if (number !== null && (/[.):]|^\D/.test(number[0].trim()) || number[1]!.includes('.')))
    return { length: number[0].length, clause: number[1]!.toLowerCase(), isItem: true };
  const letter = letterLabel.exec(quote);
  if (letter === null) return { length: 0, isItem: false };
  const own = letter[1]!.toLowerCase();
  return {
    length: letter[0].length,
    isLetter: true,
    isItem: true,
    ...(parent === undefined ? {} : { clause: `${parent}.${own}` }),
  };
}

/** Paragraphs and items: what stands between empty lines, and in Markdown's lists and Word's lines each item. */
function* splitBlocks({ text }: SourceText): Iterable<Span> {
  let start: number | undefined;
  let end = 0;
  let fence: string | undefined;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline === -1 ? text.length : newline;
    const line = text.slice(at, Math.min(lineEnd, at + 200));
    const mark = /^ {0,3}(```|~~~)/.exec(line)?.[1];
    const isBlank = line.trim() === '';
    const isSkipped =
      fence !== undefined || mark !== undefined || /^\s*\||\.{5,}\s*\d*\s*$|^\s*>?\s*[-=_*]{3,}\s*$/.test(line);
    if (mark !== undefined) fence = fence === undefined ? mark : fence === mark ? undefined : fence;
    if (start !== undefined && (isBlank || isSkipped || startsItem.test(line) || /^ {0,3}#{1,6}\s/.test(line))) {
      yield { start, end };
      start = undefined;
    }
    if (!isBlank && !isSkipped) {
      start ??= at;
      end = lineEnd;
      if (/^ {0,3}#{1,6}\s/.test(line)) {
        yield { start, end };
        start = undefined;
      }
    }
    at = lineEnd + 1;
  }
  if (start !== undefined) yield { start, end };
}

const abbreviations =
  /(?:\b(?:e\.g|i\.e|cf|etc|vs|no|nos|art|arts|sec|fig|approx|dr|mr|ms|st|incl|para|paras|ch|eq|vol|al)|\b[A-Z])\.$/i;
const longestSentence = 2000;

function* splitBlock(text: string, { start, end }: Span): Iterable<Span> {
  const block = text.slice(start, end);
  const ends = /[.!?][)\u201D\u2019"'\]]*(?=\s+[\p{Lu}\p{N}\u201C"'([])/gu;
  let from = 0;
  for (const match of block.matchAll(ends)) {
    const to = match.index + match[0].length;
    // Neither an abbreviation ends a sentence, nor the number of the clause that begins it.
    const sofar = block.slice(Math.max(from, to - 60), to);
    if (match[0] === '.' && (abbreviations.test(sofar) || /^\s*[\d.]+$/.test(block.slice(from, to)))) continue;
    yield* trimmed(text, start + from, start + to);
    from = to;
  }
  yield* trimmed(text, start + from, end);
}

function* trimmed(text: string, start: number, end: number): Iterable<Span> {
  const words = text.slice(start, end);
  const from = start + words.length - words.trimStart().length;
  const to = end - (words.length - words.trimEnd().length);
  if (to > from && to - from <= longestSentence) yield { start: from, end: to };
}

const longestHeading = 120;

/** Follows the headings above each block. A short numbered line without an end is one too: not every format tells its headings. */
function createSections({ text, headings }: SourceText) {
  const open: { level: number; words: string }[] = [];
  let next = 0;
  const enter = (level: number, words: string): void => {
    while (open.length > 0 && open.at(-1)!.level >= level) open.pop();
    open.push({ level, words });
  };
  return ({ start, end }: Span): { isHeading: boolean; section: readonly string[] } => {
    let isHeading = false;
    while (next < headings.length && headings[next]!.start < end) {
      const { level, start: from, end: to } = headings[next]!;
      enter(level, plainWords(text.slice(from, to)));
      isHeading ||= to >= start;
      next += 1;
    }
    const words = plainWords(text.slice(start, Math.min(end, start + longestHeading + 1)));
    const numbered = /^(\d{1,3}(?:\.\d{1,3}){0,4})\.?\s+\p{Lu}/u.exec(words)?.[1];
    if (!isHeading && numbered !== undefined && end - start <= longestHeading && isTitle(words)) {
      enter(10 + numbered.split('.').length, words);
      isHeading = true;
    }
    return { isHeading, section: open.map(each => each.words) };
  };
}

function isTitle(words: string): boolean {
  return !/[.;:,]$/.test(words) && !/\b(?:shall|must|should|may|is|are|will|has|have)\b/i.test(words);
}

function createPages({ pages }: SourceText): (at: number) => number | undefined {
  let index = 0;
  return at => {
    while (index < pages.length && pages[index]!.end <= at) index += 1;
    return pages[index]?.page;
  };
}
