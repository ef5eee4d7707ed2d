import type { QuoteSpan } from '../../engine/source-documents/find-quote.ts';

/** What is read of a document at most. More ends as `too-large`. */
export interface DocumentLimits {
  readonly pages: number;
  /** Of the text, in UTF-16 code units. */
  readonly characters: number;
  /** That come out of a packed document's parts in all. */
  readonly unpackedBytes: number;
  /** Bytes that come out of a packed document for each byte it has. */
  readonly unpackedRatio: number;
  /** Until the reader is ended, in milliseconds. */
  readonly milliseconds: number;
  /** That the whole process may grow by meanwhile. */
  readonly memoryBytes: number;
}

export const documentLimits: DocumentLimits = {
  pages: 5000,
  characters: 8 * 2 ** 20,
  unpackedBytes: 128 * 2 ** 20,
  unpackedRatio: 200,
  milliseconds: 60_000,
  memoryBytes: 1536 * 2 ** 20,
};

/** Ends the reading of a document with a state that says why. */
export class DocumentFault extends Error {
  readonly state: 'no-text' | 'encrypted' | 'broken' | 'too-large';

  constructor(state: DocumentFault['state'], message: string) {
    super(message);
    this.state = state;
  }
}

export function tooLong(limits: DocumentLimits): DocumentFault {
  const most = `${(limits.characters / 2 ** 20).toLocaleString('en')} Mi`;
  return new DocumentFault('too-large', `It holds more than ${most} characters of text. Split it and add the parts.`);
}

/** Puts a text together from paragraphs, with its pages and headings as spans of it. */
export class TextBuilder {
  readonly #limits: DocumentLimits;
  readonly #parts: string[] = [];
  readonly #pages: (QuoteSpan & { page: number })[] = [];
  readonly #headings: (QuoteSpan & { level: number })[] = [];
  #length = 0;

  constructor(limits: DocumentLimits) {
    this.#limits = limits;
  }

  /** One paragraph; a heading where it has a level, from 1. Nothing where it has no text. */
  add(paragraph: string, level?: number): void {
    const text = paragraph.trim();
    if (text === '') return;
    if (this.#length > 0) this.#push('\n\n');
    const start = this.#length;
    this.#push(text);
    if (level !== undefined) this.#headings.push({ level, start, end: this.#length });
  }

  /** Everything up to here and after the page before is this page. */
  endPage(page: number): void {
    this.#pages.push({ page, start: this.#pages.at(-1)?.end ?? 0, end: this.#length });
  }

  finish(): { text: string; pages: (QuoteSpan & { page: number })[]; headings: (QuoteSpan & { level: number })[] } {
    const text = this.#parts.join('');
    if (!/[\p{L}\p{N}]/u.test(text)) throw new DocumentFault('no-text', 'It holds no text.');
    return { text, pages: this.#pages, headings: this.#headings };
  }

  #push(text: string): void {
    this.#length += text.length;
    if (this.#length > this.#limits.characters) throw tooLong(this.#limits);
    this.#parts.push(text);
  }
}
