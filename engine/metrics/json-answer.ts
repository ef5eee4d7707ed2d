/** A JSON value found in a text. */
export interface FoundJson {
  readonly value: unknown;
  readonly text: string;
}

/** Texts longer than this are not searched for JSON. */
const longestSearched = 2_000_000;
/** Starts of a value that are tried, so that a text full of brackets costs no more than its length. */
const mostStarts = 50;

/** The first JSON value of a text: all of it, else the first object or list in it, as in a fenced block or after some words. */
export function findJson(text: string): FoundJson | undefined {
  if (text.length > longestSearched) return undefined;
  const whole = text.trim();
  const parsed = parse(whole);
  if (parsed !== undefined) return parsed;
  let start = -1;
  for (let tries = 0; tries < mostStarts; tries++) {
    start = nextStart(whole, start + 1);
    if (start < 0) return undefined;
    const end = endOf(whole, start);
    const found = end < 0 ? undefined : parse(whole.slice(start, end));
    if (found !== undefined) return found;
  }
  return undefined;
}

function nextStart(text: string, from: number): number {
  const object = text.indexOf('{', from);
  const list = text.indexOf('[', from);
  return object < 0 || (list >= 0 && list < object) ? list : object;
}

/** Past the bracket that closes the one at `start`; −1 where none does. Brackets in strings do not count. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (inString) {
      if (unit === 0x5c) index++;
      else if (unit === 0x22) inString = false;
    } else if (unit === 0x22) inString = true;
    else if (unit === 0x7b || unit === 0x5b) depth++;
    else if ((unit === 0x7d || unit === 0x5d) && --depth === 0) return index + 1;
  }
  return -1;
}

function parse(text: string): FoundJson | undefined {
  // A word, a number or a quoted text alone is an answer in words.
  if (!/^[[{"]|^(?:true|false|null|-?\d[\d.eE+-]{0,40})$/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown, text };
  } catch {
    return undefined;
  }
}

/** The value of a field, with dots into nested mappings and lists; undefined where there is none. */
export function readPath(value: unknown, path: string): unknown {
  if (isMapping(value) && Object.hasOwn(value, path)) return value[path];
  let current = value;
  for (const part of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
