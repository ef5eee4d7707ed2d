/**
 * Characters that change how a text reads without being seen: controls but tab and line feed, bidirectional marks and overrides, zero-width
 * spaces, fillers, tags. Joiners stay, for scripts and emoji need them.
 */
const unseen =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** At most `limit` UTF-16 units of the text, with unseen characters spelled out and line ends as line feeds. */
export function plainText(text: string, limit: number): string {
  const shown = clip(text, limit)
    .replace(/\r\n?/g, '\n')
    .replace(unseen, character => (character === '\n' || character === '\t' ? character : spell(character)));
  return clip(shown, limit);
}

/** The same on one line. */
export function plainLine(text: string, limit: number): string {
  return plainText(text, limit).replace(/\s*\n\s*/g, ' ⏎ ');
}

function spell(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟪U+${code.toString(16).toUpperCase().padStart(4, '0')}⟫`;
}

/** Never splits a surrogate pair. */
function clip(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
