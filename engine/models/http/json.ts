export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A token count as endpoints send it, undefined for anything but a whole number from 0. */
export function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A message's content: a string, or a list of parts of which the text ones count. Anything else is no text. */
export function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  let text = '';
  for (const part of content) if (isRecord(part) && typeof part['text'] === 'string') text += part['text'];
  return text;
}

/** Pieces of one text, decoded as UTF-8 at once so that characters may be split between them. */
export function decodePieces(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8');
  if (pieces.length === 1) return decoder.decode(pieces[0]);
  let text = '';
  for (const piece of pieces) text += decoder.decode(piece, { stream: true });
  return text + decoder.decode();
}
