import { Document, isScalar } from 'yaml';
import { untrustedYaml } from '../untrusted-yaml.ts';
import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  dash,
  doubleQuote,
  hash,
  mayBeNoText,
  newline,
  openBrace,
  openBracket,
  space,
  startsScalar,
} from './characters.ts';
import { beyond, endOfLine, endsMark, finishLine, skipSpaces, type Cursor } from './cursor.ts';

/** What a plain scalar may be beside text: asked of the parser's own schema. */
const { tags } = new Document(undefined, { ...untrustedYaml, schema: 'core' }).schema;

function resolvePlain(source: string): unknown {
  if (!mayBeNoText(source.charCodeAt(0))) return source;
  const tag = tags.find(each => each.default === true && 'test' in each && each.test?.test(source) === true);
  if (tag === undefined) return source;
  const resolve = tag.resolve as (source: string, onError: () => void, options: object) => unknown;
  const resolved = resolve(source, refuse, untrustedYaml);
  return isScalar(resolved) ? resolved.value : resolved;
}

function refuse(): never {
  throw beyond;
}

function requireStart({ text, at }: Cursor): void {
  const code = text.charCodeAt(at);
  if (startsScalar(code)) return;
  const next = text.charCodeAt(at + 1);
  // A dash before a letter or digit is a part of the text.
  if (code !== dash || !startsScalar(next)) throw beyond;
}

/** A plain scalar outside brackets, with the lines that go on with it: those that are indented deeper than `parent`. */
export function readPlainScalar(cursor: Cursor, parent: number): unknown {
  requireStart(cursor);
  let value = takePlainLine(cursor);
  for (let gap = enterNext(cursor, parent); gap !== undefined; gap = enterNext(cursor, parent))
    value += gap + takePlainLine(cursor);
  finishLine(cursor);
  return resolvePlain(value);
}

/** The text on the line, up to its end or its comment. */
function takePlainLine(cursor: Cursor): string {
  const { text, at } = cursor;
  const end = endOfLine(text, at);
  const line = text.slice(at, end);
  const comment = line.indexOf(' #');
  const value = (comment < 0 ? line : line.slice(0, comment)).trimEnd();
  if (value.includes(': ') || value.endsWith(':')) throw beyond;
  cursor.at = comment < 0 ? end : at + comment;
  return value;
}

/** Enters the next line if the scalar goes on there; what then stands between the two. A comment ends a scalar. */
function enterNext(cursor: Cursor, parent: number): string | undefined {
  const { text } = cursor;
  let breaks = 0;
  let end = cursor.at;
  while (text.charCodeAt(end) === newline) {
    const first = skipSpaces(text, end + 1);
    if (text.charCodeAt(first) !== newline) {
      if (first >= text.length || text.charCodeAt(first) === hash || first - end - 1 <= parent) return undefined;
      cursor.at = first;
      return joint(breaks);
    }
    breaks += 1;
    end = first;
  }
  return undefined;
}

/** What stands between two lines of a folded text with so many empty ones between them. */
export function joint(emptyLines: number): string {
  return emptyLines === 0 ? ' ' : '\n'.repeat(emptyLines);
}

/** A plain scalar between brackets. */
export function readPlainInFlow(cursor: Cursor): unknown {
  requireStart(cursor);
  const { text, at } = cursor;
  let end = at;
  while (end < text.length && !endsPlainInFlow(text, end)) end += 1;
  cursor.at = end;
  return resolvePlain(text.slice(at, end).trimEnd());
}

function endsPlainInFlow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code > openBrace + 2) return false;
  switch (code) {
    case newline:
    case comma:
    case openBracket:
    case closeBracket:
    case openBrace:
    case closeBrace:
      return true;
    case colon: {
      // That would be a mapping of one entry.
      const next = text.charCodeAt(at + 1);
      if (endsMark(text, at + 1) || isFlowMark(next)) throw beyond;
      return false;
    }
    case hash:
      if (text.charCodeAt(at - 1) === space) throw beyond;
      return false;
    default:
      return false;
  }
}

function isFlowMark(code: number): boolean {
  return code === comma || code === openBracket || code === closeBracket || code === openBrace || code === closeBrace;
}

/** A text in quotes; its further lines are indented deeper than `parent`. */
export function readQuoted(cursor: Cursor, parent: number): string {
  const { text, at } = cursor;
  const isDouble = text.charCodeAt(at) === doubleQuote;
  const end = isDouble ? endOfDouble(text, at + 1) : endOfSingle(text, at + 1);
  const raw = text.slice(at + 1, end);
  cursor.at = end + 1;
  const isFolded = raw.includes('\n');
  const lines = isFolded ? fold(raw, parent) : raw;
  if (!isDouble) return raw.includes("'") ? lines.replaceAll("''", "'") : lines;
  if (!raw.includes('\\')) return lines;
  // An escape may stand for a line break, or for none.
  if (isFolded) throw beyond;
  return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, readEscape);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\', '/': '/' };

function readEscape(_all: string, unit: string | undefined, letter: string): string {
  const character = unit === undefined ? escapes[letter] : String.fromCharCode(Number.parseInt(unit, 16));
  if (character === undefined) throw beyond;
  return character;
}

function endOfSingle(text: string, from: number): number {
  let end = text.indexOf("'", from);
  while (end >= 0 && text[end + 1] === "'") end = text.indexOf("'", end + 2);
  if (end < 0) throw beyond;
  return end;
}

function endOfDouble(text: string, from: number): number {
  for (let end = text.indexOf('"', from); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (first > from && text.charCodeAt(first - 1) === backslash) first -= 1;
    if ((end - first) % 2 === 0) return end;
  }
  throw beyond;
}

/** Quoted lines as one text: a line break is a space, and each empty line a line break. */
function fold(raw: string, parent: number): string {
  const [first = '', ...lines] = raw.split('\n');
  const last = lines.length - 1;
  let value = first.trimEnd();
  let empty = 0;
  for (const [index, line] of lines.entries()) {
    const content = index === last ? line.trimStart() : line.trim();
    if (content === '' && index < last) {
      empty += 1;
      continue;
    }
    if (skipSpaces(line, 0) <= parent) throw beyond;
    value += joint(empty) + content;
    empty = 0;
  }
  return value;
}
