import { endOfString, skipBlank } from './json-spans.ts';

const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

/** Where a text stops being JSON. JavaScript's own messages say so only sometimes. Not recursive, and quick for any text. */
export function findJsonFault(text: string): number {
  const closers: string[] = [];
  let expected: Expected = 'value';
  let at = skipBlank(text, 0);
  const afterValue = (): Expected => (closers.length === 0 ? 'nothing' : 'comma or end');
  while (at < text.length) {
    const character = text[at] ?? '';
    const mayEnd = expected === 'comma or end' || expected === 'value or end' || expected === 'key or end';
    if (mayEnd && character === closers.at(-1)) {
      closers.pop();
      expected = afterValue();
      at++;
    } else if (expected === 'comma or end' && character === ',') {
      expected = closers.at(-1) === '}' ? 'key' : 'value';
      at++;
    } else if (expected === 'colon' && character === ':') {
      expected = 'value';
      at++;
    } else if (expected.startsWith('key') && character === '"') {
      const end = endOfString(text, at);
      if (isBroken(text, at, end)) return at;
      expected = 'colon';
      at = end;
    } else if (expected.startsWith('value')) {
      const end = endOfToken(text, at);
      if (end === undefined) return at;
      if (character === '{' || character === '[') {
        closers.push(character === '{' ? '}' : ']');
        expected = character === '{' ? 'key or end' : 'value or end';
      } else expected = afterValue();
      at = end;
    } else return at;
    at = skipBlank(text, at);
  }
  return text.length;
}

/** The end of a scalar or of an opening bracket; undefined where neither stands. */
function endOfToken(text: string, at: number): number | undefined {
  const character = text[at];
  if (character === '{' || character === '[') return at + 1;
  if (character === '"') {
    const end = endOfString(text, at);
    return isBroken(text, at, end) ? undefined : end;
  }
  scalar.lastIndex = at;
  return scalar.test(text) ? scalar.lastIndex : undefined;
}

/** A string that goes on over a line's end lacks its closing quote. */
function isBroken(text: string, start: number, end: number): boolean {
  return text[end - 1] !== '"' || text.slice(start, end).includes('\n');
}
