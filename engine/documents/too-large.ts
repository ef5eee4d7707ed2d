import { Lexer } from 'yaml';

/** Larger files are not read; ours have a few hundred lines. */
export const mostBytes = 1024 * 1024;
/** Nor are files of hardly anything but punctuation, which take the parser seconds. */
const mostMarks = 200_000;
/** The parser recurses and would take seconds to give up. */
const mostOpenBrackets = 1_000;

/** Why a text is not parsed, to follow the name of its kind; absent for all but huge ones. */
export function whyTooLarge(text: string): string | undefined {
  // Bytes are counted only where the number of characters leaves it open.
  if (text.length > mostBytes || (text.length * 3 > mostBytes && new TextEncoder().encode(text).length > mostBytes))
    return 'is larger than 1 MiB';
  if (!hasTooManyMarks(text)) return undefined;
  return `has more than ${mostMarks.toLocaleString('en')} lines and marks such as \`:\``;
}

/** Whether the parser would take seconds for a text, however many characters that has. */
export function hasTooManyMarks(text: string): boolean {
  return text.length > mostMarks && countMarks(text) > mostMarks;
}

const marks = new Uint8Array(128);
for (const mark of '\n!"#%&\'*,-:>?@[\\]`{|}') marks[mark.charCodeAt(0)] = 1;

/** Line breaks and characters that YAML may read as marks. Ordinary files have one or two in ten characters. */
function countMarks(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) count += marks[text.charCodeAt(at)] ?? 0;
  return count;
}

/** Where brackets are nested deeper than any file of ours. */
export function findTooDeep(text: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    depth += nesting(text.charCodeAt(at));
    // They may as well stand in texts.
    if (depth > mostOpenBrackets) return findDeepToken(text);
  }
  return undefined;
}

function findDeepToken(text: string): number | undefined {
  let depth = 0;
  let at = 0;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    if (!isText && token.length === 1) depth += nesting(token.charCodeAt(0));
    if (depth > mostOpenBrackets) return at;
    isText = token === startOfText;
    if (!controls.includes(token)) at += token.length;
  }
  return undefined;
}

/** The lexer's own signs, which stand for nothing in the text: before a document, after a broken bracket, before a plain text. */
const startOfText = '\u001f';
const controls: readonly string[] = ['\u0002', '\u0018', startOfText];

function nesting(code: number): number {
  if (code === 91 || code === 123) return 1;
  return code === 93 || code === 125 ? -1 : 0;
}
