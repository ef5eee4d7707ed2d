import assert from 'node:assert/strict';
import { readGolden } from '../../../test/golden/read.ts';
import { type BleuOptions, bleuScore, bleuSignature, bleuStatistics, bleuStatisticsLength } from './bleu.ts';
import type { BleuSmoothing } from './bleu.ts';
import type { BleuTokenizer } from './bleu-tokenizers.ts';
import { chrfScore, chrfSignature, chrfStatistics } from './chrf.ts';
import { terScore, terSignature, terStatistics } from './ter.ts';

type Pair = readonly [hypothesis: string, references: readonly string[]];
interface Case {
  readonly options: Readonly<Record<string, unknown>>;
  readonly corpus: number;
  readonly signature: string;
  readonly sentences: readonly number[];
}
interface Golden {
  readonly bleu: readonly Case[];
  readonly chrf: readonly Case[];
  readonly ter: readonly Case[];
}

const { pairs } = readGolden('text-pairs.json') as { pairs: readonly Pair[] };
const golden = readGolden('sacrebleu.json') as Golden;
const published: readonly Pair[] = [
  ["The cat sat on the mat, didn't it?", ["The cat is sitting on the mat, isn't it?"]],
  ['It costs $1,234.56 (approx.)', ['It costs $1,234.56, approx.']],
];

function assertClose(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual} is not ${expected}`,
  );
}

function sum(statistics: readonly Float64Array[]): Float64Array {
  return statistics.reduce((total, one) => total.map((value, index) => value + one[index]!));
}

/** Checks every pair and the corpus. */
function check(
  { corpus, sentences, options }: Case,
  measure: (hypothesis: string, references: readonly string[]) => Float64Array,
  score: (statistics: Float64Array, sentence: boolean) => number,
): void {
  const statistics = pairs.map(([hypothesis, references]) => measure(hypothesis, references));
  assert.equal(sentences.length, pairs.length);
  statistics.forEach((one, index) => {
    assertClose(score(one, true), sentences[index]!, `${JSON.stringify(options)} of ${JSON.stringify(pairs[index])}`);
  });
  assertClose(score(sum(statistics), false), corpus, `${JSON.stringify(options)} of the corpus`);
}

function assertSignature(actual: string, expected: string): void {
  assert.equal(actual.replace(/version:.*/, ''), expected.replace(/version:.*/, ''));
  assert.match(actual, /\|version:aiwb-\d+$/);
}

describe('BLEU, chrF and TER against sacrebleu', () => {
  it('compares at least 200 pairs', () => assert.ok(pairs.length >= 200));

  for (const entry of golden.bleu) {
    it(`BLEU ${JSON.stringify(entry.options)}`, () => {
      const options: BleuOptions = {
        lowercase: entry.options['lowercase'] === true,
        tokenizer: (entry.options['tokenize'] as BleuTokenizer | undefined) ?? '13a',
        smoothing: (entry.options['smooth_method'] as BleuSmoothing | undefined) ?? 'exp',
        ...(entry.options['smooth_value'] === undefined
          ? {}
          : { smoothingValue: entry.options['smooth_value'] as number }),
      };
      check(
        entry,
        (hypothesis, references) => bleuStatistics(hypothesis, references, options),
        (statistics, effectiveOrder) => bleuScore(statistics, { ...options, effectiveOrder }),
      );
      assertSignature(bleuSignature(options, undefined), entry.signature);
    });
  }

  for (const entry of golden.chrf) {
    it(`chrF ${JSON.stringify(entry.options)}`, () => {
      const options = {
        lowercase: entry.options['lowercase'] === true,
        whitespace: entry.options['whitespace'] === true,
        characterOrder: (entry.options['char_order'] as number | undefined) ?? 6,
        wordOrder: (entry.options['word_order'] as number | undefined) ?? 0,
        beta: (entry.options['beta'] as number | undefined) ?? 2,
      };
      check(
        entry,
        (hypothesis, references) => chrfStatistics(hypothesis, references, options),
        statistics => chrfScore(statistics, options),
      );
      assertSignature(chrfSignature(options, undefined), entry.signature);
    });
  }

  for (const entry of golden.ter) {
    it(`TER ${JSON.stringify(entry.options)}`, () => {
      const options = {
        normalized: entry.options['normalized'] === true,
        ignorePunctuation: entry.options['no_punct'] === true,
        caseSensitive: entry.options['case_sensitive'] === true,
        asianSupport: entry.options['asian_support'] === true,
      };
      check(entry, (hypothesis, references) => terStatistics(hypothesis, references, options), terScore);
      assertSignature(terSignature(options, undefined), entry.signature);
    });
  }

  it('gives the published figures', () => {
    const bleu = published.map(([hypothesis, references]) => bleuStatistics(hypothesis, references, {}));
    assert.equal(bleu[0]!.length, bleuStatisticsLength);
    assertClose(bleuScore(sum(bleu), {}), 37.99178428257963, 'BLEU');
    assertClose(bleuScore(bleu[0]!, { effectiveOrder: true }), 32.11703274087687, 'sentence BLEU');
    assertClose(bleuScore(bleu[1]!, { effectiveOrder: true }), 41.11336169005198, 'sentence BLEU');
    for (const [wordOrder, expected] of [
      [0, 62.781194206403214],
      [2, 59.59439623661511],
    ] as const) {
      const chrf = published.map(([hypothesis, references]) => chrfStatistics(hypothesis, references, { wordOrder }));
      assertClose(chrfScore(sum(chrf), { wordOrder }), expected, `chrF with word order ${wordOrder}`);
    }
    const ter = published.map(([hypothesis, references]) => terStatistics(hypothesis, references, {}));
    assertClose(terScore(sum(ter)), 38.46153846153847, 'TER');
  });

  it('takes long texts without growing with their product', () => {
    const words = Array.from({ length: 60_000 }, (_, index) => `w${(index * 7919) % 1009}`);
    const text = words.join(' ');
    const shifted = [...words.slice(5), ...words.slice(0, 5)].join(' ');
    assert.ok(bleuScore(bleuStatistics(shifted, [text], {}), {}) > 99);
    assert.ok(chrfScore(chrfStatistics(shifted, [text], {}), {}) > 99);
    assertClose(terStatistics(shifted, [text], {})[0]!, 10, 'edits without moves');
  });

  it('names the number of references where it is known', () => {
    assert.equal(bleuSignature({}, 1), 'nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:aiwb-1');
    assert.throws(() => bleuStatistics('a', [], {}), RangeError);
  });
});
