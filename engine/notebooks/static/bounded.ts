import { extents, type Block, type Extent } from './block.ts';

/** Bytes of a cell's output in HTML or Markdown, at most. */
export const largestStatic = 200_000;

/**
 * The blocks as text of at most `largestStatic` bytes: with shorter tables, lists and texts where they would not fit, and at last with the
 * first blocks alone. What is left out is counted.
 */
export function renderBounded(
  blocks: readonly Block[],
  render: (block: Block, extent: Extent) => string,
  separator: string,
  note: (sentence: string) => string,
): string {
  let pieces: readonly string[] = [];
  for (const extent of extents) {
    pieces = blocks.map(block => render(block, extent));
    const whole = pieces.join(separator);
    if (byteLength(whole) <= largestStatic) return whole;
  }
  const kept: string[] = [];
  let bytes = 1_000; // For the sentence at the end.
  for (const piece of pieces) {
    bytes += byteLength(piece) + separator.length;
    if (bytes > largestStatic) break;
    kept.push(piece);
  }
  const left = blocks.length - kept.length;
  return [...kept, note(`${String(left)} more parts of this output are left out here: it would be too large.`)].join(
    separator,
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
