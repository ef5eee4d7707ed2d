/** Most characters of a reply that are searched for JSON. */
const longestReply = 200_000;
/** Most places an object may begin at, so that a reply of braces costs no more than one of words. */
const mostStarts = 200;

/**
 * The JSON object of a reply that has the field: the whole reply, or the last such object in it, whatever stands around (a code fence,
 * a preamble). Undefined where there is none.
 */
export function findJsonObject(reply: string, field: string): Readonly<Record<string, unknown>> | undefined {
  const text = reply.slice(-longestReply).trim();
  const whole = parseObject(text, field);
  if (whole !== undefined) return whole;
  let from = text.length;
  for (let start = 0; start < mostStarts; start += 1) {
    from = text.lastIndexOf('{', from - 1);
    if (from < 0) return undefined;
    const end = endOfObject(text, from);
    if (end !== undefined) {
      const found = parseObject(text.slice(from, end), field);
      if (found !== undefined) return found;
    }
    if (from === 0) return undefined;
  }
  return undefined;
}

function parseObject(text: string, field: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.hasOwn(value, field) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined; // Not JSON: the caller goes on looking.
  }
}

/** Position after the brace that closes the one at `from`; braces inside strings do not count. */
function endOfObject(text: string, from: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return undefined;
}
