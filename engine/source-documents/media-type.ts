import type { SourceDocument } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { ascii, findFirst, beginsAt, memorySource } from '../ingest/scan/bytes.ts';

type MediaType = SourceDocument['mediaType'];

const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const byEnding: readonly [endings: readonly string[], MediaType][] = [
  [['.pdf'], 'application/pdf'],
  [['.docx', '.docm', '.doc'], word],
  [['.md', '.markdown'], 'text/markdown'],
  [['.html', '.htm', '.xhtml'], 'text/html'],
  [['.txt', '.text'], 'text/plain'],
];
const zip = ascii('PK\x03\x04');
const oldOffice = Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0]);
/** Readers of PDF files look for their mark in so many bytes. */
const pdfBeginning = 1024;

/**
 * What a document is: by its bytes where they tell, so that a wrong name misleads nobody, and of texts by its name. Throws
 * `file-invalid` for what is none of the kinds that are read.
 */
export async function tellMediaType(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<MediaType> {
  const name = path.toLowerCase();
  const named = byEnding.find(([endings]) => endings.some(ending => name.endsWith(ending)))?.[1];
  const pdf = await findFirst(memorySource(bytes.subarray(0, pdfBeginning)), [ascii('%PDF-')], 0, signal);
  if (pdf !== undefined) return 'application/pdf';
  if (beginsAt(bytes, 0, zip) || beginsAt(bytes, 0, oldOffice)) {
    if (named === word || named === undefined) return word;
    throw unreadable(path, 'it is packed as Word documents are, and its name says something else');
  }
  if (named === 'application/pdf' || named === word) return named;
  if (bytes.subarray(0, pdfBeginning).includes(0) && !isUtf16(bytes)) throw unreadable(path, 'it holds no text');
  if (named !== undefined) return named;
  const beginning = new TextDecoder('latin1').decode(bytes.subarray(0, pdfBeginning)).trimStart().toLowerCase();
  if (beginning.startsWith('<!doctype html') || beginning.startsWith('<html')) return 'text/html';
  throw unreadable(path, 'its name does not say what it is');
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function unreadable(path: string, why: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `${path} cannot be taken in as a document: ${why}.`, {
    remedy: 'Documents are PDF (.pdf), Word (.docx), Markdown (.md), HTML (.html) and plain text (.txt) files.',
    place: { path },
  });
}
