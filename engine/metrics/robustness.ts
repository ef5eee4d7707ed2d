import type { RobustnessParameters } from '../../schemas/generated/files.ts';
import { identify } from './identity.ts';
import type { FindMetric, Metric, MetricDefinition } from './metric.ts';
import { startRobustness } from './robustness-aggregate.ts';

export const robustness: MetricDefinition = {
  id: 'robustness',
  title: 'Robustness',
  description:
    'How much worse a metric is on perturbed rows than on the same rows as they are: one figure for each perturbation, led by the worst. 0 is no loss.',
  formula: 'figure on the rows as they are − figure on the same rows perturbed (for error rates the other way round)',
  source:
    'Paired by row: Student’s t of the differences, clustered by row; paired bootstrap for figures of a corpus. The worst is bounded with Bonferroni over the perturbations.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'lower',
  figures: ['robustness'],
  streams: false,
  create: (parameters, find) => createRobustness(parameters, find),
};

function createRobustness(parameters: RobustnessParameters, find: FindMetric): Metric {
  const { metric: inner, isMeasured } = find(parameters.metric);
  const identity = identify('robustness', `Worst loss in ${inner.label}`, { ...parameters });
  const most = inner.unit === 'points' ? 100 : 1;
  const { take } = inner;
  return {
    ...identity,
    kind: 'quality',
    unit: inner.unit,
    direction: 'lower',
    figures: [identity.id],
    ranges: { [identity.id]: inner.direction === 'higher' ? { least: -most, most } : {} },
    ...(isMeasured || take === undefined ? {} : { take: observation => take(observation) }),
    seesPerturbed: true,
    overallOnly: true,
    startAggregate: () => startRobustness(identity, inner),
  };
}
