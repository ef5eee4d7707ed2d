import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { collectBlocks, type Block } from './blocks.ts';
import { scanLines, type Line } from './lines.ts';

/** Start and end as offsets. */
export type Stretch = readonly [start: number, end: number];

/** What grows a selection, of one document. */
export interface SelectionGrower {
  /** Stretches around an offset, the smallest first, each truly inside the next; the last is the whole document. */
  stretchesAt(offset: number): readonly Stretch[];
}

const most = 200;
/** Characters of a line, on either side, in which words are looked for. */
const nearby = 500;
/** Characters in which a placeholder is looked for. */
const longestPlaceholder = 2_000;

export function createSelectionGrower(parsed: ParsedDocument): SelectionGrower {
  const { text, contents } = parsed;
  const { lines } = scanLines(text);
  // Where the text is broken, what the tree says beyond a line is a guess; indentation tells more.
  const isGuess = contents === undefined || isBroken(parsed);
  const blocks = isGuess ? collectBlocks(text, lines) : [];
  return {
    stretchesAt(offset) {
      const number = lineAt(lines, offset);
      const nodes = contents === undefined ? [] : nodesAt(text, contents, offset);
      const candidates = [
        ...wordsAt(text, lines[number], offset),
        ...placeholderAt(text, offset),
        ...linesAt(text, lines, number, isGuess),
        ...(isGuess ? nodes.filter(stretch => isOnLine(stretch, lines[number])) : nodes),
        ...blocks.flatMap(block => blockAt(lines, block, number)),
      ];
      return nest(text, candidates, offset);
    },
  };
}

function isOnLine([start, end]: Stretch, line: Line | undefined): boolean {
  return line !== undefined && line.start <= start && end <= line.end;
}

function isBroken({ diagnostics }: ParsedDocument): boolean {
  return diagnostics.some(({ code }) => code === 'yaml-syntax' || code === 'tab-indentation');
}

/** The candidates around an offset, by size; one that overlaps a smaller one in part is left out. */
function nest(text: string, candidates: readonly Stretch[], offset: number): readonly Stretch[] {
  const around = candidates
    .map(stretch => trim(text, stretch))
    .filter(([start, end]) => start <= offset && offset <= end && start < end)
    .sort((a, b) => a[1] - a[0] - (b[1] - b[0]));
  const nested: Stretch[] = [];
  for (const stretch of [...around.slice(0, most), [0, text.length] as const]) {
    const inner = nested.at(-1);
    const grows = inner === undefined || stretch[1] - stretch[0] > inner[1] - inner[0];
    if (grows && (inner === undefined || (stretch[0] <= inner[0] && inner[1] <= stretch[1]))) nested.push(stretch);
  }
  return nested;
}

