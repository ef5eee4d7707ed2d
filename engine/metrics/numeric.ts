import type { NumericParameters } from '../../schemas/generated/files.ts';
import { createExtractor } from './extract.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { rememberLast } from './memo.ts';
import type { Metric, MetricDefinition } from './metric.ts';
import { openRange, shareRange } from './range.ts';
import { binaryRight, readScore } from './score-metric.ts';
import { extractNumber, isNear } from './text/numeric.ts';

export const numeric: MetricDefinition = {
  id: 'numeric',
  title: 'Number',
  description:
    'Share of answers whose last number is the target’s, within a tolerance; and how far the numbers are off on average. An answer without a number is wrong and has no distance.',
  formula: 'numeric: |answer − target| ≤ max(tolerance, relative · |target|); mae: mean of |answer − target|',
  source: 'Reading of numbers is ours; mae as scikit-learn mean_absolute_error over the answers with a number.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['numeric', 'numeric.mae'],
  streams: false,
  create: parameters => createNumeric(parameters),
};

function createNumeric(parameters: NumericParameters): Metric {
  const { tolerance = 0, relative = 0 } = parameters;
  const identity = identify('numeric', 'Number right', { ...parameters });
  const { id } = identity;
  const find = createExtractor(parameters.extract);
  const read = rememberLast((output, target) => {
    const text = find === undefined ? output : find(output);
    return { actual: text === undefined ? undefined : extractNumber(text, {}), wanted: extractNumber(target, {}) };
  });
  const score: NonNullable<Metric['score']> = observation => {
    const { actual, wanted } = read(observation);
    if (wanted === undefined) return undefined;
    return actual !== undefined && isNear(actual, wanted, { absolute: tolerance, relative }) ? 1 : 0;
  };
  const label = `Mean absolute error${ownSuffix(identity)}`;
  return {
    ...identity,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [id, `${id}.mae`],
    ranges: { [id]: shareRange, [`${id}.mae`]: openRange },
    score,
    right: binaryRight,
    startAggregate: () =>
      joinFigures([
        averageSamples(
          { metric: id, label: identity.label, kind: 'quality', unit: 'ratio', direction: 'higher' },
          {
            read: readScore(id, score),
            range: shareRange,
            kind: 'share',
            missing: 'belong to rows whose target is no number',
          },
        ),
        averageSamples(
          { metric: `${id}.mae`, label, kind: 'quality', unit: 'score', direction: 'lower' },
          {
            read: observation => {
              const { actual, wanted } = read(observation);
              return actual === undefined || wanted === undefined ? undefined : Math.abs(actual - wanted);
            },
            range: openRange,
            kind: 'mean',
            missing: 'have no number to compare',
          },
        ),
      ]),
  };
}
