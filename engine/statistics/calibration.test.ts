import assert from 'node:assert/strict';
import { assertClose, assertNear } from '../../test/golden/close.ts';
import { readGolden } from '../../test/golden/read.ts';
import {
  brierScore,
  brierScoreOfClasses,
  expectedCalibrationError,
  logLoss,
  logLossOfClasses,
  maximumCalibrationError,
  reliabilityBins,
  type Claims,
} from './calibration.ts';
import { computeMoments, meanInterval } from './intervals.ts';

interface Golden {
  readonly binary: readonly {
    confidences: number[];
    outcomes: number[];
    brier: number;
    logLoss: number;
    errors: readonly {
      bins: number;
      kind: 'equal-width' | 'equal-mass';
      table: [number, number | null, number | null][];
      ece: number;
      mce: number;
    }[];
    eceInterval?: [number, number];
  }[];
  readonly classes: readonly {
    classes: number;
    probabilities: number[];
    targets: number[];
    brier: number;
    logLoss: number;
  }[];
}

const golden = readGolden('calibration.json') as Golden;
const options = { confidence: 0.95, seed: 7 };

function claim(confidences: readonly number[], outcomes: readonly number[]): Claims {
  return { confidences: Float64Array.from(confidences), outcomes: Float64Array.from(outcomes) };
}

describe('calibration', () => {
  it('has the bins and errors of their definitions', () => {
    for (const { confidences, outcomes, errors } of golden.binary) {
      const claims = claim(confidences, outcomes);
      for (const { bins, kind, table, ece, mce } of errors) {
        const found = reliabilityBins(claims, { bins, kind });
        assert.deepEqual(
          found.map(({ n }) => n),
          table.map(([n]) => n),
        );
        table.forEach(([n, confidence, accuracy], index) => {
          const bin = found[index]!;
          if (n === 0) assert.deepEqual([bin.confidence, bin.accuracy], [undefined, undefined]);
          else {
            assertClose(bin.confidence, confidence!, 'confidence');
            assertClose(bin.accuracy, accuracy!, 'accuracy');
          }
        });
        assert.deepEqual([found[0]!.from, found.at(-1)!.to], [0, 1]);
        const named = `of ${bins} bins, ${kind}`;
        assertClose(expectedCalibrationError(claims, { ...options, bins, kind }).point, ece, `ECE ${named}`, 1e-11);
        assertClose(maximumCalibrationError(claims, { ...options, bins, kind }).point, mce, `MCE ${named}`, 1e-11);
      }
    }
  });

  it('has an interval of the ECE within 0.01 of numpy’s resamples', () => {
    for (const { confidences, outcomes, eceInterval } of golden.binary) {
      if (!eceInterval) continue;
      const { low, high, method } = expectedCalibrationError(claim(confidences, outcomes), options);
      assertNear(low, eceInterval[0], 0.01, 'low');
      assertNear(high, eceInterval[1], 0.01, 'high');
      assert.match(method, /^bootstrap, \d+ resamples$/);
    }
  });

  it('stays uncertain where all outcomes are the same, and says nothing without rows', () => {
    const right = new Array<number>(50).fill(1);
    const sure = expectedCalibrationError(claim(right, right), options);
    assert.deepEqual([sure.point, sure.low, sure.method], [0, 0, 'Wilson']);
    assert.ok(sure.high! > 0.06 && sure.high! < 0.08);
    const worst = maximumCalibrationError(claim([...right, 0.25], [...right, 1]), options);
    assert.equal(worst.point, 0.75);
    assert.equal(worst.high, 1);
    assert.deepEqual(
      [expectedCalibrationError, maximumCalibrationError].map(measure => measure(claim([], []), options).point),
      [undefined, undefined],
    );
  });

  it('keeps equal confidences in one bin of equal mass', () => {
    const claims = claim([0.9, 0.9, 0.9, 0.9, 0.2, 0.9], [1, 1, 0, 1, 0, 1]);
    const bins = reliabilityBins(claims, { bins: 3, kind: 'equal-mass' });
    assert.deepEqual(
      bins.map(({ n, to }) => [n, to]),
      [[6, 1]],
    );
  });

  it('has the Brier score and log loss of scikit-learn', () => {
    for (const { confidences, outcomes, brier, logLoss: loss } of golden.binary) {
      assertClose(brierScore(claim(confidences, outcomes), 0.95).point, brier, 'Brier');
      assertClose(logLoss(claim(confidences, outcomes), 0.95).point, loss, 'log loss');
    }
    for (const { classes, brier, logLoss: loss, ...rows } of golden.classes) {
      const claims = {
        classes,
        probabilities: Float64Array.from(rows.probabilities),
        targets: Int32Array.from(rows.targets),
      };
      assertClose(brierScoreOfClasses(claims, 0.95).point, brier, 'Brier over classes');
      assertClose(logLossOfClasses(claims, 0.95).point, loss, 'log loss over classes');
    }
  });

  it('bounds the Brier score by Student’s t over rows', () => {
    const losses = Float64Array.of(0.01, 0.25, 0.04, 0.16, 0.09);
    const { low, high } = brierScore(claim([0.1, 0.5, 0.2, 0.4, 0.3], [0, 0, 0, 0, 0]), 0.95);
    const expected = meanInterval(computeMoments(losses), 0.95)!;
    assertClose(low, Math.max(0, expected.low), 'low');
    assertClose(high, expected.high, 'high', 1e-11);
  });
});
