/** Longer answers have no JSON. */
const maxText = 1_000_000;
/** Starts of JSON that are tried in one answer, and characters read for them. */
const maxTries = 64;
const maxRead = 4_000_000;
/** Deeper values are refused, so that whoever walks them needs no guard. */
const maxDepth = 100;

/**
 * The JSON object or array in an answer: the whole text, else the first fenced block that is JSON, else the first balanced object or array in the prose that parses.
 * `undefined` where there is none, where it is nested more than 100 deep, or where the answer is longer than a million characters. A bare number or string is not taken.
 */
export function extractJson(answer: string): unknown {
  if (answer.length > maxText) return undefined;
  return parse(answer) ?? findFenced(answer) ?? findInProse(answer);
}

function parse(text: string): object | undefined {
  const trimmed = text.trim();
  if (!/^[{[]/.test(trimmed)) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    return typeof value === 'object' && value !== null && isShallow(value) ? value : undefined;
  } catch {
    // Not JSON from here on: the next place is tried.
    return undefined;
  }
}

function isShallow(value: object): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < maxDepth; depth++) {
    const parts: unknown[] = [];
    for (const part of level) {
      if (typeof part === 'object' && part !== null) for (const inner of Object.values(part)) parts.push(inner);
    }
    level = parts;
    if (level.length === 0) return true;
  }
  return false;
}

function findFenced(text: string): object | undefined {
  const parts = text.split('```', 2 * maxTries);
  for (let index = 1; index < parts.length; index += 2) {
    const found = parse(parts[index]!.replace(/^[ \t]{0,4}[a-zA-Z0-9_+-]{0,20}[ \t]{0,4}\r?\n/, ''));
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInProse(text: string): object | undefined {
  let start = 0;
  let read = 0;
  for (let tries = 0; tries < maxTries && read < maxRead; tries++) {
    start = findStart(text, start);
    if (start < 0) return undefined;
    const end = findEnd(text, start);
    const found = end < 0 ? undefined : parse(text.slice(start, end));
    if (found !== undefined) return found;
    read += (end < 0 ? text.length : end) - start;
    start++;
  }
  return undefined;
}

function findStart(text: string, from: number): number {
  const object = text.indexOf('{', from);
  const array = text.indexOf('[', from);
  if (object < 0 || array < 0) return Math.max(object, array);
  return Math.min(object, array);
}

/** Where the brackets opened at `start` are all closed again, strings left out; −1 if never. */
function findEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if ((character === '}' || character === ']') && --depth === 0) return index + 1;
  }
  return -1;
}
