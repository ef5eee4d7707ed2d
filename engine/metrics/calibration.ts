import type { CalibrationParameters } from '../../schemas/generated/files.ts';
import { confidenceOf } from './confidence.ts';
import { sumStatistics } from './corpus-figure.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { rememberObservation } from './memo.ts';
import type { CorpusStatistics, Metric, MetricDefinition, Observation } from './metric.ts';
import { openRange, shareRange } from './range.ts';

const defaultBins = 10;

export const calibration: MetricDefinition = {
  id: 'calibration',
  title: 'Calibration',
  description:
    'Whether answers are right as often as the model’s confidence in them says. Needs a confidence: label probabilities, log-likelihoods of choices, or a field of the answer.',
  formula:
    'ece: Σ over bins of (answers in it ÷ answers) · |share right − mean confidence|; brier: mean (confidence − right)²; log-loss: mean −ln(confidence given to what came true)',
  source:
    'Naeini et al. 2015 and Guo et al. 2017 (ECE, bins of equal width); scikit-learn brier_score_loss and log_loss of the confidence in the given answer.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'lower',
  figures: ['calibration.ece', 'calibration.brier', 'calibration.log-loss'],
  streams: false,
  create: parameters => createCalibration(parameters),
};

function createCalibration(parameters: CalibrationParameters): Metric {
  const identity = identify('calibration', 'Calibration', { ...parameters });
  const { id } = identity;
  const bins = parameters.bins ?? defaultBins;
  const claimOf = confidenceOf(parameters);
  const key = { confidence: `${id}.confidence`, right: `${id}.right`, brier: `${id}.brier`, loss: `${id}.log-loss` };
  const figures = [`${id}.ece`, `${id}.brier`, `${id}.log-loss`] as const;
  const ranges = { [figures[0]]: shareRange, [figures[1]]: shareRange, [figures[2]]: openRange };
  const corpus = binClaims(bins, ({ scores }) => ({
    confidence: scores?.[key.confidence],
    right: scores?.[key.right],
  }));
  const named = (label: string) => `${label}${ownSuffix(identity)}`;
  const shape = { kind: 'quality', unit: 'ratio', direction: 'lower' } as const;
  const missing = 'came without a confidence';
  const meanOf = (metric: string, label: string, of: string, range: typeof openRange) =>
    averageSamples(
      { ...shape, metric, label: named(label) },
      { read: ({ scores }) => scores?.[of], range, kind: 'mean', missing },
    );
  return {
    ...identity,
    kind: 'quality',
    unit: 'ratio',
    direction: 'lower',
    figures,
    ranges,
    take(observation) {
      const claim = claimOf(observation);
      if (claim === undefined) return undefined;
      const { confidence, right } = claim;
      return {
        [key.confidence]: confidence,
        [key.right]: right,
        [key.brier]: (confidence - right) ** 2,
        [key.loss]: -Math.log(Math.max(Number.EPSILON, right === 1 ? confidence : 1 - confidence)),
      };
    },
    corpus,
    startAggregate: () =>
      joinFigures([
        sumStatistics(
          { ...shape, metric: figures[0], label: named(`Calibration error (${bins} bins)`) },
          {
            corpus,
            width: 2 * bins,
            range: shareRange,
            suits: ({ scores }) => scores?.[key.confidence] !== undefined && scores[key.right] !== undefined,
            missing,
          },
        ),
        meanOf(figures[1], 'Brier score', key.brier, shareRange),
        meanOf(figures[2], 'Log loss', key.loss, openRange),
      ]),
  };
}

interface StoredClaim {
  readonly confidence: number | undefined;
  readonly right: number | undefined;
}

/** Answers in each bin, then by how many more of them were right than claimed. A bin holds its upper edge, as in Guo et al. */
function binClaims(bins: number, read: (observation: Observation) => StoredClaim): CorpusStatistics {
  const compute = (observation: Observation): Float64Array => {
    const statistics = new Float64Array(2 * bins);
    const { confidence, right } = read(observation);
    if (confidence === undefined || right === undefined) return statistics;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    statistics[bin] = 1;
    statistics[bins + bin] = right - confidence;
    return statistics;
  };
  return {
    of: rememberObservation(compute),
    figure(sums) {
      let answers = 0;
      let gaps = 0;
      for (let bin = 0; bin < bins; bin++) {
        answers += sums[bin]!;
        gaps += Math.abs(sums[bins + bin]!);
      }
      return answers === 0 ? NaN : gaps / answers;
    },
  };
}
