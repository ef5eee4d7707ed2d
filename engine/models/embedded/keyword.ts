import type { Classifier, ClassifierKind } from './classifier.ts';
import type { LabelledText } from '../../datasets/labelled-text.ts';
import { collectTrainingSet, createBreather, largestAt, type Breather, type TrainingSet } from './training.ts';
import { splitWords } from './words.ts';

/** Most words learned for a label. */
const wordsPerLabel = 24;
/** A word must stand out from the other labels by this many standard errors. */
const leastEvidence = 1.645;
/** Weight of the prior, in rows. */
const priorRows = 2;

/** In how many rows of each label a word occurs: `counts[label]`. */
type WordCounts = ReadonlyMap<string, Int32Array>;

interface Keyword {
  readonly word: string;
  readonly weight: number;
  readonly evidence: number;
}

/**
 * Learns the words that set each label apart: log-odds of a row of the label holding the word against a row of any other,
 * smoothed by a prior in proportion to the word's overall frequency and ranked by their z-score
 * (after Monroe, Colaresi and Quinn 2008, "Fightin' Words", over rows instead of tokens).
 * The answer is the label whose words, found in the text, weigh most; without any, the majority label.
 */
export const keywordKind: ClassifierKind = {
  id: 'keyword',
  title: 'Keywords',
  description:
    'Learns a short list of telling words for each label and answers the label whose words weigh most. Beating it shows that a model reads more than single words.',
  version: 1,
  async train(rows, options, signal) {
    signal.throwIfAborted();
    const set = collectTrainingSet('keyword', rows);
    const counts = await countWords(rows, set, createBreather(options.pause, signal));
    const weights = new Map<string, Float64Array>();
    set.labels.forEach((_, label) => {
      for (const { word, weight } of pickKeywords(counts, set, label)) {
        let row = weights.get(word);
        if (!row) weights.set(word, (row = new Float64Array(set.labels.length)));
        row[label] = weight;
      }
    });
    signal.throwIfAborted();
    return createClassifier(set, weights);
  },
};

async function countWords(rows: readonly LabelledText[], set: TrainingSet, breather: Breather): Promise<WordCounts> {
  const counts = new Map<string, Int32Array>();
  for (const [index, row] of rows.entries()) {
    const label = set.targets[index]!;
    for (const word of new Set(splitWords(row.text))) {
      let byLabel = counts.get(word);
      if (!byLabel) counts.set(word, (byLabel = new Int32Array(set.labels.length)));
      byLabel[label]! += 1;
    }
    const wait = breather.spend(row.text.length * 20);
    if (wait) await wait;
  }
  return counts;
}

function pickKeywords(counts: WordCounts, set: TrainingSet, label: number): Keyword[] {
  const inside = set.support[label]!;
  const all = set.targets.length;
  const outside = all - inside;
  const found: Keyword[] = [];
  if (outside === 0) return found;
  for (const [word, byLabel] of counts) {
    const within = byLabel[label]!;
    if (within === 0) continue;
    let total = 0;
    for (const count of byLabel) total += count;
    const share = Math.min(Math.max(total / all, 0.001), 0.999);
    const here = within + priorRows * share;
    const there = total - within + priorRows * share;
    const weight = Math.log(here / (inside + priorRows - here)) - Math.log(there / (outside + priorRows - there));
    const evidence = weight / Math.sqrt(1 / here + 1 / there);
    if (evidence >= leastEvidence) found.push({ word, weight, evidence });
  }
  return found.sort((a, b) => b.evidence - a.evidence).slice(0, wordsPerLabel);
}

function createClassifier(set: TrainingSet, weights: ReadonlyMap<string, Float64Array>): Classifier {
  const { labels, majority } = set;
  const sums = new Float64Array(labels.length);
  return {
    labels,
    learningCurve: [],
    classify(text) {
      sums.fill(0);
      let found = false;
      const seen = new Set<Float64Array>();
      for (const word of splitWords(text)) {
        const row = weights.get(word);
        if (!row || seen.has(row)) continue;
        seen.add(row);
        found = true;
        for (let label = 0; label < row.length; label++) sums[label]! += row[label]!;
      }
      return labels[found ? largestAt(sums) : majority]!;
    },
  };
}
