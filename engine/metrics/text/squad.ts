import { splitWords, wordBoundary } from './python-text.ts';

const articles = new RegExp(`${wordBoundary}(?:a|an|the)${wordBoundary}`, 'gu');
/** Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;

/** Lower case, without ASCII punctuation, articles and extra white space. Source: the evaluation script of SQuAD 2.0. */
export function normalizeAnswer(text: string): string {
  return splitWords(text.toLowerCase().replace(punctuation, '').replace(articles, ' ')).join(' ');
}

/** Whether the answer equals one of the targets once both are normalised. No targets, as of a question without an answer, want an empty one. */
export function isSquadMatch(answer: string, targets: readonly string[]): boolean {
  const normal = normalizeAnswer(answer);
  return withDefault(targets).some(target => normalizeAnswer(target) === normal);
}

/**
 * F1 over the words of answer and target, in 0..1, of the best target; where either has no words, 1 if both have none, else 0.
 * Source: the evaluation script of SQuAD 2.0. (That of SQuAD 1.1 gives 0 where both have none.)
 */
export function squadF1(answer: string, targets: readonly string[]): number {
  const words = splitWords(normalizeAnswer(answer));
  return Math.max(...withDefault(targets).map(target => compare(words, splitWords(normalizeAnswer(target)))));
}

function withDefault(targets: readonly string[]): readonly string[] {
  return targets.length === 0 ? [''] : targets;
}

function compare(words: readonly string[], wanted: readonly string[]): number {
  if (words.length === 0 || wanted.length === 0) return words.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of words) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common++;
  }
  if (common === 0) return 0;
  const precision = common / words.length;
  const recall = common / wanted.length;
  return (2 * precision * recall) / (precision + recall);
}
