import { normaliseLabel } from './labels.ts';
import { extractChoice } from './text/choices.ts';

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

/** Longer answers are searched for a choice's text at their end only, where it is settled. */
const longestSearched = 20_000;

/** Which choice a written answer means: its text, else the letter the answer settles on, else the only choice whose text it holds. */
export function findAnsweredChoice(answer: string, choices: readonly string[]): number | undefined {
  const said = normaliseLabel(answer);
  const exact = choices.findIndex(choice => normaliseLabel(choice) === said || `${normaliseLabel(choice)}.` === said);
  if (exact >= 0 || choices.length === 0) return exact < 0 ? undefined : exact;
  const letter = extractChoice(answer, Math.min(choices.length, mostLetters));
  if (letter !== undefined) return letter.charCodeAt(0) - 65;
  const text = said.slice(-longestSearched);
  const held = choices.flatMap((choice, index) => (holdsPhrase(text, normaliseLabel(choice)) ? [index] : []));
  return held.length === 1 ? held[0] : longestOf(held, choices);
}

/** The letters from A that name choices. */
export const mostLetters = 26;

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
