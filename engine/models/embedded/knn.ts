import type { Classifier, ClassifierKind } from './classifier.ts';
import type { LabelledText } from '../../datasets/labelled-text.ts';
import { collectTrainingSet, createBreather, largestAt, type Breather, type TrainingSet } from './training.ts';
import { splitWords } from './words.ts';

const neighbours = 7;

/** Numbers words and pairs of adjoining words. Pairs are keyed by their words' numbers, so that no text is joined. */
interface Vocabulary {
  readonly words: Map<string, number>;
  readonly pairs: Map<number, number>;
}

/** For each term, the training rows that hold it and its weight there, all in two flat arrays. */
interface InvertedIndex {
  readonly vocabulary: Vocabulary;
  /** Inverse document frequency of each term. */
  readonly rarity: Float64Array;
  /** Term t's postings lie at starts[t] … starts[t + 1] − 1. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly weights: Float32Array;
}

const pairFactor = 2 ** 26;

/**
 * Cosine similarity of TF-IDF vectors over words and pairs of adjoining words: term weight (1 + ln tf) · (ln((1 + N) / (1 + df)) + 1),
 * vectors of length 1. The seven nearest training rows vote with their similarity; a text that shares no term with any gets the majority label.
 */
export const knnKind: ClassifierKind = {
  id: 'knn',
  title: 'Nearest neighbours',
  description:
    'Answers as the seven most similar training rows do, by TF-IDF over words and word pairs. Beating it shows that a model does more than look up similar examples.',
  version: 1,
  async train(rows, options, signal) {
    signal.throwIfAborted();
    const set = collectTrainingSet('knn', rows);
    const index = await buildIndex(rows, createBreather(options.pause, signal));
    signal.throwIfAborted();
    return createClassifier(set, index);
  },
};

async function buildIndex(rows: readonly LabelledText[], breather: Breather): Promise<InvertedIndex> {
  const vocabulary: Vocabulary = { words: new Map(), pairs: new Map() };
  const vectors: Map<number, number>[] = [];
  for (const row of rows) {
    vectors.push(countTerms(row.text, vocabulary, true));
    const wait = breather.spend(row.text.length * 40);
    if (wait) await wait;
  }
  const terms = vocabulary.words.size + vocabulary.pairs.size;
  const starts = new Int32Array(terms + 1);
  for (const vector of vectors) for (const term of vector.keys()) starts[term + 1]! += 1;
  const rarity = Float64Array.from(
    { length: terms },
    (_, term) => Math.log((1 + rows.length) / (1 + starts[term + 1]!)) + 1,
  );
  for (let term = 0; term < terms; term++) starts[term + 1]! += starts[term]!;
  const postingRows = new Int32Array(starts[terms]!);
  const weights = new Float32Array(starts[terms]!);
  const ends = starts.slice();
  for (const [row, vector] of vectors.entries()) {
    const length = weigh(vector, rarity);
    for (const [term, weight] of vector) {
      const at = ends[term]!++;
      postingRows[at] = row;
      weights[at] = weight / length;
    }
    const wait = breather.spend(vector.size * 20);
    if (wait) await wait;
  }
  return { vocabulary, rarity, starts, rows: postingRows, weights };
}

/** Term frequencies of a text. Unknown terms get a number when `grow`, and are left out otherwise. */
function countTerms(text: string, { words, pairs }: Vocabulary, grow: boolean): Map<number, number> {
  const counts = new Map<number, number>();
  let previous = -1;
  for (const word of splitWords(text)) {
    let term = words.get(word);
    if (term === undefined && grow) words.set(word, (term = words.size + pairs.size));
    if (term !== undefined) counts.set(term, (counts.get(term) ?? 0) + 1);
    if (term !== undefined && previous >= 0) {
      const key = previous * pairFactor + term;
      let pair = pairs.get(key);
      if (pair === undefined && grow) pairs.set(key, (pair = words.size + pairs.size));
      if (pair !== undefined) counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    previous = term ?? -1;
  }
  return counts;
}

/** Turns term frequencies into TF-IDF weights in place; gives the vector's length, 1 for an empty one. */
function weigh(vector: Map<number, number>, rarity: Float64Array): number {
  let squares = 0;
  for (const [term, count] of vector) {
    const weight = (1 + Math.log(count)) * rarity[term]!;
    vector.set(term, weight);
    squares += weight * weight;
  }
  return squares > 0 ? Math.sqrt(squares) : 1;
}

function createClassifier(set: TrainingSet, index: InvertedIndex): Classifier {
  const { labels, targets, majority } = set;
  const similarities = new Float64Array(targets.length);
  const nearest = new Int32Array(neighbours);
  const votes = new Float64Array(labels.length);

  function compareWith(vector: Map<number, number>): void {
    similarities.fill(0);
    for (const [term, weight] of vector) {
      const end = index.starts[term + 1]!;
      for (let at = index.starts[term]!; at < end; at++) similarities[index.rows[at]!]! += weight * index.weights[at]!;
    }
  }

  /** Fills `nearest` with the most similar rows, earlier rows first among equals; gives how many share a term at all. */
  function findNearest(): number {
    let found = 0;
    let least = 0;
    for (let row = 0; row < similarities.length; row++) {
      const similarity = similarities[row]!;
      if (similarity <= least) continue;
      let place = found < neighbours ? found++ : neighbours - 1;
      while (place > 0 && similarities[nearest[place - 1]!]! < similarity) {
        nearest[place] = nearest[place - 1]!;
        place--;
      }
      nearest[place] = row;
      if (found === neighbours) least = similarities[nearest[neighbours - 1]!]!;
    }
    return found;
  }

  return {
    labels,
    learningCurve: [],
    classify(text) {
      const vector = countTerms(text, index.vocabulary, false);
      const length = weigh(vector, index.rarity);
      compareWith(vector);
      const found = findNearest();
      votes.fill(0);
      if (found === 0) return labels[majority]!;
      for (let place = 0; place < found; place++) {
        const row = nearest[place]!;
        votes[targets[row]!]! += similarities[row]! / length;
      }
      return labels[largestAt(votes)]!;
    },
    worths: () => votes,
  };
}
