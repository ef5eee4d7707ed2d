import { walkXml } from './xml.ts';

interface Level {
  readonly start: number;
  readonly format: string;
  readonly text: string;
}

/** Numbers paragraphs as Word shows them: its own numbers are not part of what it stores. */
export interface Numbering {
  /** What stands before the next paragraph of this list and level; nothing where nothing does. */
  next(list: string, level: number): string;
}

const deepestLevel = 8;

export function createNumbering(xml: string | undefined): Numbering {
  const { lists, levels } = readNumbering(xml);
  const counts = new Map<string, number[]>();
  return {
    next(list, level) {
      const kind = lists.get(list);
      const own = kind === undefined ? undefined : levels.get(kind);
      const at = own?.get(level);
      if (kind === undefined || own === undefined || at === undefined || level > deepestLevel) return '';
      if (at.format === 'bullet') return '\u2022';
      const count = counts.get(kind) ?? [];
      counts.set(kind, count);
      count[level] = (count[level] ?? at.start - 1) + 1;
      count.length = level + 1;
      return at.text.replace(/%([1-9])/g, (_, digit: string) => {
        const index = Number(digit) - 1;
        const { format = 'decimal', start = 1 } = own.get(index) ?? {};
        return formatNumber(count[index] ?? start, format);
      });
    },
  };
}

function readNumbering(xml: string | undefined) {
  const lists = new Map<string, string>();
  const levels = new Map<string, Map<number, Level>>();
  let kind: string | undefined;
  let list: string | undefined;
  let level: { index: number; start: number; format: string; text: string } | undefined;
  if (xml !== undefined)
    walkXml(xml, {
      open(name, attributes) {
        const value = attributes.get('w:val') ?? '';
        if (name === 'w:abstractNum') kind = attributes.get('w:abstractNumId');
        else if (name === 'w:num') list = attributes.get('w:numId');
        else if (name === 'w:abstractNumId' && list !== undefined) lists.set(list, value);
        else if (name === 'w:lvl' && kind !== undefined)
          level = { index: Number(attributes.get('w:ilvl')), start: 1, format: 'decimal', text: '' };
        else if (level !== undefined) {
          if (name === 'w:start') level.start = Number(value) || 0;
          else if (name === 'w:numFmt') level.format = value;
          else if (name === 'w:lvlText') level.text = value.slice(0, 40);
        }
      },
      close(name) {
        if (name === 'w:lvl' && level !== undefined && kind !== undefined) {
          const { index, ...rest } = level;
          levels.set(kind, (levels.get(kind) ?? new Map<number, Level>()).set(index, rest));
          level = undefined;
        } else if (name === 'w:abstractNum') kind = undefined;
        else if (name === 'w:num') list = undefined;
      },
      text: () => undefined,
    });
  return { lists, levels };
}

function formatNumber(value: number, format: string): string {
  switch (format) {
    case 'lowerLetter':
      return letters(value);
    case 'upperLetter':
      return letters(value).toUpperCase();
    case 'lowerRoman':
      return roman(value);
    case 'upperRoman':
      return roman(value).toUpperCase();
    case 'decimalZero':
      return String(value).padStart(2, '0');
    case 'none':
      return '';
    default:
      return String(value);
  }
}

/** a … z, aa, bb, …, as Word does. */
function letters(value: number): string {
  if (value < 1 || value > 26 * 5) return String(value);
  return String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.ceil(value / 26));
}

const romanDigits = [
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
] as const;

function roman(value: number): string {
  if (value < 1 || value > 399) return String(value);
  let left = value;
  let text = '';
  for (const [worth, digits] of romanDigits) for (; left >= worth; left -= worth) text += digits;
  return text;
}
