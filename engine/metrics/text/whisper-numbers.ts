import { spaceClass, splitWords, wordBoundary } from './python-text.ts';
import {
  followingPrefixes,
  isDecimalWord,
  multipliers,
  multipliersSuffixed,
  numberWords,
  ones,
  onesSuffixed,
  precedingPrefixes,
  specials,
  type SuffixedNumber,
  tens,
  tensSuffixed,
  zeros,
} from './whisper-number-words.ts';

const space = `[${spaceClass}]`;
const andHalf = new RegExp(`${wordBoundary}and${space}+a${space}+half${wordBoundary}`, 'gu');
const detachedSuffix = new RegExp(`([0-9])${space}+(st|nd|rd|th|s)${wordBoundary}`, 'gu');
const dollarsAndCents = new RegExp(`([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})${wordBoundary}`, 'gu');
const onlyCents = new RegExp(`[€£$]0.([0-9]{1,2})${wordBoundary}`, 'gu');
const loneOne = new RegExp(`${wordBoundary}1(s?)${wordBoundary}`, 'gu');
const numeric = /^\p{Nd}+(\.\p{Nd}+)?$/u;
const signs = '-+£€$¢';

/**
 * Numbers said in English words as digits: "twenty-five thousand dollars" is "$25000", "one oh one" is "101". Takes lower-case text without punctuation.
 * Source: openai-whisper 20250625, `EnglishNumberNormalizer`.
 */
export function writeNumbers(text: string): string {
  return beautify(joinNumbers(splitWords(separateNumbers(text))).join(' '));
}

/** "two and a half" as "two point five"; letters and digits apart, but ordinal endings at their digits. */
function separateNumbers(text: string): string {
  const segments = text.split(andHalf);
  const results: string[] = [];
  segments.forEach((segment, index) => {
    const words = splitWords(segment);
    if (words.length === 0) return;
    results.push(segment);
    if (index === segments.length - 1) return;
    const last = words.at(-1)!;
    results.push(isDecimalWord(last) || multipliers.has(last) ? 'point five' : 'and a half');
  });
  return results
    .join(' ')
    .replace(/([a-z])([0-9])/g, '$1 $2')
    .replace(/([0-9])([a-z])/g, '$1 $2')
    .replace(detachedSuffix, '$1$2');
}

function beautify(text: string): string {
  return text
    .replace(
      dollarsAndCents,
      (_, currency: string, whole: string, cents: string) => `${currency}${whole}.${cents.padStart(2, '0')}`,
    )
    .replace(onlyCents, (_, cents: string) => `¢${Number(cents)}`)
    .replace(loneOne, 'one$1');
}

/** The number under way: an exact whole number, or digits and points as they were said. */
type Value = bigint | string;

