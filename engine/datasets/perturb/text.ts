import type { Random } from '../../statistics/random.ts';

/** Keys beside each other on a QWERTY keyboard: those to the left and right, and the ones above and below that touch. */
const keyboardRows = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

const neighbours: ReadonlyMap<string, string> = new Map(
  keyboardRows.flatMap((keys, row) =>
    Array.from(keys, (key, at): [string, string] => {
      // Each row lies half a key further to the right.
      const above = keyboardRows[row - 1]?.slice(at, at + 2) ?? '';
      const below = keyboardRows[row + 1]?.slice(Math.max(0, at - 1), at + 1) ?? '';
      return [key, `${keys[at - 1] ?? ''}${keys[at + 1] ?? ''}${above}${below}`];
    }),
  ),
);

const letter = /^\p{L}$/u;

/**
 * A text as a hurried hand types it: each letter is hit with probability `rate` by one of four mistakes, all alike likely: the key beside
 * it, swapped with the next letter, left out, doubled. A text with letters gets one mistake at least.
 */
export function addTypos(text: string, rate: number, random: Random): string {
  const characters = Array.from(text);
  const places = characters.flatMap((character, at) => (letter.test(character) ? [at] : []));
  const hit = places.filter(() => random.unit() < rate);
  if (hit.length === 0 && places.length > 0) hit.push(places[random.below(places.length)] ?? 0);
  for (const at of hit) mistype(characters, at, random);
  return characters.join('');
}

function mistype(characters: string[], at: number, random: Random): void {
  const character = characters[at] ?? '';
  const next = characters[at + 1] ?? '';
  const keys = neighbours.get(character.toLowerCase()) ?? '';
  const kind = random.below(4);
  const key = keys[random.below(Math.max(1, keys.length))];
  if (kind === 0 && key !== undefined) {
    characters[at] = character === character.toLowerCase() ? key : key.toUpperCase();
  } else if (kind === 1 && letter.test(next) && next !== character) {
    characters[at] = next;
    characters[at + 1] = character;
  } else if (kind === 2) characters[at] = '';
  else characters[at] = character + character;
}

/** All letters capital or small, or each as chance has it. */
export function changeCase(text: string, to: 'upper' | 'lower' | 'random', random: Random): string {
  if (to === 'upper') return text.toUpperCase();
  if (to === 'lower') return text.toLowerCase();
  return Array.from(text, character =>
    random.below(2) === 0 ? character.toUpperCase() : character.toLowerCase(),
  ).join('');
}

/** Each space is, with probability `rate`, doubled, left out, or moved by one letter; all alike likely. */
export function changeSpaces(text: string, rate: number, random: Random): string {
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += 1) {
    if (characters[at] !== ' ' || random.unit() >= rate) continue;
    const kind = random.below(3);
    const next = characters[at + 1];
    if (kind === 0) characters[at] = '  ';
    else if (kind === 1 || next === undefined) characters[at] = '';
    else {
      characters[at] = next;
      characters[at + 1] = ' ';
      at += 1;
    }
  }
  return characters.join('');
}

/** Without punctuation (Unicode category P). */
export function removePunctuation(text: string): string {
  return text.replace(/\p{P}/gu, '');
}
