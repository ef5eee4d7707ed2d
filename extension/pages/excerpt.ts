import type { DocumentExcerpt, SourceText } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';

/** Characters shown before and after a quote, at most. */
const around = 800;
/** A longer quote is no quote, and is cut. */
const longestQuote = 4000;

/**
 * The words around a quote, from the beginning of a line or word. Throws a FailureError (`file-invalid`) where the document has no such
 * place.
 * @param start of the quote in the document's text, in UTF-16 code units
 */
export function excerptOf(source: SourceText, start: number, end: number): DocumentExcerpt {
  const { name, text, pages } = source;
  if (start < 0 || end <= start || end > text.length) {
    throw new FailureError({
      code: 'file-invalid',
      message: t('{0} has no such place: the quote is of another text.', name),
      remedy: t('Assess the version again.'),
    });
  }
  const page = pages.find(span => start >= span.start && start < span.end)?.page;
  const headings = headingsAt(source, start);
  return {
    name,
    ...(page === undefined ? {} : { page }),
    ...(pages.length === 0 ? {} : { pages: pages.length }),
    ...(headings.length === 0 ? {} : { headings }),
    before: startAtWord(text.slice(Math.max(0, start - around), start), start > around),
    quote: text.slice(start, Math.min(end, start + longestQuote)),
    after: endAtWord(text.slice(end, end + around), end + around < text.length),
  };
}

/** Under which headings a place stands, the outermost first. */
function headingsAt({ text, headings }: SourceText, start: number): string[] {
  const open: { readonly level: number; readonly title: string }[] = [];
  for (const heading of headings) {
    if (heading.start > start) break;
    while ((open.at(-1)?.level ?? 0) >= heading.level) open.pop();
    open.push({ level: heading.level, title: text.slice(heading.start, heading.end).trim() });
  }
  return open.map(({ title }) => title);
}

function startAtWord(text: string, isCut: boolean): string {
  return isCut ? `…${text.replace(/^\S{0,80}\s/u, '')}` : text;
}

function endAtWord(text: string, isCut: boolean): string {
  if (!isCut) return text;
  const last = text.lastIndexOf(' ');
  return `${last > 0 ? text.slice(0, last) : text}…`;
}
