import { forEachWord } from './words.ts';

const bucketBits = 18;
export const bucketCount = 1 << bucketBits;

const shortestGram = 3;
const longestGram = 5;
const space = 32;
const hashStart = 0x811c9dc5 | 0;
const hashFactor = 0x01000193;
const wordSalt = 0x2545f491;
const pairSalt = 0x7feb352d;
const gramSalt = 0x68bc21eb;

/**
 * Calls `visit` with the bucket (0 … 2¹⁸−1) of every feature of `text`: each word, each pair of adjoining words, and each run of
 * three to five characters inside a word with a space before and after it. A feature that occurs twice is visited twice.
 * Words and pairs come with `isGram` false, character runs with true.
 */
export function forEachFeature(text: string, visit: (bucket: number, isGram: boolean) => void): void {
  const lowered = text.toLowerCase();
  let previous = 0;
  forEachWord(lowered, (start, end) => {
    let word = hashStart;
    for (let index = start; index < end; index++) word = Math.imul(word ^ lowered.charCodeAt(index), hashFactor);
    visit(toBucket(word ^ wordSalt), false);
    if (previous !== 0) visit(toBucket(Math.imul(previous, 0x9e3779b1) ^ word ^ pairSalt), false);
    previous = word | 1;
    visitGrams(lowered, start, end, visit);
  });
}

function visitGrams(text: string, start: number, end: number, visit: (bucket: number, isGram: boolean) => void): void {
  const last = end + 1;
  for (let from = start - 1; from + shortestGram <= last; from++) {
    let hash = gramSalt;
    const stop = Math.min(from + longestGram, last);
    for (let index = from; index < stop; index++) {
      const code = index < start || index === end ? space : text.charCodeAt(index);
      hash = Math.imul(hash ^ code, hashFactor);
      if (index - from >= shortestGram - 1) visit(toBucket(hash), true);
    }
  }
}

/** Mixes all bits of a hash into the upper ones and keeps those. */
function toBucket(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> (32 - bucketBits);
}
