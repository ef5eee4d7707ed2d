/** Where a value stands in a text: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface MemberSpan {
  readonly key: string;
  /** Where the key's quote stands. */
  readonly start: number;
  readonly value: Span;
}

const bracketOrQuote = /["[\]{}]/g;
const afterScalar = /[\s,\]}]/g;

/** The members of the object that starts at `start`, in the order of the text, which is valid JSON. */
export function readMembers(text: string, start: number): readonly MemberSpan[] {
  const members: MemberSpan[] = [];
  let at = skipBlank(text, start + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const colon = skipBlank(text, keyEnd);
    const value = spanAt(text, skipBlank(text, colon + 1));
    members.push({ key: JSON.parse(text.slice(at, keyEnd)) as string, start: at, value });
    at = nextItem(text, value.end);
  }
  return members;
}

/** The elements of the array that starts at `start`. */
export function readElements(text: string, start: number): readonly Span[] {
  const elements: Span[] = [];
  let at = skipBlank(text, start + 1);
  while (at < text.length && text[at] !== ']') {
    const element = spanAt(text, at);
    elements.push(element);
    at = nextItem(text, element.end);
  }
  return elements;
}

/** The value of a key; of several with one key the last counts, as it does for every reader of JSON. */
export function findMember(members: readonly MemberSpan[], key: string): MemberSpan | undefined {
  return members.findLast(member => member.key === key);
}

export function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at++;
  return at;
}

function nextItem(text: string, from: number): number {
  const at = skipBlank(text, from);
  return text[at] === ',' ? skipBlank(text, at + 1) : at;
}

function spanAt(text: string, start: number): Span {
  return { start, end: endOfValue(text, start) };
}

/** Not recursive: a file may be nested as deeply as it likes. */
function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first !== '{' && first !== '[') {
    afterScalar.lastIndex = start;
    return afterScalar.exec(text)?.index ?? text.length;
  }
  let depth = 0;
  let at = start;
  for (;;) {
    bracketOrQuote.lastIndex = at;
    const found = bracketOrQuote.exec(text);
    if (found === null) return text.length;
    const [character] = found;
    at = found.index + 1;
    if (character === '"') at = endOfString(text, found.index);
    else if (character === '{' || character === '[') depth++;
    else if (--depth === 0) return at;
  }
}

/** Where the string that starts at `start` ends, after its closing quote. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let before = quote - 1;
    while (text[before] === '\\') before--;
    if ((quote - before) % 2 === 1) return quote + 1;
    at = quote + 1;
  }
}
