import type { FairnessParameters } from '../../schemas/generated/files.ts';
import { startFairness } from './fairness-aggregate.ts';
import { identify, ownSuffix } from './identity.ts';
import type { FindMetric, Metric, MetricDefinition } from './metric.ts';
import { openRange, shareRange } from './range.ts';

export const fairness: MetricDefinition = {
  id: 'fairness',
  title: 'Fairness',
  description:
    'How far a metric differs between the groups of a slice: largest gap and smallest ratio of two groups, and with a positive label the differences of how often it is given. The interval holds for all pairs of groups at once; judge it and not the point, which is biased upward.',
  formula:
    'max-gap: highest − lowest figure of a group; ratio: lowest ÷ highest; demographic parity: the same gap for the share answered positive; equalised odds: the larger of the gaps of true and false positive rates',
  source:
    'fairlearn’s definitions (Agarwal et al. 2018; Hardt et al. 2016); intervals of differences by MOVER (Zou and Donner 2008), by Newcombe for shares, with Bonferroni over the pairs.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'lower',
  figures: ['fairness.max-gap', 'fairness.ratio'],
  streams: false,
  create: (parameters, find) => createFairness(parameters as unknown as FairnessParameters, find),
};

function createFairness(parameters: FairnessParameters, find: FindMetric): Metric {
  const { slice, positive } = parameters;
  const { metric: inner, isMeasured } = find(parameters.metric);
  const identity = identify('fairness', `Fairness over ${slice}`, { ...parameters });
  const { id } = identity;
  const classes =
    positive === undefined ? [] : [`${id}.demographic-parity-difference`, `${id}.equalised-odds-difference`];
  const { take } = inner;
  return {
    ...identity,
    kind: 'quality',
    unit: inner.unit,
    direction: 'lower',
    figures: [`${id}.max-gap`, `${id}.ratio`, ...classes],
    ranges: {
      [`${id}.max-gap`]: inner.unit === 'ratio' && inner.ranges?.[inner.id]?.most === 1 ? shareRange : openRange,
      [`${id}.ratio`]: shareRange,
      ...Object.fromEntries(classes.map(figure => [figure, shareRange])),
    },
    ...(isMeasured || take === undefined ? {} : { take: observation => take(observation) }),
    overallOnly: true,
    startAggregate: () => startFairness({ id, suffix: ownSuffix(identity), slice, positive, inner }),
  };
}
