/** The start of a text, at most `limit` UTF-16 units long; never splits a surrogate pair. */
export function clipText(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
}
