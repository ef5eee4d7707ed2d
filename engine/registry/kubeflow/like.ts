/**
 * The server's finders compare names by SQL's LIKE: `_` in a name stands for any character, `%` for any text. This writes a name so
 * that it stands for itself.
 */
export function escapeLike(name: string): string {
  return name.replace(/[\\%_]/g, '\\$&');
}

/** Whether `text` is like `pattern`, as SQL reads it. */
export function isLike(pattern: string, text: string): boolean {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    if (character === '%') source += '[^]*';
    else if (character === '_') source += '[^]';
    else {
      if (character === '\\' && at + 1 < pattern.length) at += 1;
      source += (pattern[at] ?? '').replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    }
  }
  return new RegExp(`^${source}$`).test(text);
}
