import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';

/** A card is a page or two; what is larger is no card. */
export const mostCardBytes = 256 * 1024;

/** A card's bytes, as its digest covers them, and its text. */
export interface CardContent {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Reads a card whole. Throws `file-not-found`, `file-too-large` over 256 KiB, and `file-invalid` for one that is no UTF-8 text. */
export async function readCard(
  files: Files,
  path: string,
  shownPath: string,
  signal: AbortSignal,
): Promise<CardContent> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of files.stream(path, signal)) {
    signal.throwIfAborted();
    size += piece.length;
    if (size > mostCardBytes) throw tooLarge(shownPath, path);
    pieces.push(piece);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes, text: decode(bytes, shownPath, path) };
}

function decode(bytes: Uint8Array, shownPath: string, path: string): string {
  // A zero byte is valid UTF-8 and still no text: it is what a picture or an archive gives away first.
  if (bytes.includes(0)) throw notText(shownPath, path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw notText(shownPath, path, error);
  }
}

function tooLarge(shownPath: string, path: string): WorkbenchError {
  return new WorkbenchError('file-too-large', `The card ${shownPath} is larger than 256 KiB.`, {
    remedy: 'A card is a text of a few pages: move data and pictures out of it.',
    place: { path },
  });
}

function notText(shownPath: string, path: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('file-invalid', `The card ${shownPath} is no UTF-8 text.`, {
    remedy: 'Save it as Markdown in UTF-8.',
    place: { path },
    cause,
  });
}
