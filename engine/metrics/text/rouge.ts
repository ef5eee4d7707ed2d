import { createCommonSubsequence } from './common-subsequence.ts';
import { createNgramMatcher } from './ngram-matcher.ts';
import { stemWord } from './porter-stemmer.ts';
import { checkEffort } from './work-limit.ts';

/** Shares of words, of pairs of words, of a common subsequence of words; `rougeLsum` line by line. */
export type RougeKind = 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum';

/** Each in 0..1. */
export interface RougeScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface RougeOptions {
  /** Compare stems of words longer than three letters; default false. */
  readonly stemmer?: boolean;
}

const matcher = createNgramMatcher();
const nothing: RougeScore = { precision: 0, recall: 0, f1: 0 };

/**
 * ROUGE of one answer; of several targets, the one with the best F1 counts, the first of equals. Words are runs of a to z and 0 to 9 after lower-casing: texts in
 * other scripts have none, and score 0. Source: rouge-score 0.1.2 (Lin 2004).
 * @throws RangeError without a target; WorkbenchError `metric-unsuitable` where a subsequence of two texts beyond about 190,000 words is asked for.
 */
export function rougeScore(
  kind: RougeKind,
  prediction: string,
  targets: readonly string[],
  options: RougeOptions,
): RougeScore {
  if (targets.length === 0) throw new RangeError('ROUGE needs at least one target.');
  let best: RougeScore | undefined;
  for (const target of targets) {
    const score = compare(kind, target, prediction, createReader(options));
    if (best === undefined || score.f1 > best.f1) best = score;
  }
  return best!;
}

interface Reader {
  read(text: string): Int32Array;
  /** How many different words have been read. */
  size(): number;
}

function createReader({ stemmer = false }: RougeOptions): Reader {
  const ids = new Map<string, number>();
  return {
    read(text) {
      const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
      return Int32Array.from(words, word => {
        const token = stemmer && word.length > 3 ? stemWord(word) : word;
        const id = ids.get(token) ?? ids.size;
        ids.set(token, id);
        return id;
      });
    },
    size: () => ids.size,
  };
}

function compare(kind: RougeKind, target: string, prediction: string, reader: Reader): RougeScore {
  if (kind === 'rougeLsum')
    return compareLines(readLines(target, reader), readLines(prediction, reader), reader.size());
  const wants = reader.read(target);
  const has = reader.read(prediction);
  if (kind === 'rougeL') {
    checkEffort('ROUGE-L', wants.length, has.length);
    return score(createCommonSubsequence(wants, reader.size()).length(has), wants.length, has.length);
  }
  const order = kind === 'rouge1' ? 1 : 2;
  const matches = new Float64Array(order);
  matcher.match({ ids: has, length: has.length }, [{ ids: wants, length: wants.length }], order, matches, 0);
  return score(matches[order - 1]!, wants.length - order + 1, has.length - order + 1);
}

function score(hits: number, wants: number, has: number): RougeScore {
  if (hits === 0) return nothing;
  const precision = hits / has;
  const recall = hits / wants;
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}

function readLines(text: string, reader: Reader): Int32Array[] {
  return text.split('\n').map(line => reader.read(line));
}

/** For each line of the target the union of its common subsequences with all lines of the answer; no word counts more often than both texts have it. */
function compareLines(target: readonly Int32Array[], prediction: readonly Int32Array[], alphabet: number): RougeScore {
  const wants = countWords(target, alphabet);
  const has = countWords(prediction, alphabet);
  let rows = 0;
  for (const line of target) rows += Math.ceil(line.length / 32);
  // The start of each pair of lines costs about as much as eight steps.
  const steps = rows * has.total + 8 * target.length * prediction.length;
  checkEffort('ROUGE-Lsum', wants.total, has.total, steps);

  let hits = 0;
  for (const line of target) {
    const subsequence = createCommonSubsequence(line, alphabet);
    const places = new Uint8Array(line.length);
    for (const other of prediction) for (const place of subsequence.places(other)) places[place] = 1;
    for (let place = 0; place < line.length; place++) {
      const word = line[place]!;
      if (places[place] === 0 || wants.left[word] === 0 || has.left[word] === 0) continue;
      hits++;
      wants.left[word]!--;
      has.left[word]!--;
    }
  }
  return score(hits, wants.total, has.total);
}

function countWords(lines: readonly Int32Array[], alphabet: number): { left: Int32Array; total: number } {
  const left = new Int32Array(alphabet);
  let total = 0;
  for (const line of lines) {
    total += line.length;
    for (const word of line) left[word]!++;
  }
  return { left, total };
}
