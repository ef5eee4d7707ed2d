/** Characters of a text under judgement that a judge is shown. */
const longestShown = 24_000;

/** A long text's beginning and end, with what was left out between them told. */
export function shorten(text: string, limit = longestShown): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[… ${left} characters left out …]\n${text.slice(text.length - half)}`;
}

export interface FencedText {
  /** Such as `ANSWER`. */
  readonly title: string;
  readonly text: string;
}

/**
 * Texts between lines that none of them contains, so that no text can end its own block and speak outside it. The same texts give the
 * same lines, which keeps a judge's question the same from run to run.
 */
export function fenceTexts(texts: readonly FencedText[]): string {
  const shown = texts.map(({ title, text }) => ({ title, text: shorten(text) }));
  let number = 1;
  while (shown.some(({ text }) => text.includes(markOf(number)))) number += 1;
  const mark = markOf(number);
  return shown.map(({ title, text }) => `${mark} ${title} BEGINS\n${text}\n${mark} ${title} ENDS`).join('\n\n');
}

function markOf(number: number): string {
  return `=====${number}=====`;
}
