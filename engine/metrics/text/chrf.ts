import { createNgramMatcher, type Symbols } from './ngram-matcher.ts';
import { isSpace, splitWords } from './python-text.ts';
import { signatureVersion } from './signature.ts';

export interface ChrfOptions {
  /** Longest character n-gram; default 6. */
  readonly characterOrder?: number;
  /** Longest word n-gram; default 0, which is chrF; 2 is chrF++. */
  readonly wordOrder?: number;
  /** How many times more recall counts than precision; default 2. */
  readonly beta?: number;
  /** Count white space as characters; default false. */
  readonly whitespace?: boolean;
  readonly lowercase?: boolean;
}

interface Settings {
  readonly characterOrder: number;
  readonly wordOrder: number;
  readonly beta: number;
}

interface Text {
  readonly characters: Symbols;
  readonly words: Symbols;
}

const matcher = createNgramMatcher();

/**
 * The sufficient statistics of one hypothesis, three numbers an order (characters first, then words): n-grams of the hypothesis, of the reference, and of
 * both. Those of a corpus, or of a resample, are their sum. Of several references the one with the best score of this hypothesis counts, the first of equals.
 * Source: sacrebleu 2.6.0 (Popović 2015, 2017).
 * @throws RangeError without a reference.
 */
export function chrfStatistics(hypothesis: string, references: readonly string[], options: ChrfOptions): Float64Array {
  if (references.length === 0) throw new RangeError('chrF needs at least one reference.');
  const settings = settle(options);
  const ids = new Map<string, number>();
  const text = readText(hypothesis, ids, settings, options);
  let best: Float64Array | undefined;
  let bestScore = -1;
  for (const reference of references) {
    const statistics = compare(text, readText(reference, ids, settings, options), settings);
    if (references.length === 1) return statistics;
    const score = chrfScore(statistics, options);
    if (score > bestScore) {
      best = statistics;
      bestScore = score;
    }
  }
  return best!;
}

function settle({ characterOrder = 6, wordOrder = 0, beta = 2 }: ChrfOptions): Settings {
  return { characterOrder, wordOrder, beta };
}

function readText(text: string, ids: Map<string, number>, { wordOrder }: Settings, options: ChrfOptions): Text {
  const line = options.lowercase ? text.toLowerCase() : text;
  return {
    characters: readCharacters(line, options.whitespace ?? false),
    words: wordOrder > 0 ? internWords(line, ids) : { ids: new Int32Array(0), length: 0 },
  };
}

function readCharacters(text: string, whitespace: boolean): Symbols {
  const ids = new Int32Array(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    let unit = text.charCodeAt(index);
    if (!whitespace && isSpace(unit)) continue;
    if (unit >= 0xd800 && unit < 0xdc00) {
      unit = text.codePointAt(index)!;
      if (unit > 0xffff) index++;
    }
    ids[length++] = unit;
  }
  return { ids, length };
}

const isPunctuation = new Uint8Array(128);
for (const character of '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~') isPunctuation[character.charCodeAt(0)] = 1;

/** Words, with one ASCII punctuation mark at their end, else at their start, apart. */
function internWords(text: string, ids: Map<string, number>): Symbols {
  const words: number[] = [];
  const push = (word: string): void => {
    let id = ids.get(word);
    if (id === undefined) ids.set(word, (id = ids.size));
    words.push(id);
  };
  for (const word of splitWords(text)) {
    const last = word.length - 1;
    if (last > 0 && isPunctuation[word.charCodeAt(last)] === 1) {
      push(word.slice(0, last));
      push(word.charAt(last));
    } else if (last > 0 && isPunctuation[word.charCodeAt(0)] === 1) {
      push(word.charAt(0));
      push(word.slice(1));
    } else push(word);
  }
  return { ids: Int32Array.from(words), length: words.length };
}

function compare(hypothesis: Text, reference: Text, { characterOrder, wordOrder }: Settings): Float64Array {
  const orders = characterOrder + wordOrder;
  const matches = new Float64Array(orders);
  matcher.match(hypothesis.characters, [reference.characters], characterOrder, matches, 0);
  matcher.match(hypothesis.words, [reference.words], wordOrder, matches, characterOrder);
  const statistics = new Float64Array(3 * orders);
  for (let index = 0; index < orders; index++) {
    const ofWords = index >= characterOrder;
    const order = ofWords ? index - characterOrder + 1 : index + 1;
    const has = ofWords ? hypothesis.words.length : hypothesis.characters.length;
    const wants = ofWords ? reference.words.length : reference.characters.length;
    const wanted = Math.max(0, wants - order + 1);
    // An order that the reference is too short for says nothing about the hypothesis.
    statistics[3 * index] = wanted === 0 ? 0 : Math.max(0, has - order + 1);
    statistics[3 * index + 1] = wanted;
    statistics[3 * index + 2] = matches[index]!;
  }
  return statistics;
}

/** chrF in 0..100: the F score of precision and recall, each averaged over the orders that both texts are long enough for. */
export function chrfScore(statistics: Float64Array, options: ChrfOptions): number {
  const { characterOrder, wordOrder, beta } = settle(options);
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let index = 0; index < characterOrder + wordOrder; index++) {
    const has = statistics[3 * index]!;
    const wants = statistics[3 * index + 1]!;
    if (has === 0 || wants === 0) continue;
    precision += statistics[3 * index + 2]! / has;
    recall += statistics[3 * index + 2]! / wants;
    orders++;
  }
  if (precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  const factor = beta ** 2;
  return 100 * (((1 + factor) * precision * recall) / (factor * precision + recall));
}

/** What a reader needs to compare the figure, in sacrebleu's words. `referenceCount` is per hypothesis; `undefined` where it varies. */
export function chrfSignature(options: ChrfOptions, referenceCount: number | undefined): string {
  const { characterOrder, wordOrder } = settle(options);
  return [
    `nrefs:${referenceCount ?? 'var'}`,
    `case:${options.lowercase ? 'lc' : 'mixed'}`,
    'eff:yes',
    `nc:${characterOrder}`,
    `nw:${wordOrder}`,
    `space:${options.whitespace ? 'yes' : 'no'}`,
    signatureVersion,
  ].join('|');
}
