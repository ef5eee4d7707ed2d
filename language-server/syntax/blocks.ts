import type { Line } from './lines.ts';

/** Lines that belong together by their indentation: a field or list item with all that is below it. */
export interface Block {
  readonly startLine: number;
  /** The last line, blank ones left out. */
  readonly endLine: number;
  /** How many blocks it lies in. */
  readonly level: number;
}

interface OpenBlock {
  readonly startLine: number;
  readonly indent: number;
  readonly isItem: boolean;
  endLine: number;
}

/** Blocks of at least two lines, each before those inside of it. */
export function collectBlocks(text: string, lines: readonly Line[]): readonly Block[] {
  const found: Block[] = [];
  const open: OpenBlock[] = [];

  function close(): void {
    const block = open.pop();
    if (block !== undefined && block.endLine > block.startLine)
      found.push({ startLine: block.startLine, endLine: block.endLine, level: open.length });
  }

  for (const [number, line] of lines.entries()) {
    if (line.kind === 'blank') continue;
    if (line.kind === 'content') {
      const isItem = text[line.start + line.indent] === '-' && /[\s]/.test(text[line.start + line.indent + 1] ?? ' ');
      for (let last = open.at(-1); last !== undefined && endsBlock(last, line.indent, isItem); last = open.at(-1))
        close();
      for (const block of open) block.endLine = number;
      open.push({ startLine: number, indent: line.indent, isItem, endLine: number });
    } else {
      for (const block of open) if (line.kind === 'text' || line.indent > block.indent) block.endLine = number;
    }
  }
  while (open.length > 0) close();
  return found.sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine);
}

/** The items of a list may stand in the same column as its field. */
function endsBlock(block: OpenBlock, indent: number, isItem: boolean): boolean {
  return indent < block.indent || (indent === block.indent && (block.isItem || !isItem));
}
