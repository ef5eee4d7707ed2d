import type { SourceText } from '../../../schemas/generated/messages.ts';

/** A stretch of a text that is asked about at once. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

/** Characters of a stretch; it ends with a paragraph where one ends in its second half. */
const longestChunk = 12_000;

/** All of a text in stretches that do not overlap. Those without a word are left out. */
export function splitChunks({ text }: Pick<SourceText, 'text'>): Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + longestChunk);
    if (end < text.length) {
      const paragraph = text.lastIndexOf('\n\n', end);
      const line = text.lastIndexOf('\n', end);
      if (paragraph > start + longestChunk / 2) end = paragraph + 2;
      else if (line > start + longestChunk / 2) end = line + 1;
    }
    if (/\p{L}/u.test(text.slice(start, end))) chunks.push({ start, end });
    start = end;
  }
  return chunks;
}