function trim(text: string, [start, end]: Stretch): Stretch {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to -= 1;
  return [from, to];
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** `AML` and `AML.T0051`. */
function wordsAt(text: string, line: Line | undefined, offset: number): readonly Stretch[] {
  if (line === undefined) return [];
  const from = Math.max(line.start, offset - nearby);
  const near = text.slice(from, Math.min(line.end, offset + nearby));
  return [/[\p{L}\p{N}_]+/gu, /[\p{L}\p{N}_][\p{L}\p{N}_.:@/-]*(?<![.:@/-])/gu].flatMap(form =>
    [...near.matchAll(form)]
      .map(({ index, 0: word }): Stretch => [from + index, from + index + word.length])
      .filter(([start, end]) => start <= offset && offset <= end),
  );
}

/** A template's `{{ … }}`, `{% … %}` or `{# … #}`, and what is in it. */
function placeholderAt(text: string, offset: number): readonly Stretch[] {
  const from = Math.max(0, offset - longestPlaceholder);
  const near = text.slice(from, offset + longestPlaceholder);
  return [...near.matchAll(/\{(?:\{[-+]?([^]*?)[-+]?\}|%[-+]?([^]*?)[-+]?%|#([^]*?)#)\}/g)].flatMap(match => {
    const start = from + match.index;
    const end = start + match[0].length;
    if (offset < start || offset > end) return [];
    const inner = match[1] ?? match[2] ?? match[3] ?? '';
    const innerStart = start + match[0].indexOf(inner, 2);
    return [[innerStart, innerStart + inner.length] as const, [start, end] as const];
  });
}

/** The line, where it is one of a text, and the run of comments it belongs to. */
function linesAt(text: string, lines: readonly Line[], number: number, isGuess: boolean): readonly Stretch[] {
  const line = lines[number];
  if (line === undefined || line.kind === 'blank') return [];
  const own: Stretch = [line.start, line.end];
  if (line.kind === 'text') return [own];
  if (line.kind === 'content') {
    if (!isGuess) return [];
    const dashes = /^[\s-]*\s/.exec(text.slice(line.start, Math.min(line.end, line.start + nearby)))?.[0] ?? '';
    return [[line.start + dashes.length, line.end], own];
  }
  let first = number;
  let last = number;
  while (lines[first - 1]?.kind === 'comment') first -= 1;
  while (lines[last + 1]?.kind === 'comment') last += 1;
  const hash = line.start + line.indent;
  const words = /^#+/.exec(text.slice(hash, Math.min(line.end, hash + nearby)))?.[0].length ?? 0;
  return [[hash + words, line.end], own, [lines[first]?.start ?? line.start, lines[last]?.end ?? line.end]];
}

function blockAt(lines: readonly Line[], { startLine, endLine }: Block, number: number): readonly Stretch[] {
  const first = lines[startLine];
  const last = lines[endLine];
  if (number < startLine || number > endLine || first === undefined || last === undefined) return [];
  return [[first.start, last.end]];
}

/** Texts, values, fields, items, mappings and lists around an offset. */
function nodesAt(text: string, root: Node, offset: number): readonly Stretch[] {
  const found: Stretch[] = [];
  let node: Node | undefined = root;
  while (node !== undefined && found.length < most) {
    const [start, end]: readonly number[] = node.range ?? [offset, offset];
    if (start === undefined || end === undefined) break;
    found.push([start, end]);
    if (isScalar(node)) found.push(...insideOf(text, node));
    node = isMap(node)
      ? fieldAt(node.items as Pair<Node, Node | null>[], offset, found)
      : itemAt(text, node, offset, found);
  }
  return found;
}

/** A text without its quotes or its `|`. */
function insideOf(text: string, { range, type }: Scalar): readonly Stretch[] {
  const [start, end] = range ?? [0, 0];
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE')
    return text[end - 1] === text[start] ? [[start + 1, end - 1]] : [];
  if (type !== 'BLOCK_LITERAL' && type !== 'BLOCK_FOLDED') return [];
  const header = /[\r\n]/.exec(text.slice(start, Math.min(end, start + nearby)));
  return header === null ? [] : [[start + header.index, end]];
}

function fieldAt(pairs: readonly Pair<Node, Node | null>[], offset: number, found: Stretch[]): Node | undefined {
  for (const { key, value } of pairs) {
    const [start = 0, keyEnd = 0] = key.range ?? [];
    const end = Math.max(keyEnd, value?.range?.[1] ?? 0);
    if (offset < start || offset > end) continue;
    found.push([start, end]);
    if (offset <= keyEnd) return key;
    return value?.range && value.range[0] <= offset ? value : undefined;
  }
  return undefined;
}

function itemAt(text: string, node: Node, offset: number, found: Stretch[]): Node | undefined {
  if (!isSeq(node)) return undefined;
  for (const item of node.items as Node[]) {
    const [start, end] = item.range ?? [0, -1];
    const from = node.flow === true ? start : dashBefore(text, start);
    if (offset < from || offset > end) continue;
    found.push([from, end]);
    return offset < start ? undefined : item;
  }
  return undefined;
}

/** Where the `-` of a list item is, past its anchor and tag. */
function dashBefore(text: string, start: number): number {
  const dash = text.lastIndexOf('-', start - 1);
  if (dash < 0 || start - dash > nearby) return start;
  return /^(?:\s+[&!]\S*)*\s+$/.test(text.slice(dash + 1, start)) ? dash : start;
}

function lineAt(lines: readonly Line[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.start ?? Infinity) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
