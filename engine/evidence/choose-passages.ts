/** A part of a document that may answer a question. */
export interface Passage {
  /** Position of its document among those that were given. */
  readonly document: number;
  /** In the document's text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

/** A passage is about this long, UTF-16 code units. */
const passageLength = 1_500;
/** What is sent of all documents together. */
export const mostSent = 24_000;

/** Saturation of a word's count and weight of a passage's length, as BM25 is usually set. */
const saturation = 1.2;
const lengthWeight = 0.75;

/**
 * The passages of texts that share most with a question, by BM25 over their words, up to `limit` characters in all and in the order in which
 * they stand. Everything where there is no more than that. The same texts give the same passages.
 */
export function choosePassages(question: string, texts: readonly string[], limit = mostSent): readonly Passage[] {
  const whole = texts.map((text, document) => ({ document, start: 0, end: text.length }));
  if (texts.reduce((sum, text) => sum + text.length, 0) <= limit) return whole.filter(({ end }) => end > 0);
  const passages = texts.flatMap((text, document) => splitText(text).map(part => ({ document, ...part })));
  const asked = [...new Set(wordsOf(question))];
  const counted = passages.map(passage => countWords(texts[passage.document] ?? '', passage, asked));
  const average = counted.reduce((sum, { words }) => sum + words, 0) / Math.max(1, counted.length);
  const rarity = asked.map((_, at) => {
    const having = counted.filter(({ counts }) => (counts[at] ?? 0) > 0).length;
    return Math.log(1 + (counted.length - having + 0.5) / (having + 0.5));
  });
  const scored = passages.map((passage, position) => {
    const { counts, words } = counted[position] ?? { counts: [], words: 0 };
    const norm = saturation * (1 - lengthWeight + (lengthWeight * words) / Math.max(1, average));
    const score = counts.reduce(
      (sum, count, at) => sum + ((rarity[at] ?? 0) * count * (saturation + 1)) / (count + norm),
      0,
    );
    return { passage, position, score };
  });
  scored.sort((a, b) => b.score - a.score || a.position - b.position);
  let left = limit;
  const chosen = scored.filter(({ passage }) => {
    const length = passage.end - passage.start;
    if (length > left) return false;
    left -= length;
    return true;
  });
  return chosen.sort((a, b) => a.position - b.position).map(({ passage }) => passage);
}

/** Parts that end at a blank line where there is one, else at a line, a sentence or a space. */
function splitText(text: string): { readonly start: number; readonly end: number }[] {
  const parts: { start: number; end: number }[] = [];
  let start = 0;
  while (start < text.length) {
    const end = endOfPassage(text, start);
    if (text.slice(start, end).trim() !== '') parts.push({ start, end });
    start = end;
  }
  return parts;
}

function endOfPassage(text: string, start: number): number {
  const most = start + passageLength;
  if (most >= text.length) return text.length;
  const window = text.slice(start, most);
  for (const mark of ['\n\n', '\n', '. ', ' ']) {
    const at = window.lastIndexOf(mark);
    if (at > passageLength / 3) return start + at + mark.length;
  }
  // Never between the halves of a surrogate pair.
  return /[\ud800-\udbff]$/.test(window) ? most - 1 : most;
}

function countWords(text: string, { start, end }: Passage, asked: readonly string[]) {
  const place = new Map(asked.map((word, at) => [word, at]));
  const counts = new Array<number>(asked.length).fill(0);
  const words = wordsOf(text.slice(start, end));
  for (const word of words) {
    const at = place.get(word);
    if (at !== undefined) counts[at] = (counts[at] ?? 0) + 1;
  }
  return { counts, words: words.length };
}

/** Words in lower case; of scripts that write none apart, their characters. */
function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}]+/gu) ?? []
  );
}
