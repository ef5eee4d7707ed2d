/**
 * Characters that change how text reads without being seen: controls (but not tab and line feed), bidirectional marks
 * and overrides, zero-width spaces, tags, halves of surrogate pairs. Joiners (U+200C, U+200D) stay, for scripts and emoji need them.
 */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** Text as it is, with unseen characters spelled out: U+202E becomes ⟪U+202E⟫. A carriage return before a line feed is dropped. */
export function showUnseen(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unseen, character => {
    const code = character.codePointAt(0) ?? 0;
    return `⟪U+${code.toString(16).toUpperCase().padStart(4, '0')}⟫`;
  });
}
