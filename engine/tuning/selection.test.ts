import assert from 'node:assert/strict';
import type { EpochPoint } from '../../schemas/generated/messages.ts';
import { judgeDivergence } from './guards.ts';
import { bestEpoch, keepCheckpoints, measurementsSinceBest, type Selection } from './selection.ts';

const byAccuracy: Selection = { aspect: 'robustness', metric: 'accuracy', label: 'Accuracy', direction: 'higher' };
const byLoss: Selection = { ...byAccuracy, metric: 'loss', direction: 'lower' };

/** One point an entry; an absent figure is an epoch that was not measured. */
const curve = (...figures: (number | undefined)[]): EpochPoint[] =>
  figures.map((figure, epoch) => ({
    epoch,
    trainingLoss: 1,
    seconds: 1,
    aspects:
      figure === undefined
        ? []
        : [
            { aspect: 'core-performance', rows: 5, loss: 9, scores: { accuracy: 1 / (epoch + 1) } },
            { aspect: 'robustness', rows: 5, loss: figure, scores: { accuracy: figure } },
          ],
  }));

describe('the choice of a checkpoint', () => {
  const cases: readonly (readonly [string, EpochPoint[], Selection, best: number | undefined, since: number])[] = [
    ['nothing', [], byAccuracy, undefined, 0],
    ['only the base', curve(0.9), byAccuracy, undefined, 0],
    ['a base that is better than all', curve(0.9, 0.5), byAccuracy, 1, 0],
    ['a rising figure', curve(0, 0.5, 0.6, 0.7), byAccuracy, 3, 0],
    ['a peak', curve(0, 0.5, 0.8, 0.7, 0.6), byAccuracy, 2, 2],
    ['equals, the first', curve(0, 0.8, 0.8, 0.8), byAccuracy, 1, 2],
    ['a falling loss', curve(2, 1, 0.5, 0.7), byLoss, 2, 1],
    ['epochs that were not measured', curve(0, undefined, 0.5, undefined, 0.4), byAccuracy, 2, 1],
    ['nothing measured yet', curve(0, undefined, undefined), byAccuracy, 2, 0],
  ];
  for (const [what, points, selection, best, since] of cases) {
    it(`of ${what}`, () => {
      assert.equal(bestEpoch(points, selection), best);
      assert.equal(measurementsSinceBest(points, selection), since);
    });
  }

  it('keeps the best, the last and each n-th', () => {
    const figures = [0, 0.5, 0.9, 0.7, 0.6, 0.5];
    const keep = (epochs: number | undefined): string[] => {
      const every = epochs === undefined ? undefined : { epochs };
      let kept = keepCheckpoints([], 1, { digest: 'w1', bytes: 1 }, curve(...figures.slice(0, 2)), byAccuracy, every);
      for (let epoch = 2; epoch <= 5; epoch++) {
        const points = curve(...figures.slice(0, epoch + 1));
        kept = keepCheckpoints(kept, epoch, { digest: `w${epoch}`, bytes: 1 }, points, byAccuracy, every);
      }
      return kept.map(({ digest, best, last }) => `${digest}${best ? ' best' : ''}${last ? ' last' : ''}`);
    };
    assert.deepEqual(keep(undefined), ['w2 best', 'w5 last']);
    assert.deepEqual(keep(3), ['w2 best', 'w3', 'w5 last']);
    assert.deepEqual(keep(1), ['w1', 'w2 best', 'w3', 'w4', 'w5 last']);
  });

  it('replaces checkpoints of epochs that are trained anew', () => {
    const earlier = [1, 2, 3].map(epoch => ({
      epoch,
      digest: `old${epoch}`,
      bytes: 1,
      best: false,
      last: epoch === 3,
    }));
    const kept = keepCheckpoints(earlier, 2, { digest: 'new2', bytes: 1 }, curve(0, 0.5, 0.6), byAccuracy, {
      epochs: 1,
    });
    assert.deepEqual(
      kept.map(({ digest }) => digest),
      ['old1', 'new2'],
    );
  });
});

describe('the guard against divergence', () => {
  const point = (trainingLoss: number, validation = 0.1): EpochPoint => ({
    epoch: 4,
    trainingLoss,
    seconds: 1,
    aspects: [{ aspect: 'robustness', rows: 5, loss: validation, scores: {} }],
  });
  const cases: readonly (readonly [string, EpochPoint, EpochPoint | undefined, RegExp | undefined])[] = [
    ['a falling loss', point(0.2), point(1.1), undefined],
    ['a loss of ten times the start', point(20), point(2), undefined],
    [
      'a loss over that',
      point(20.1),
      point(2),
      /epoch 4 with learning rate 0\.5: the training loss is 20\.1 nats a row, over ten times the 2\.00/,
    ],
    ['a rise from next to nothing', point(0.5), point(0.001), undefined],
    ['a rise far above guessing', point(11), point(0.001), /over ten times the 1\.10/],
    ['no start known', point(11), undefined, /over ten times the 1\.10/],
    ['a loss that is no number', point(Number.NaN), point(1), /training loss is no finite number/],
    ['an endless loss', point(Number.POSITIVE_INFINITY), point(1), /no finite number/],
    ['a validation loss far above', point(0.1, 99), point(1, 1), /validation loss of robustness is 99\.0/],
    [
      'a validation loss that is no number',
      point(0.1, Number.NaN),
      point(1, 1),
      /validation loss of robustness is no finite/,
    ],
  ];
  const generating: typeof cases = [
    ['a loss of ten times the start', point(20), point(2), undefined],
    ['a loss over that', point(20.1), point(2), /is 20\.1 nats a token, over ten times the 2\.00/],
    ['a rise from next to nothing', point(4.9), point(0.01), undefined],
    ['a rise far above that', point(5.1), point(0.01), /over ten times the 0\.500/],
    ['no start known', point(900), undefined, undefined],
    ['a loss that is no number', point(Number.NaN), undefined, /training loss is no finite number/],
  ];
  for (const [what, now, before, why] of generating) {
    it(`${why === undefined ? 'passes' : 'stops'} ${what}, of generated text`, () => {
      const error = judgeDivergence(now, before, 0, 0.5);
      assert.equal(error?.code, why === undefined ? undefined : 'training-diverged');
      if (why !== undefined) assert.match(error?.message ?? '', why);
    });
  }
  for (const [what, now, before, why] of cases) {
    it(`${why === undefined ? 'passes' : 'stops'} ${what}`, () => {
      const error = judgeDivergence(now, before, 3, 0.5);
      assert.equal(error?.code, why === undefined ? undefined : 'training-diverged');
      if (why !== undefined) assert.match(error?.message ?? '', why);
    });
  }
});
