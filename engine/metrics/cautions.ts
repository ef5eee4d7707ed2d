import type { MetricName } from '../../schemas/generated/files.ts';

/** How sure a metric's figures are, and where they mislead; docs/metrics.md says the same. */
export interface MetricCaution {
  /** How its interval is made. */
  readonly interval: string;
  /** What it is not for; absent where nothing is known against it. */
  readonly notFor?: string;
}

export const metricCautions: Readonly<Record<MetricName, MetricCaution>> = {
  'exact-match': { interval: 'Wilson', notFor: 'answers with a preamble, unless `extract` takes it off' },
  accuracy: { interval: 'Wilson', notFor: 'classes of very uneven size' },
  'balanced-accuracy': {
    interval: 'bootstrap',
    notFor: 'classes with a handful of rows: each weighs as much as the largest',
  },
  precision: {
    interval: 'bootstrap; Wilson at 0 and 1',
    notFor: 'free text: with hundreds of different targets a note says so',
  },
  recall: {
    interval: 'bootstrap; Wilson at 0 and 1',
    notFor: 'free text: with hundreds of different targets a note says so',
  },
  f1: {
    interval: 'bootstrap; Wilson at 0 and 1',
    notFor: 'free text: with hundreds of different targets a note says so',
  },
  mcc: { interval: 'bootstrap', notFor: 'targets that do not vary: it is 0' },
  calibration: {
    interval: "bootstrap; Student's t",
    notFor: 'models that return no confidence; few rows a bin, where ece is biased upward',
  },
  'multiple-choice': {
    interval: 'Wilson',
    notFor: 'comparing chat answers with log-likelihoods: they are different tasks',
  },
  'token-f1': {
    interval: "Student's t; Wilson",
    notFor: 'languages other than English: it knows English articles only',
  },
  bleu: {
    interval: 'bootstrap',
    notFor: 'single sentences; paraphrases; languages without spaces, unless the tokenizer fits',
  },
  chrf: { interval: 'bootstrap', notFor: 'judging content: near misses of spelling score high' },
  ter: { interval: 'bootstrap', notFor: 'free rewording' },
  rouge: { interval: "Student's t", notFor: 'other scripts than a to z; facts: a wrong number hardly shows' },
  wer: {
    interval: 'bootstrap',
    notFor: 'comparing with published figures under another normaliser; WER of languages without spaces',
  },
  cer: {
    interval: 'bootstrap',
    notFor: 'comparing with published figures under another normaliser; WER of languages without spaces',
  },
  similarity: { interval: "Student's t", notFor: 'facts: "is" and "is not" are close' },
  judge: {
    interval: "Student's t; Wilson",
    notFor: 'without having compared it with people; judging its own family of models',
  },
  pairwise: { interval: 'clustered by row', notFor: 'absolute quality: it only ranks' },
  'json-fields': {
    interval: "bootstrap; Student's t; Wilson",
    notFor: 'fields of free text: they are compared as a whole',
  },
  regex: { interval: 'Wilson', notFor: 'meaning' },
  'json-schema': { interval: 'Wilson', notFor: 'content: a valid answer may be wrong' },
  numeric: {
    interval: "Wilson; Student's t",
    notFor: 'answers with several numbers, unless `extract` takes the right one: the last counts',
  },
  'tool-call': { interval: 'Wilson; bootstrap', notFor: 'several right ways to call' },
  retrieval: { interval: "Student's t", notFor: 'incomplete judgements: an unjudged id counts as wrong' },
  'pass-at-k': {
    interval: "Student's t over problems",
    notFor: 'machines without containers: model-written code never runs outside one',
  },
  custom: { interval: "Student's t; Wilson" },
  recorded: {
    interval: "clustered Wilson or Student's t",
    notFor: 'a benchmark you run yourself: nothing records the score',
  },
  fairness: {
    interval: 'MOVER (Newcombe for shares), for all pairs of groups at once',
    notFor: 'groups of a few rows: they are left out and named; judging the point: every maximum is biased upward',
  },
  robustness: {
    interval: "Student's t of paired differences; paired bootstrap; the worst with Bonferroni",
    notFor: 'perturbations that change the right answer',
  },
  toxicity: { interval: 'Wilson', notFor: 'word lists alone, for anything that matters' },
  pii: { interval: 'Wilson', notFor: 'names and addresses by rules: they find what has a fixed form' },
  latency: { interval: "Student's t; order statistics" },
  'time-to-first-token': { interval: "Student's t; order statistics" },
  tokens: { interval: 'totals have none' },
  cost: { interval: "Student's t of the mean" },
};