/** Reads words one by one, with the ones before and after in view; what is put out follows Whisper case by case, oddities included. */
function joinNumbers(words: readonly string[]): string[] {
  const output: string[] = [];
  let prefix = '';
  let value: Value | undefined;
  let skip = false;

  const put = (result: Value): void => {
    output.push(prefix + result.toString());
    prefix = '';
    value = undefined;
  };
  const flush = (): void => {
    if (value !== undefined) put(value);
  };

  function readDigits(word: string, bare: string): void {
    if (typeof value === 'string' && value.endsWith('.')) {
      value += word;
      return;
    }
    flush();
    if (bare !== word) prefix = word.charAt(0);
    value = toWhole(bare, 0) ?? bare;
  }

  function readSuffixed({ value: size, suffix }: SuffixedNumber, add: () => Value): void {
    put(`${(value === undefined ? BigInt(size) : add()).toString()}${suffix}`);
  }

  function readMultiplier(zerosCount: number): void {
    if (value === undefined) value = 10n ** BigInt(zerosCount);
    else if (typeof value === 'bigint') value = value === 0n ? 0n : multiply(value, zerosCount);
    else {
      const whole = toWhole(value, zerosCount);
      if (whole === undefined) put(value);
      value = whole ?? 10n ** BigInt(zerosCount);
    }
  }

  function readSuffixedMultiplier({ value: zerosCount, suffix }: SuffixedNumber): void {
    if (typeof value === 'bigint') put(`${multiply(value, zerosCount)}${suffix}`);
    else {
      const whole = value === undefined ? undefined : toWhole(value, zerosCount);
      if (value !== undefined && whole === undefined) put(value);
      put(`${whole ?? 10n ** BigInt(zerosCount)}${suffix}`);
    }
  }

  function readPercent(word: string, next: string | undefined): void {
    if (value === undefined) put(word);
    else if (word === 'percent') put(`${value}%`);
    else if (next === 'cent') {
      put(`${value}%`);
      skip = true;
    } else {
      put(value);
      put(word);
    }
  }

  function readSpecial(word: string, previous: string | undefined, next: string | undefined): void {
    const wordGoesOn = next !== undefined && (numberWords.has(next) || numeric.test(next));
    if (!wordGoesOn) {
      flush();
      put(word);
    } else if (word === 'and') {
      if (previous !== undefined && multipliers.has(previous)) return;
      flush();
      put(word);
    } else if (word === 'point') {
      if (isDecimalWord(next) || numeric.test(next)) value = `${orEmpty(value)}.`;
    } else if (ones.has(next) || zeros.has(next)) {
      value = orEmpty(value) + String(ones.get(next) ?? 0).repeat(word === 'double' ? 2 : 3);
      skip = true;
    } else {
      flush();
      put(word);
    }
  }

  words.forEach((word, index) => {
    if (skip) {
      skip = false;
      return;
    }
    const previous = words[index - 1];
    const next = words[index + 1];
    const bare = signs.includes(word.charAt(0)) ? word.slice(1) : word;
    const suffixedOne = onesSuffixed.get(word);
    const suffixedTen = tensSuffixed.get(word);
    const suffixedMultiplier = multipliersSuffixed.get(word);
    if (numeric.test(bare)) readDigits(word, bare);
    else if (!numberWords.has(word)) {
      flush();
      put(word);
    } else if (zeros.has(word)) value = `${orEmpty(value)}0`;
    else if (ones.has(word))
      value = value === undefined ? BigInt(ones.get(word)!) : addOnes(value, ones.get(word)!, previous);
    else if (suffixedOne) readSuffixed(suffixedOne, () => addOnes(value!, suffixedOne.value, previous));
    else if (tens.has(word)) value = value === undefined ? BigInt(tens.get(word)!) : addTens(value, tens.get(word)!);
    else if (suffixedTen) readSuffixed(suffixedTen, () => addTens(value!, suffixedTen.value));
    else if (multipliers.has(word)) readMultiplier(multipliers.get(word)!);
    else if (suffixedMultiplier) readSuffixedMultiplier(suffixedMultiplier);
    else if (precedingPrefixes.has(word)) {
      flush();
      if (next !== undefined && (numberWords.has(next) || numeric.test(next))) prefix = precedingPrefixes.get(word)!;
      else put(word);
    } else if (followingPrefixes.has(word)) {
      if (value === undefined) put(word);
      else {
        prefix = followingPrefixes.get(word)!;
        put(value);
      }
    } else if (specials.has(word)) readSpecial(word, previous, next);
    else readPercent(word, next);
  });
  flush();
  return output;
}

/** Python's `str(value or "")`: zero and nothing are both empty. */
function orEmpty(value: Value | undefined): string {
  return value === undefined || value === 0n ? '' : value.toString();
}

/** "Twenty" and "five" add up; digit after digit stand side by side. */
function addOnes(value: Value, size: number, previous: string | undefined): Value {
  if (typeof value === 'string' || (previous !== undefined && ones.has(previous))) {
    const text = value.toString();
    const fillsZero = previous !== undefined && tens.has(previous) && size < 10;
    return (fillsZero ? text.slice(0, -1) : text) + String(size);
  }
  return value % (size < 10 ? 10n : 100n) === 0n ? value + BigInt(size) : `${value}${size}`;
}

function addTens(value: Value, size: number): Value {
  return typeof value === 'bigint' && value % 100n === 0n ? value + BigInt(size) : `${value}${size}`;
}

/** Only what is below a thousand is multiplied: "two thousand three hundred" is 2300. */
function multiply(value: bigint, zerosCount: number): bigint {
  const residual = value % 1000n;
  return value - residual + residual * 10n ** BigInt(zerosCount);
}

/** A number in digits times a power of ten, where that is whole. */
function toWhole(text: string, zerosCount: number): bigint | undefined {
  const parts = /^(?:(\p{Nd}+)(?:\.(\p{Nd}*))?|\.(\p{Nd}+))$/u.exec(text);
  if (parts === null) return undefined;
  const fraction = toAsciiDigits(parts[2] ?? parts[3] ?? '').replace(/0+$/, '');
  if (fraction.length > zerosCount) return undefined;
  return BigInt(toAsciiDigits(parts[1] ?? '') + fraction.padEnd(zerosCount, '0'));
}

/** Decimal digits of any script; a script's ten stand side by side, the zero first, in whole decades. */
function toAsciiDigits(text: string): string {
  return text.replace(/[^0-9]/gu, digit => {
    const point = digit.codePointAt(0)!;
    let before = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(point - before - 1))) before++;
    return String(before % 10);
  });
}
