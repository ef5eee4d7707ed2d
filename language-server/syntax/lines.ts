/** A line of a YAML file as far as it can be told without parsing, so that it works on any text and stays while a text is half typed. */
export interface Line {
  /** Offsets; `end` is before the line break. */
  readonly start: number;
  readonly end: number;
  /** Columns before the first character that is no white space. */
  readonly indent: number;
  /** `text`: inside a block text, or a quoted text that started above. */
  readonly kind: 'blank' | 'comment' | 'content' | 'text';
}

/** Brackets of a flow collection that ends on a later line than it starts: lines, and offsets of the brackets. */
export interface FlowSpan {
  readonly startLine: number;
  readonly endLine: number;
  readonly open: number;
  readonly close: number;
}

export interface ScannedLines {
  readonly lines: readonly Line[];
  readonly flows: readonly FlowSpan[];
}

const mostLines = 100_000;
/** Deeper brackets are counted and not kept. */
const deepest = 100;

interface Bracket {
  readonly line: number;
  readonly at: number;
}

/** What an earlier line left open. */
interface State {
  /** Open brackets, and how many more there are. */
  readonly brackets: Bracket[];
  surplus: number;
  quote: string | undefined;
  /** Lines that are indented deeper than this belong to the text or flow collection that is open. */
  parent: number;
  isBlockText: boolean;
}

/** The first 100,000 lines of a text. */
export function scanLines(text: string): ScannedLines {
  const lines: Line[] = [];
  const flows: FlowSpan[] = [];
  const state: State = { brackets: [], surplus: 0, quote: undefined, parent: -1, isBlockText: false };
  for (let start = 0; start <= text.length && lines.length < mostLines;) {
    const end = endOfLine(text, start);
    lines.push(scanLine(text, start, end, lines.length, state, flows));
    start = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
  }
  return { lines, flows };
}

/** Lines end at \r\n, \n or \r, as editors count them. */
function endOfLine(text: string, start: number): number {
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return end;
}

function scanLine(text: string, start: number, end: number, number: number, state: State, flows: FlowSpan[]): Line {
  let first = start;
  while (first < end && (text[first] === ' ' || text[first] === '\t')) first += 1;
  const line = { start, end, indent: first - start };
  if (first === end) return { ...line, kind: 'blank' };
  closeByIndent(line.indent, text[first] as string, state);
  if (state.isBlockText) return { ...line, kind: 'text' };
  if (state.quote === undefined && text[first] === '#') return { ...line, kind: 'comment' };
  const kind = state.quote === undefined ? 'content' : 'text';
  const isOpen = state.quote !== undefined || state.brackets.length > 0;
  const content = isOpen ? first : skipDashes(text, first, end);
  const column = parentColumn(start, first, content, text);
  scanContent(text, content, end, number, state, flows);
  if (!isOpen) state.parent = column;
  state.isBlockText = state.quote === undefined && state.brackets.length === 0 && opensBlockText(text, content, end);
  return { ...line, kind };
}

/** What stays open over lines must be indented deeper than what it belongs to; otherwise its end has not been typed yet. */
function closeByIndent(indent: number, first: string, state: State): void {
  if (indent > state.parent) return;
  state.isBlockText = false;
  state.quote = undefined;
  if (first === ']' || first === '}') return;
  state.brackets.length = 0;
  state.surplus = 0;
}

/** Past the `- ` of list items. */
function skipDashes(text: string, first: number, end: number): number {
  let at = first;
  while (text[at] === '-' && (at + 1 === end || text[at + 1] === ' ')) {
    at += 1;
    while (at < end && text[at] === ' ') at += 1;
  }
  return at;
}

/** The column that a text started on this line is indented against: that of its field's name, or of its item's dash. */
function parentColumn(start: number, first: number, content: number, text: string): number {
  const isField = /[^\s|>&!"'[{#]/.test(text[content] ?? ' ');
  return isField || content === first ? content - start : text.lastIndexOf('-', content - 1) - start;
}

const blockHeader = /(?:^|[:?][ \t]+|[!&]\S*[ \t]+)[|>](?:[+-]?[1-9]?|[1-9][+-])[ \t]*(?:#.*)?$/;

function opensBlockText(text: string, content: number, end: number): boolean {
  // A header stands at the end of a line: a line of megabytes is not searched.
  return blockHeader.test(text.slice(Math.max(content, end - 400), end));
}

/** Follows brackets and quotes, which count only where a value can start. */
function scanContent(text: string, from: number, end: number, line: number, state: State, flows: FlowSpan[]): void {
  let canStart = true;
  for (let at = from; at < end; at++) {
    const character = text[at] as string;
    if (state.quote !== undefined) {
      if (state.quote === '"' && character === '\\') at += 1;
      else if (character === state.quote) state.quote = undefined;
      continue;
    }
    const isFlow = state.brackets.length > 0;
    if (character === ' ' || character === '\t') continue;
    if (character === '#' && /\s/.test(text[at - 1] ?? ' ')) return;
    if (canStart && (character === '&' || character === '!')) {
      // Past an anchor or a tag the value has not started yet.
      while (at + 1 < end && text[at + 1] !== ' ') at += 1;
    } else if (canStart && (character === '"' || character === "'")) {
      state.quote = character;
      canStart = false;
    } else if (canStart && (character === '[' || character === '{')) openBracket(state, line, at);
    else if (isFlow && (character === ']' || character === '}')) {
      closeBracket(state, line, at, flows);
      canStart = false;
    } else canStart = startsValue(text, at, end, isFlow);
  }
}

/** Whether a value can start after the character at `at`. */
function startsValue(text: string, at: number, end: number, isFlow: boolean): boolean {
  const character = text[at];
  if (character === ',') return isFlow;
  if (character === ':')
    return at + 1 === end || /[\s[\]{},]/.test(text[at + 1] as string) || /["'\]}]/.test(text[at - 1] ?? '');
  return false;
}

function openBracket(state: State, line: number, at: number): void {
  if (state.brackets.length < deepest) state.brackets.push({ line, at });
  else state.surplus += 1;
}

function closeBracket(state: State, line: number, at: number, flows: FlowSpan[]): void {
  if (state.surplus > 0) {
    state.surplus -= 1;
    return;
  }
  const open = state.brackets.pop();
  if (open !== undefined && open.line < line)
    flows.push({ startLine: open.line, endLine: line, open: open.at, close: at });
}
