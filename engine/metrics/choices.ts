import { normaliseLabel } from './labels.ts';

/** Which choice a target means: its text, else its letter from A, else its position from 0. */
export function findChoice(target: string, choices: readonly string[]): number | undefined {
  const exact = choices.indexOf(target);
  if (exact >= 0) return exact;
  const wanted = normaliseLabel(target);
  const same = choices.findIndex(choice => normaliseLabel(choice) === wanted);
  if (same >= 0) return same;
  const position = /^[a-z]$/.test(wanted) ? wanted.charCodeAt(0) - 97 : /^\d{1,4}$/.test(wanted) ? Number(wanted) : -1;
  return position >= 0 && position < choices.length ? position : undefined;
}

/** Texts longer than this are searched from their end only: the choice is named there. */
const longestSearched = 20_000;

/** A capital letter on its own; A and I only where no sentence goes on after them. */
const letter = "(?:([B-HJ-Z])(?![A-Za-z0-9'’])|([AI])(?![A-Za-z0-9'’]|\\s{1,3}[a-z]))";
const statedWords =
  '(?:[Aa]nswer|ANSWER|[Oo]ption|OPTION|[Cc]hoice|[Aa]ntwort|[Rr]espuesta|[Rr]éponse)[^A-Za-z0-9\\n]{0,12}(?:(?:is|was|ist|es|est)\\b[^A-Za-z0-9\\n]{0,12})?';
/** `The answer is (B)`. */
const statedLetter = new RegExp(`\\b${statedWords}${letter}`, 'g');
const markedLetter = /(?:\(([A-Z])\)|\[([A-Z])\]|\*\*\(?([A-Z])\)?[.:]?\*\*|\\boxed\{([A-Z])\})/g;
const listedLetter = /^\s{0,8}([A-Z])\s?[).:]/gm;
const standingLetter = /(?<![A-Za-z0-9'’])([B-HJ-Z])(?![A-Za-z0-9'’])/g;

/**
 * The letter a written answer chooses, in upper case: the whole answer, else the last one that is stated as the answer, else the only
 * one in brackets or bold, before a `)` at the start of a line, or standing alone. Undefined where none is, or several are.
 */
export function findLetter(answer: string): string | undefined {
  return findMarkedLetter(answer) ?? onlyLetter(endOf(answer), standingLetter);
}

function findMarkedLetter(answer: string): string | undefined {
  const text = endOf(answer);
  const whole = /^[\s("'[*]{0,8}([A-Za-z])[\s)"'\].:*]{0,8}$/.exec(text)?.[1];
  if (whole !== undefined) return whole.toUpperCase();
  return lettersOf(text, statedLetter).at(-1) ?? onlyLetter(text, markedLetter) ?? onlyLetter(text, listedLetter);
}

function onlyLetter(text: string, pattern: RegExp): string | undefined {
  const [found, ...others] = new Set(lettersOf(text, pattern));
  return others.length === 0 ? found : undefined;
}

function endOf(answer: string): string {
  return answer.length > longestSearched ? answer.slice(-longestSearched) : answer;
}

function lettersOf(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), match => match.slice(1).find(group => group !== undefined) ?? '');
}

/**
 * Which choice a written answer means: its text, else the letter it is stated or marked by, else the only choice whose text the answer holds, else
 * a letter that stands alone.
 */
export function findAnsweredChoice(answer: string, choices: readonly string[]): number | undefined {
  const said = normaliseLabel(answer);
  const exact = choices.findIndex(choice => normaliseLabel(choice) === said || `${normaliseLabel(choice)}.` === said);
  if (exact >= 0) return exact;
  const marked = positionOf(findMarkedLetter(answer), choices);
  if (marked !== undefined) return marked;
  const text = endOf(said);
  const held = choices.flatMap((choice, index) => (holdsPhrase(text, normaliseLabel(choice)) ? [index] : []));
  if (held.length > 0) return held.length === 1 ? held[0] : longestOf(held, choices);
  return positionOf(findLetter(answer), choices);
}

function positionOf(found: string | undefined, choices: readonly string[]): number | undefined {
  const position = found === undefined ? -1 : found.charCodeAt(0) - 65;
  return position >= 0 && position < choices.length ? position : undefined;
}

/** Of choices that are all part of one of them, that one: `New York City` where `New York` is a choice too. */
function longestOf(held: readonly number[], choices: readonly string[]): number | undefined {
  const [first, ...others] = held.toSorted((a, b) => choices[b]!.length - choices[a]!.length);
  if (first === undefined) return undefined;
  const longest = normaliseLabel(choices[first]!);
  return others.every(other => longest.includes(normaliseLabel(choices[other]!))) ? first : undefined;
}

const wordEnd = /[\p{L}\p{N}]/u;

/** Whether a text holds a phrase that is not part of a longer word. */
function holdsPhrase(text: string, phrase: string): boolean {
  if (phrase === '') return false;
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + phrase.length);
    if (!wordEnd.test(before) && !wordEnd.test(after)) return true;
  }
  return false;
}
