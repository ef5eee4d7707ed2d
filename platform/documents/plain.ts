import { DocumentFault, tooLong, type DocumentLimits } from './limits.ts';
import type { WithNotes } from './protocol.ts';

/** A text file as it is. Throws a `DocumentFault`. */
export function readPlain(bytes: Uint8Array, limits: DocumentLimits): WithNotes {
  const { text, notes } = decodeText(bytes, undefined);
  return { text: { text: bounded(text, limits), pages: [], headings: [] }, notes };
}

/** A Markdown file as it is, with its headings. Throws a `DocumentFault`. */
export function readMarkdown(bytes: Uint8Array, limits: DocumentLimits): WithNotes {
  const { text, notes } = decodeText(bytes, undefined);
  return { text: { text: bounded(text, limits), pages: [], headings: findHeadings(text) }, notes };
}

/** Text in UTF-8 or UTF-16; else in the encoding its author declared, or Windows' own, with a note. Throws a `DocumentFault`. */
export function decodeText(
  bytes: Uint8Array,
  declared: string | undefined,
): { readonly text: string; readonly notes: readonly string[] } {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(marked, { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new DocumentFault('broken', 'It is no text: it holds NUL characters.');
    return { text, notes: [] };
  } catch (error) {
    if (error instanceof DocumentFault) throw error;
  }
  if (bytes.includes(0)) throw new DocumentFault('broken', 'It is no text: it holds NUL characters.');
  const encoding = encodingOf(declared);
  return {
    text: new TextDecoder(encoding).decode(bytes),
    notes: [`It is not in UTF-8 and was read as ${encoding}: characters beyond plain letters may be others.`],
  };
}

function encodingOf(declared: string | undefined): string {
  try {
    const { encoding } = new TextDecoder(declared ?? 'windows-1252');
    return encoding === 'utf-8' ? 'windows-1252' : encoding;
  } catch {
    return 'windows-1252';
  }
}

function bounded(text: string, limits: DocumentLimits): string {
  if (text.length > limits.characters) throw tooLong(limits);
  if (text.trim() === '') throw new DocumentFault('no-text', 'It is empty.');
  return text;
}

function findHeadings(text: string): { level: number; start: number; end: number }[] {
  const headings: { level: number; start: number; end: number }[] = [];
  let fence: string | undefined;
  let before: { start: number; end: number } | undefined;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + 1000)).trimEnd();
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1];
    const hashes = /^ {0,3}(#{1,6})[ \t]+/.exec(line);
    const underline = /^ {0,3}(=+|-+)$/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
      before = undefined;
    } else if (mark !== undefined) {
      fence = mark;
      before = undefined;
    } else if (hashes !== null) {
      const words = line.slice(hashes[0].length).replace(/[ \t]+#+$/, '');
      const from = start + hashes[0].length;
      if (words !== '') headings.push({ level: hashes[1]!.length, start: from, end: from + words.length });
      before = undefined;
    } else if (underline !== undefined && before !== undefined) {
      headings.push({ level: underline.startsWith('=') ? 1 : 2, ...before });
      before = undefined;
    } else {
      const words = line.trim();
      const from = start + line.length - line.trimStart().length;
      before =
        words === '' || /^(?:[-*+>|]|\d+[.)]) /.test(words) ? undefined : { start: from, end: from + words.length };
    }
    start = end + 1;
  }
  return headings;
}
