import type { BleuParameters, ChrfParameters, TerParameters } from '../../schemas/generated/files.ts';
import { identify } from './identity.ts';
import type { MetricDefinition } from './metric.ts';
import { pointsRange } from './range.ts';
import { targetReader } from './targets.ts';
import { bleuScore, bleuSignature, bleuStatistics, bleuStatisticsLength } from './text/bleu.ts';
import { chrfScore, chrfSignature, chrfStatistics } from './text/chrf.ts';
import { terScore, terSignature, terStatistics } from './text/ter.ts';
import { createTextMetric } from './text-metric.ts';

const common = { kind: 'quality', unit: 'points', streams: false } as const;

export const bleu: MetricDefinition = {
  ...common,
  id: 'bleu',
  title: 'BLEU',
  description:
    'How many of an answer’s runs of one to four words are in the target, over the whole corpus, 0 to 100. Compare only figures with the same signature.',
  formula: 'brevity penalty · exp(mean over n = 1…4 of ln(matched n-grams ÷ n-grams of the answers)) · 100',
  source:
    'sacrebleu 2.6.0 (Papineni et al. 2002; Post 2018). A sample’s own score is sentence BLEU with effective order.',
  direction: 'higher',
  figures: ['bleu'],
  create(parameters) {
    const { tokenizer, smoothing, lowercase, severalTargets } = parameters as BleuParameters;
    const options = defined({ tokenizer, smoothing, lowercase });
    const references = countReferences(severalTargets);
    return createTextMetric(identify('bleu', 'BLEU', parameters), {
      unit: 'points',
      direction: 'higher',
      range: pointsRange,
      width: bleuStatisticsLength,
      statistics: (output, target) => bleuStatistics(output, references.read(target), options),
      figure: sums => bleuScore(sums, options),
      score: statistics => bleuScore(statistics, { ...options, effectiveOrder: true }),
      signature: () => bleuSignature(options, references.count()),
      warn: warnOfBleu,
    });
  },
};

export const chrf: MetricDefinition = {
  ...common,
  id: 'chrf',
  title: 'chrF',
  description:
    'F score of the runs of one to six characters that answers and targets share, over the whole corpus, 0 to 100; with `wordOrder: 2` it is chrF++. Suits languages with rich word forms better than BLEU.',
  formula: '(1 + β²) · P · R ÷ (β² · P + R) · 100 with β = 2; P and R are means over the orders',
  source: 'sacrebleu 2.6.0 (Popović 2015, 2017).',
  direction: 'higher',
  figures: ['chrf'],
  create(parameters) {
    const { charOrder, wordOrder, beta, lowercase, whitespace, severalTargets } = parameters as ChrfParameters;
    const options = defined({ characterOrder: charOrder, wordOrder, beta, lowercase, whitespace });
    const references = countReferences(severalTargets);
    const label = `chrF${beta ?? 2}${'+'.repeat(wordOrder ?? 0)}`;
    return createTextMetric(identify('chrf', label, parameters), {
      unit: 'points',
      direction: 'higher',
      range: pointsRange,
      width: 3 * ((charOrder ?? 6) + (wordOrder ?? 0)),
      statistics: (output, target) => chrfStatistics(output, references.read(target), options),
      figure: sums => chrfScore(sums, options),
      score: statistics => chrfScore(statistics, options),
      signature: () => chrfSignature(options, references.count()),
      warn: sums => (sums[1] === 0 ? emptyTargets : undefined),
    });
  },
};

export const ter: MetricDefinition = {
  ...common,
  id: 'ter',
  title: 'TER',
  description:
    'Edits that turn the answers into their targets, for every 100 words of the targets; moving a run of words is one edit.',
  formula: '(insertions + deletions + substitutions + moves) ÷ words of the targets · 100',
  source: 'sacrebleu 2.6.0 (Snover et al. 2006, after tercom).',
  direction: 'lower',
  figures: ['ter'],
  create(parameters) {
    const { normalized, noPunctuation, asianSupport, caseSensitive, severalTargets } = parameters as TerParameters;
    const options = defined({ normalized, ignorePunctuation: noPunctuation, asianSupport, caseSensitive });
    const references = countReferences(severalTargets);
    return createTextMetric(identify('ter', 'TER', parameters), {
      unit: 'points',
      direction: 'lower',
      range: { least: 0, span: 100 },
      width: 2,
      statistics: (output, target) => terStatistics(output, references.read(target), options),
      figure: terScore,
      score: terScore,
      signature: () => terSignature(options, references.count()),
      warn: sums => (sums[1] === 0 ? emptyTargets : undefined),
    });
  },
};

/** Longest runs of words that BLEU counts. */
const bleuOrders = 4;
const emptyTargets = 'Every target is empty: there is nothing to compare with.';

/** Where no answer is four words long there are no runs of four, and BLEU is 0 whatever the answers. */
function warnOfBleu(sums: Float64Array): string | undefined {
  if (sums[bleuStatisticsLength - 1] === 0) return emptyTargets;
  const longest = sums[bleuOrders * 2 - 1];
  return longest === 0 ? 'No answer has four words in a row, so BLEU is 0: use chrf for short texts.' : undefined;
}

/** Reads references, and knows how many there were: that is part of a signature. */
function countReferences(severalTargets: boolean | undefined) {
  const read = targetReader(severalTargets);
  let least = Infinity;
  let most = 0;
  return {
    read(target: string) {
      const references = read(target);
      least = Math.min(least, references.length);
      most = Math.max(most, references.length);
      return references;
    },
    /** Undefined where it differs from row to row. */
    count: (): number | undefined => (most === 0 ? 1 : least === most ? most : undefined),
  };
}

/** The options that are set: an absent one and one that is undefined are not the same. */
function defined<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
