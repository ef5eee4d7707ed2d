/**
 * Whether a path with forward slashes matches a pattern: `*` stands for anything within a name, `**` for anything at all, `?` for one
 * character, `[a-z0-9]` for one of these. A pattern that names a folder matches what lies in it. Takes time in proportion to the lengths'
 * product at most, whatever the pattern.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  return path.startsWith(`${pattern}/`) || run(readTokens(pattern.slice(0, longestPattern)), path);
}

const longestPattern = 1000;

/** Any text, any text within a name, or one character that passes. */
type Token = 'anything' | 'name' | ((character: string) => boolean);

function readTokens(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    const close = character === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (pattern.startsWith('**/', at)) {
      // `**/x` also means `x` itself.
      tokens.push('anything');
      at += 2;
    } else if (pattern.startsWith('**', at)) {
      tokens.push('anything');
      at += 1;
    } else if (character === '*') tokens.push('name');
    else if (character === '?') tokens.push(one => one !== '/');
    else if (close > 0) {
      tokens.push(oneOf(pattern.slice(at + 1, close)));
      at = close;
    } else tokens.push(one => one === character);
  }
  return tokens;
}

function oneOf(content: string): Token {
  const negated = content.startsWith('!') || content.startsWith('^');
  const body = negated ? content.slice(1) : content;
  return character => {
    let inside = false;
    for (let at = 0; at < body.length; at += 1) {
      if (body[at + 1] === '-' && at + 2 < body.length) {
        inside ||= character >= (body[at] ?? '') && character <= (body[at + 2] ?? '');
        at += 2;
      } else inside ||= character === body[at];
    }
    return inside !== negated && character !== '/';
  };
}

/** All places in the pattern at once, a character of the path after the other. */
function run(tokens: readonly Token[], path: string): boolean {
  let places = skipEmpty(tokens, new Set([0]));
  for (const character of path) {
    const next = new Set<number>();
    for (const place of places) {
      const token = tokens[place];
      if (token === 'anything' || (token === 'name' && character !== '/')) next.add(place);
      else if (typeof token === 'function' && token(character)) next.add(place + 1);
    }
    if (next.size === 0) return false;
    places = skipEmpty(tokens, next);
  }
  return places.has(tokens.length);
}

/** A star may stand for nothing. */
function skipEmpty(tokens: readonly Token[], places: Set<number>): Set<number> {
  for (const place of places) if (typeof tokens[place] === 'string') places.add(place + 1);
  return places;
}
