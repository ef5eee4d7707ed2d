/**
 * White space as Python's `str.split`, `str.strip` and `\s` see it, as the inside of a regular expression's character class.
 * JavaScript's `\s` differs: it has U+FEFF and lacks U+001C to U+001F and U+0085.
 */
export const spaceClass =
  '\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
/** What Python's `\w` matches, as the inside of a character class for the flags `u` and `v`. */
export const wordClass = '\\p{L}\\p{N}_';
/** Python's `\b`, for the flags `u` and `v`. */
export const wordBoundary = `(?:(?<=[${wordClass}])(?![${wordClass}])|(?<![${wordClass}])(?=[${wordClass}]))`;

const spaceRun = new RegExp(`[${spaceClass}]+`, 'u');

/** Whether a UTF-16 unit is white space to Python; none of these lies outside the basic plane. */
export function isSpace(unit: number): boolean {
  if (unit < 128) return unit === 32 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0;
  return (
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x3000 ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x1680
  );
}

/** Python's `text.split()`. */
export function splitWords(text: string): string[] {
  return text.split(spaceRun).filter(word => word !== '');
}

/** Python's `text.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Python's `text.strip()`. */
export function strip(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  return stripEnd(start === 0 ? text : text.slice(start));
}
