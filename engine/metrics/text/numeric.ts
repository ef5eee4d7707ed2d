/** Longer texts are read at the end that is asked for. */
const maxText = 100_000;

export interface NumberOptions {
  /** Which of the numbers counts; default the last, where answers conclude. */
  readonly which?: 'first' | 'last';
  /** What parts whole from fraction: with `,` the number 1.234,5 is read as people write it in Germany. Default `.`. */
  readonly decimalMark?: '.' | ',';
  /** What "50%" is: 50 (default) or 0.5. */
  readonly percent?: 'number' | 'fraction';
  /** Read "3/4" as 0.75 and "1 1/2" as 1.5 (default), or as separate numbers. */
  readonly fractions?: boolean;
}

/**
 * The first or last number in a text; `undefined` where there is none. Read are signs (also U+2212, and before a currency), separators of thousands (comma, or full stop where the
 * comma is the decimal mark; apostrophe, no-break and narrow space), decimals, exponents, percent and fractions. A hyphen after a letter or digit is none:
 * "covid-19" has 19, "3-5" has 3 and 5. Numbers too large for a double are passed over.
 */
export function extractNumber(text: string, options: NumberOptions): number | undefined {
  const { which = 'last', decimalMark = '.', percent = 'number', fractions = true } = options;
  const part = text.length <= maxText ? text : which === 'first' ? text.slice(0, maxText) : text.slice(-maxText);
  let last: number | undefined;
  for (const match of part.matchAll(fractions ? withFractions[decimalMark] : withoutFractions[decimalMark])) {
    const value = readMatch(match.groups ?? {}, decimalMark, percent);
    if (value === undefined) continue;
    if (which === 'first') return value;
    last = value;
  }
  return last;
}

const withFractions = { '.': createPattern('.', true), ',': createPattern(',', true) };
const withoutFractions = { '.': createPattern('.', false), ',': createPattern(',', false) };

function createPattern(decimalMark: '.' | ',', fractions: boolean): RegExp {
  const decimal = `[${decimalMark}]`;
  const group = `[${decimalMark === '.' ? ',' : '.'}'’\\u00a0\\u202f\\u2009]`;
  const sign = '(?:(?<![\\p{L}\\p{N})\\]])(?<sign>[-+\\u2212]))?';
  const currency = '(?:[$€£¥]\\s?)?';
  const whole = `(?<whole>\\d{1,3}(?:${group}\\d{3})+(?!\\d)|\\d+)(?<rest>${decimal}\\d+)?`;
  // In 1.2.3 the last part is no ".3".
  const number = `(?:${whole}|(?<!\\d)(?<only>${decimal}\\d+))`;
  const exponent = '(?:[eE](?<exponent>[-+]?\\d{1,4})(?![\\p{L}\\d]))?';
  // No fraction in the middle of a date.
  const over =
    '(?:(?<!/\\d{1,15})(?:\\u0020(?<over>\\d{1,9}))?\\s?[/\\u2044]\\s?(?<under>\\d{1,15})(?![\\d/]|\\.\\d))?';
  return new RegExp(`${sign}${currency}${number}${exponent}${fractions ? over : ''}(?<percent>\\s?%)?`, 'gu');
}

function readMatch(
  { sign, whole, rest, only, exponent, over, under, percent }: Readonly<Record<string, string | undefined>>,
  decimalMark: string,
  percentAs: 'number' | 'fraction',
): number | undefined {
  const digits = `${(whole ?? '').replace(/\D/g, '') || '0'}${(rest ?? only ?? '').replace(decimalMark, '.')}`;
  let value = Number(`${digits}e${exponent ?? '0'}`);
  if (under !== undefined) value = over === undefined ? value / Number(under) : value + Number(over) / Number(under);
  if (percent !== undefined && percentAs === 'fraction') value /= 100;
  if (!Number.isFinite(value)) return undefined;
  return sign === undefined || sign === '+' ? value : -value;
}

export interface Tolerance {
  /** Largest difference; default 0. */
  readonly absolute?: number;
  /** Largest difference as a share of the expected number; default 0. */
  readonly relative?: number;
}

/** Whether a number is as expected, within the larger of the two tolerances; one billionth of a billionth more is forgiven for binary rounding. */
export function isNear(actual: number, expected: number, { absolute = 0, relative = 0 }: Tolerance): boolean {
  if (actual === expected) return true;
  const most = Math.max(absolute, relative * Math.abs(expected));
  return (
    Math.abs(actual - expected) <=
    most + Number.EPSILON * 4 * Math.max(Math.abs(expected), Math.abs(actual)) * Number(most > 0)
  );
}
