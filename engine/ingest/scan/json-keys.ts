/** The first key that an object in a JSON text has twice, at any depth; undefined where there is none or the text is no JSON. */
export function findRepeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') {
      open.push(new Set());
      expectsKey = true;
    } else if (character === '[') {
      open.push(undefined);
      expectsKey = false;
    } else if (character === '}' || character === ']') {
      open.pop();
      expectsKey = false;
    } else if (character === ',') {
      expectsKey = open.at(-1) !== undefined;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (end < 0) return undefined;
      const keys = open.at(-1);
      if (expectsKey && keys !== undefined) {
        const key = readString(text.slice(at, end + 1));
        if (key !== undefined) {
          if (keys.has(key)) return key;
          keys.add(key);
        }
        expectsKey = false;
      }
      at = end;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function readString(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    // No JSON: whoever parses the whole says so.
    return undefined;
  }
}
