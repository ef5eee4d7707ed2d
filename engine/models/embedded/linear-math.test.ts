import assert from 'node:assert/strict';
import { createRandom } from '../../statistics/random.ts';
import {
  answerRows,
  continueFrom,
  createParameters,
  measureLoss,
  runEpoch,
  type LinearParameters,
  type LinearRows,
} from './linear-math.ts';
import { linearKind } from './linear.ts';

const breather = { spend: () => undefined };
const labels = 3;
const width = 5;

/** Two rows over five columns. */
function makeRows(rowWeights?: readonly number[]): LinearRows {
  return {
    vectors: {
      starts: Int32Array.of(0, 3, 5),
      columns: Int32Array.of(0, 2, 4, 1, 2),
      values: Float32Array.of(0.5, -0.25, 0.75, 1, 0.5),
    },
    targets: Int32Array.of(1, 2),
    ...(rowWeights === undefined ? {} : { rowWeights: Float64Array.from(rowWeights) }),
  };
}

/** Weights that are exact in 32 bits, far enough from certainty that no error is too small to count. */
function makeParameters(): LinearParameters {
  const random = createRandom(3);
  const draw = (): number => (random.below(64) - 32) / 64;
  return continueFrom({
    weights: Float32Array.from({ length: width * labels }, draw),
    bias: Float64Array.from({ length: labels }, draw),
  });
}

const oneRow = (rows: LinearRows, row: number): LinearRows => {
  const { starts, columns, values } = rows.vectors;
  return {
    vectors: {
      starts: Int32Array.of(0, starts[row + 1]! - starts[row]!),
      columns: columns.slice(starts[row], starts[row + 1]),
      values: values.slice(starts[row], starts[row + 1]),
    },
    targets: rows.targets.slice(row, row + 1),
  };
};

describe('the linear model’s training', () => {
  it('steps along the gradient of the cross-entropy, as differences of the loss show it', async () => {
    for (const row of [0, 1]) {
      const rows = oneRow(makeRows(), row);
      const before = makeParameters();
      const at = async (change: (parameters: LinearParameters) => void): Promise<number> => {
        // In 64 bits, so that small differences are seen.
        const wide = {
          weights: Float64Array.from(before.weights) as unknown as Float32Array,
          bias: before.bias.slice(),
        };
        change({ ...before, ...wide });
        return measureLoss(rows, wide, breather);
      };
      const step = 1e-6;
      const slope = async (change: (parameters: LinearParameters, by: number) => void): Promise<number> =>
        ((await at(parameters => change(parameters, step))) - (await at(parameters => change(parameters, -step)))) /
        (2 * step);
      const trained = makeParameters();
      const learningRate = 0.5;
      await runEpoch(rows, Int32Array.of(0), trained, { learningRate, l2: 0 }, breather);
      for (let index = 0; index < before.weights.length; index++) {
        const gradient = await slope((parameters, by) => (parameters.weights[index]! += by));
        const expected = before.weights[index]! - (learningRate * gradient) / Math.sqrt(1 + gradient * gradient);
        assert.ok(Math.abs(trained.weights[index]! - expected) < 1e-6, `weight ${index}, row ${row}`);
        assert.ok(Math.abs(trained.weightSquares[index]! - (1 + gradient * gradient)) < 1e-6, `squares ${index}`);
      }
      for (let label = 0; label < labels; label++) {
        const gradient = await slope((parameters, by) => (parameters.bias[label]! += by));
        assert.ok(Math.abs(gradient) > 0.01, 'the check means something');
        const expected = before.bias[label]! - (learningRate / 10) * (gradient / Math.sqrt(1 + gradient * gradient));
        assert.ok(Math.abs(trained.bias[label]! - expected) < 1e-6, `bias ${label}, row ${row}`);
      }
    }
  });

  it("scales a row's gradient by its weight", async () => {
    const rows = oneRow(makeRows(), 0);
    const gradients = async (weight: number): Promise<number[]> => {
      const parameters = makeParameters();
      const weighted = { ...rows, rowWeights: Float64Array.of(weight) };
      await runEpoch(weighted, Int32Array.of(0), parameters, { learningRate: 0.1, l2: 0 }, breather);
      return Array.from(parameters.biasSquares, squares => Math.sqrt(squares - 1));
    };
    const [single, triple] = [await gradients(1), await gradients(3)];
    for (let label = 0; label < labels; label++) {
      assert.ok(single[label]! > 0.01);
      assert.ok(Math.abs(triple[label]! / single[label]! - 3) < 1e-9);
    }
  });

  it('gives the same bits for weights of 1 as for none', async () => {
    const train = async (rows: LinearRows): Promise<LinearParameters> => {
      const parameters = makeParameters();
      await runEpoch(rows, Int32Array.of(1, 0), parameters, { learningRate: 0.7, l2: 0 }, breather);
      return parameters;
    };
    assert.deepEqual(await train(makeRows([1, 1])), await train(makeRows()));
  });

  it('lets weights decay by their share a row, after the epoch, and leaves the bias', async () => {
    const plain = makeParameters();
    const decayed = makeParameters();
    await runEpoch(makeRows(), Int32Array.of(0, 1), plain, { learningRate: 0.5, l2: 0 }, breather);
    await runEpoch(makeRows(), Int32Array.of(0, 1), decayed, { learningRate: 0.5, l2: 0.25 }, breather);
    assert.deepEqual(
      decayed.weights,
      plain.weights.map(weight => weight * 0.75 ** 2),
    );
    assert.deepEqual(decayed.bias, plain.bias);
    await runEpoch(makeRows(), Int32Array.of(0, 1), decayed, { learningRate: 0.5, l2: 1 }, breather);
    assert.ok(decayed.weights.every(weight => weight === 0));
  });

  it('begins at the loss of guessing and answers the label with the highest score', async () => {
    const loss = await measureLoss(makeRows(), createParameters(width, labels), breather);
    assert.ok(Math.abs(loss - Math.log(labels)) < 1e-12);
    const parameters = createParameters(width, labels);
    parameters.weights[4 * labels + 2] = 1;
    parameters.bias[0] = 0.5;
    assert.deepEqual(await answerRows(makeRows().vectors, parameters, breather), Int32Array.of(2, 0));
  });

  it('stays what embedded:linear was before tuning jobs trained with it', async () => {
    const random = createRandom(12345);
    const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu'.split(' ');
    const rows = Array.from({ length: 300 }, () => {
      const label = random.below(4);
      const text = Array.from(
        { length: 6 },
        () => words[random.unit() < 0.6 ? label * 3 + random.below(3) : random.below(12)],
      );
      return { text: text.join(' '), label: `class ${label}` };
    });
    const { learningCurve, classify } = await linearKind.train(
      rows,
      { seed: 7, pause: async () => {} },
      new AbortController().signal,
    );
    const losses = [1, 2, 10, 25].map(step => learningCurve[step - 1]!.loss.toPrecision(12));
    assert.deepEqual(losses, ['0.264596523016', '0.193233532662', '0.0811680888643', '0.0405803180488']);
    assert.equal(rows.filter(({ text, label }) => classify(text) === label).length, 300);
  });
});
