import type { Line } from './pdf-lines.ts';

export interface PdfParagraph {
  readonly text: string;
  readonly level?: number;
}

/** What the whole document tells about its lines. */
export interface Typography {
  /** Height of most letters. */
  readonly bodyHeight: number;
  /** Heights of headings, the largest first. */
  readonly headingHeights: readonly number[];
  readonly words: ReadonlySet<string>;
}

const mostLevels = 6;
const startsItem =
  /^(?:[\u2022\u25CF\u25AA\u25E6\u2013\u2023*-]\s|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s|\d{1,3}(?:\.\d{1,3}){1,5}\.?\s|(?:Article|Section|Clause|Chapter|Annex|Principle|Appendix|Part)\s+[\dA-Z])/;
const longestWord = 40;

export function studyLines(pages: readonly (readonly Line[])[]): Typography {
  const letters = new Map<number, number>();
  const words = new Set<string>();
  for (const line of pages.flat()) {
    const height = roundHeight(line.height);
    letters.set(height, (letters.get(height) ?? 0) + line.text.length);
    for (const word of line.text.split(/[^\p{L}\p{N}-]+/u))
      if (word.length > 1 && word.length <= longestWord && !word.endsWith('-')) words.add(word.toLowerCase());
  }
  const bodyHeight = [...letters].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const headingHeights = [...letters.keys()].filter(height => height > bodyHeight * 1.12).toSorted((a, b) => b - a);
  return { bodyHeight, headingHeights: headingHeights.slice(0, mostLevels), words };
}

/** Joins a page's lines to paragraphs: by their distance, their size, what begins an item, and what ends early. */
export function joinLines(lines: readonly Line[], typography: Typography): PdfParagraph[] {
  const paragraphs: PdfParagraph[] = [];
  const usual = usualDistance(lines);
  const right = Math.max(...lines.map(line => line.right), 0);
  let text = '';
  let level: number | undefined;
  let before: Line | undefined;
  const finish = (): void => {
    if (text !== '') paragraphs.push(level === undefined ? { text } : { text, level });
    text = '';
  };
  for (const line of lines) {
    const ownLevel = levelOf(line, typography);
    if (before === undefined || ownLevel !== level || beginsAnew(line, before, usual, right)) {
      finish();
      text = line.text;
      level = ownLevel;
    } else text = joinWords(text, line.text, typography.words);
    before = line;
  }
  finish();
  return paragraphs;
}

function beginsAnew(line: Line, before: Line, usual: number, right: number): boolean {
  const distance = before.y - line.y;
  if (distance < 0 || distance > Math.max(usual, line.height) * 1.45) return true;
  if (startsItem.test(line.text)) return true;
  if (Math.abs(line.height - before.height) > before.height * 0.12) return true;
  const endsEarly = before.right < before.x + (right - before.x) * 0.7;
  return (
    endsEarly &&
    /^[\p{Lu}\p{N}]/u.test(line.text) &&
    (/[.:;!?]$/.test(before.text) || !/[,\p{Ll}]$/u.test(before.text) || isTitle(before.text))
  );
}

/** A short line without an end, such as a heading in the size of the body. */
function isTitle(text: string): boolean {
  return text.length < 80 && /^(?:\d|\p{Lu})/u.test(text) && !/[.,;]$/.test(text);
}

function levelOf(line: Line, { headingHeights, bodyHeight }: Typography): number | undefined {
  const height = roundHeight(line.height);
  if (height <= bodyHeight * 1.12 || line.text.length > 200 || !/\p{L}/u.test(line.text)) return undefined;
  const index = headingHeights.indexOf(height);
  return index === -1 ? mostLevels : index + 1;
}

/** The distance between lines that is there most often. */
function usualDistance(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  for (const [index, line] of lines.entries()) {
    const distance = index === 0 ? 0 : Math.round((lines[index - 1]!.y - line.y) * 2) / 2;
    if (distance > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  // Of equally frequent ones the smaller: lines stand closer than paragraphs.
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0;
}

/** A hyphen at a line's end goes where the document writes the word without one, or where its halves are no words of their own. */
export function joinWords(text: string, next: string, words: ReadonlySet<string>): string {
  const left = /(\p{L}+)-$/u.exec(text.slice(-longestWord))?.[1];
  const rest = /^\p{Ll}+/u.exec(next)?.[0];
  if (text.endsWith('\u00AD')) return `${text.slice(0, -1)}${next}`;
  if (left === undefined || rest === undefined) return `${text} ${next}`;
  const joined = `${left}${rest}`.toLowerCase();
  const hyphenated = `${left}-${rest}`.toLowerCase();
  const isCompound = words.has(left.toLowerCase()) && words.has(rest.toLowerCase());
  const keeps = words.has(hyphenated) || (!words.has(joined) && isCompound);
  return keeps ? `${text}${next}` : `${text.slice(0, -1)}${next}`;
}

function roundHeight(height: number): number {
  return Math.round(height * 2) / 2;
}
