import type { DocumentQuote, SourceText } from '../../schemas/generated/messages.ts';
import type { QuoteSpan } from './find-quote.ts';
import { pageAt } from './pages.ts';

/** Fewer letters and digits than this are found in any text and show nothing. */
export const fewestLetters = 10;

/**
 * A quote with its place in a document, or nothing where its words do not stand there, or are too few to show anything. Of several places
 * the one at `start` counts, else the first. The document's own words are given back.
 */
export function locateQuote(
  quote: string,
  source: SourceText,
  find: (quote: string) => readonly QuoteSpan[],
  start?: number,
): DocumentQuote | undefined {
  if (countLetters(quote) < fewestLetters) return undefined;
  const spans = find(quote);
  const span = spans.find(each => each.start === start) ?? spans[0];
  if (span === undefined) return undefined;
  const page = pageAt(source, span.start);
  return {
    document: source.digest,
    name: source.name,
    quote: source.text.slice(span.start, span.end),
    ...(page === undefined ? {} : { page }),
    ...{ start: span.start, end: span.end },
  };
}

/** Letters and digits, so that a quote is no mere sign or space. */
export function countLetters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
