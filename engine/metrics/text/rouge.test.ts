import assert from 'node:assert/strict';
import { readGolden } from '../../../test/golden/read.ts';
import { stemWord } from './porter-stemmer.ts';
import { type RougeKind, rougeScore } from './rouge.ts';

interface Golden {
  readonly cases: readonly {
    stemmer: boolean;
    kinds: readonly RougeKind[];
    scores: readonly (readonly (readonly [precision: number, recall: number, f1: number])[])[];
  }[];
  readonly stems: readonly [string];
}

const golden = readGolden('rouge.json') as Golden;
const { pairs } = readGolden('text-pairs.json') as { pairs: readonly (readonly [string, readonly string[]])[] };

describe('ROUGE against rouge-score', () => {
  for (const { stemmer, kinds, scores } of golden.cases) {
    it(stemmer ? 'of stems' : 'of words', () => {
      assert.equal(scores.length, pairs.length);
      scores.forEach((row, index) => {
        const [prediction, targets] = pairs[index]!;
        kinds.forEach((kind, at) => {
          const { precision, recall, f1 } = rougeScore(kind, prediction, targets, { stemmer });
          assert.deepEqual([precision, recall, f1], row[at], `${kind} of ${JSON.stringify(pairs[index])}`);
        });
      });
    });
  }

  it('stems as NLTK does', () => {
    const entries = golden.stems[0].split(' ').map(entry => entry.split(':'));
    assert.ok(entries.length > 2000);
    for (const [word, stem] of entries) assert.equal(stemWord(word!), stem, word);
  });

  it('finds the same subsequence block by block', () => {
    const lines = Array.from({ length: 12_000 }, (_, index) => `w${(index * 7919) % 101}`);
    const text = lines.join(' ');
    const other = lines.toReversed().join(' ');
    const whole = rougeScore('rougeL', text, [other], {});
    const byLines = rougeScore('rougeLsum', text, [other], {});
    // One line each: the union is the one subsequence.
    assert.deepEqual(byLines, whole);
    assert.ok(whole.f1 > 0.01 && whole.f1 < 1, String(whole.f1));
  });

  it('needs a target', () => assert.throws(() => rougeScore('rouge1', 'a', [], {}), RangeError));
});
