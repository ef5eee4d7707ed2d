import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver';
import { collectBlocks } from './blocks.ts';
import { scanLines, type FlowSpan, type Line } from './lines.ts';

/** How an editor folds. */
export interface FoldingWishes {
  /** At most so many folds. */
  readonly limit: number;
  /** Only whole lines are folded. */
  readonly linesOnly: boolean;
}

interface Fold {
  readonly range: FoldingRange;
  /** How deep it lies: the deepest are left out first. */
  readonly level: number;
}

/** What can be folded: fields, list items, texts, flow collections, comments and regions; one fold a line, the largest. */
export function collectFolds(text: string, { limit, linesOnly }: FoldingWishes): readonly FoldingRange[] {
  const { lines, flows } = scanLines(text);
  const folds = new Map<number, Fold>();
  for (const { startLine, endLine, level } of collectBlocks(text, lines))
    if (!folds.has(startLine)) folds.set(startLine, { range: { startLine, endLine }, level });
  for (const flow of flows) {
    const block = folds.get(flow.startLine);
    // A block that goes on after its bracket is the larger fold.
    if (block !== undefined && block.range.endLine > flow.endLine) continue;
    const fold = foldFlow(text, lines, flow, linesOnly, block?.level ?? 0);
    if (fold.range.endLine > flow.startLine) folds.set(flow.startLine, fold);
  }
  for (const fold of [...foldComments(text, lines), ...foldRegions(text, lines)]) folds.set(fold.range.startLine, fold);
  const kept = [...folds.values()];
  if (kept.length > limit)
    kept.sort((a, b) => a.level - b.level || a.range.startLine - b.range.startLine).splice(limit);
  return kept.map(({ range }) => range).sort((a, b) => a.startLine - b.startLine);
}

/** The closing bracket stays in sight. */
function foldFlow(
  text: string,
  lines: readonly Line[],
  { startLine, endLine, open, close }: FlowSpan,
  linesOnly: boolean,
  level: number,
): Fold {
  const start = lines[startLine]?.start ?? 0;
  const end = lines[endLine]?.start ?? 0;
  if (!linesOnly)
    return {
      range: { startLine, startCharacter: open + 1 - start, endLine, endCharacter: close - end },
      level,
    };
  const isAlone = text.slice(end, close).trim() === '';
  return { range: { startLine, endLine: isAlone ? endLine - 1 : endLine }, level };
}

const regionMark = /^#\s*(region|endregion)\b/;

function markOf(text: string, line: Line): string | undefined {
  if (line.kind !== 'comment') return undefined;
  const from = line.start + line.indent;
  return regionMark.exec(text.slice(from, Math.min(line.end, from + 100)))?.[1];
}

function foldComments(text: string, lines: readonly Line[]): readonly Fold[] {
  const folds: Fold[] = [];
  let startLine: number | undefined;
  const end = (number: number): void => {
    if (startLine !== undefined && number - 1 > startLine)
      folds.push({ range: { startLine, endLine: number - 1, kind: FoldingRangeKind.Comment }, level: 0 });
    startLine = undefined;
  };
  for (const [number, line] of lines.entries()) {
    if (line.kind === 'comment' && markOf(text, line) === undefined) startLine ??= number;
    else end(number);
  }
  end(lines.length);
  return folds;
}

function foldRegions(text: string, lines: readonly Line[]): readonly Fold[] {
  const folds: Fold[] = [];
  const open: number[] = [];
  for (const [number, line] of lines.entries()) {
    const mark = markOf(text, line);
    if (mark === 'region') open.push(number);
    else if (mark === 'endregion') {
      const startLine = open.pop();
      if (startLine !== undefined)
        folds.push({ range: { startLine, endLine: number, kind: FoldingRangeKind.Region }, level: 0 });
    }
  }
  return folds;
}
