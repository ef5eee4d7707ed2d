import assert from 'node:assert/strict';
import { assertClose } from '../../test/golden/close.ts';
import { readGolden } from '../../test/golden/read.ts';
import { averagePrecisionAt, gradeRanking, hitAt, ndcgAt, precisionAt, recallAt, reciprocalRank } from './retrieval.ts';

interface Golden {
  readonly rankings: readonly {
    returned: string[];
    relevant: [string, number][];
    cuts: readonly ({ k: number } & Record<keyof typeof figures, number>)[];
    reciprocalRank: number;
  }[];
  readonly gains: readonly { grades: number[]; k: number; linear: number; exponential: number }[];
}

const golden = readGolden('retrieval.json') as Golden;
const figures = {
  recall: recallAt,
  precision: precisionAt,
  hit: hitAt,
  ndcg: ndcgAt,
  averagePrecision: averagePrecisionAt,
};

describe('retrieval', () => {
  it('has the figures of trec_eval', () => {
    for (const { returned, relevant, cuts, reciprocalRank: expected } of golden.rankings) {
      const ranking = gradeRanking(returned, new Map(relevant));
      assertClose(reciprocalRank(ranking), expected, 'reciprocal rank');
      for (const cut of cuts) {
        for (const [name, measure] of Object.entries(figures)) {
          assertClose(measure(ranking, cut.k), cut[name as keyof typeof figures], `${name}@${cut.k}`);
        }
      }
    }
  });

  it('has the nDCG of scikit-learn for either gain', () => {
    for (const { grades, k, linear, exponential } of golden.gains) {
      const ranking = { grades, relevant: grades.filter(grade => grade > 0) };
      assertClose(ndcgAt(ranking, k), linear, `linear, ${k}`);
      assertClose(ndcgAt(ranking, k, 'exponential'), exponential, `exponential, ${k}`);
    }
  });

  it('counts an id once, however often it is returned', () => {
    const ranking = gradeRanking(['x', 'a', 'a', 'b', 'a'], new Map([['a', 1], ['b', 2], ['c', -1]])); // prettier-ignore
    assert.deepEqual(ranking, { grades: [0, 1, 0, 2, 0], relevant: [1, 2] });
    assert.equal(recallAt(ranking, 5), 1);
    assert.equal(precisionAt(ranking, 10), 0.2);
    assert.deepEqual([reciprocalRank(ranking), reciprocalRank(ranking, 1)], [0.5, 0]);
    assert.deepEqual([hitAt(ranking, 1), hitAt(ranking, 2)], [0, 1]);
  });

  it('has no figure without relevant items, and 0 without returned ones', () => {
    const nothing = gradeRanking(['a'], new Map());
    const missed = gradeRanking([], new Map([['a', 1]]));
    for (const measure of [...Object.values(figures), reciprocalRank]) {
      assert.equal(measure(nothing, 3), undefined);
      assert.equal(measure(missed, 3), 0);
    }
    const huge = gradeRanking(['b', 'a'], new Map([['a', 1e9], ['b', 1]])); // prettier-ignore
    assert.ok(Number.isFinite(ndcgAt(huge, 2, 'exponential')));
  });
});
