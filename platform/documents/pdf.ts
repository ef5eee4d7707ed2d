import { getDocument, PasswordException, VerbosityLevel, type PDFDocumentProxy } from 'unpdf/pdfjs';
import { DocumentFault, TextBuilder, type DocumentLimits } from './limits.ts';
import { dropRunningLines, joinPieces, type DrawnText, type Line } from './pdf-lines.ts';
import { joinLines, studyLines } from './pdf-paragraphs.ts';
import type { WithNotes } from './protocol.ts';

/**
 * The text of a PDF file, page by page. Scripts, forms and attachments in it are left alone, and nothing is fetched. Throws a
 * `DocumentFault`.
 */
export async function readPdf(bytes: Uint8Array, limits: DocumentLimits): Promise<WithNotes> {
  const pdf = await openPdf(bytes);
  if (pdf.numPages > limits.pages)
    throw new DocumentFault(
      'too-large',
      `It has ${pdf.numPages.toLocaleString('en')} pages; at most ${limits.pages.toLocaleString('en')} are read. Split it and add the parts.`,
    );
  const drawn: Line[][] = [];
  let characters = 0;
  let unreadable = 0;
  for (let number = 1; number <= pdf.numPages; number++) {
    const lines = await readPage(pdf, number).catch(() => undefined);
    if (lines === undefined) unreadable += 1;
    characters += lines?.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
    // The exact bound comes with the text; this one ends before memory does.
    if (characters > limits.characters * 1.5) break;
    drawn.push(lines ?? []);
  }
  if (unreadable === pdf.numPages) throw broken();
  return write(drawn, unreadable, limits);
}

function write(drawn: readonly (readonly Line[])[], unreadable: number, limits: DocumentLimits): WithNotes {
  const { pages, dropped } = dropRunningLines(drawn);
  const typography = studyLines(pages);
  const builder = new TextBuilder(limits);
  for (const [index, lines] of pages.entries()) {
    for (const { text, level } of joinLines(lines, typography)) builder.add(text, level);
    builder.endPage(index + 1);
  }
  const empty = drawn.filter(lines => lines.length === 0).length - unreadable;
  if (empty + unreadable === drawn.length)
    throw new DocumentFault(
      'no-text',
      'None of its pages holds text: they may be scanned. Have its text recognised (OCR) and add the result.',
    );
  const notes: string[] = [];
  if (unreadable > 0) notes.push(`${count(unreadable, 'page')} could not be read.`);
  if (empty > 0) notes.push(`${count(empty, 'page')} without text: what is in images is not read.`);
  if (dropped > 0) notes.push(`${count(dropped, 'line')} that most pages repeat at their edges were left out.`);
  return { text: builder.finish(), notes };
}

async function openPdf(bytes: Uint8Array): Promise<PDFDocumentProxy> {
  try {
    return await getDocument({
      data: bytes,
      verbosity: VerbosityLevel.ERRORS,
      disableFontFace: true,
      useSystemFonts: false,
      useWorkerFetch: false,
      useWasm: false,
      enableXfa: false,
      isOffscreenCanvasSupported: false,
      stopAtErrors: false,
      maxImageSize: 1,
    }).promise;
  } catch (error) {
    if (error instanceof PasswordException)
      throw new DocumentFault('encrypted', 'It needs a password. Save it without one and add that.');
    throw broken();
  }
}

async function readPage(pdf: PDFDocumentProxy, number: number): Promise<Line[]> {
  const page = await pdf.getPage(number);
  try {
    const { items } = await page.getTextContent({ disableNormalization: false });
    const pieces = items.flatMap((item): DrawnText[] => {
      if (!('str' in item)) return [];
      const [, , c = 0, d = 0, x = 0, y = 0] = item.transform as readonly number[];
      const { str: text, width, hasEOL: endsLine } = item;
      return [{ text, x, y, width, height: Math.hypot(c, d), endsLine }];
    });
    return joinPieces(pieces);
  } finally {
    page.cleanup();
  }
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

function broken(): DocumentFault {
  return new DocumentFault(
    'broken',
    'It is no readable PDF file, or it is cut off. Print it to a new PDF and add that.',
  );
}
