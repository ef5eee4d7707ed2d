import type { MetricValue, Unit } from '../../schemas/generated/messages.ts';
import type { CorpusStatistics, Metric } from '../metrics/metric.ts';
import type { SampleColumns } from '../ports/store.ts';
import { formatNumber } from './format.ts';

/** A figure that variants are compared by. */
export interface ComparedMetric {
  /** Id of its figure, such as `latency.mean`. */
  readonly id: string;
  readonly label: string;
  readonly kind: MetricValue['kind'];
  readonly unit: Unit;
  readonly direction: MetricValue['direction'];
  /** A sample's own numbers; absent where the figure is one of the whole corpus. */
  readonly values?: (columns: SampleColumns) => Float64Array;
  /** Where every value is 0 or 1. */
  readonly isRight?: (value: number) => boolean;
  readonly corpus?: CorpusStatistics;
  /** Where neither scores nor statistics tell how the figure comes about: the metric itself. */
  readonly whole?: Metric;
}

const none = new Float64Array();

/**
 * What to compare, the leading metric first: every quality metric that pairs (by scores, by corpus statistics, or by its figure alone), and latency, time to
 * first token and cost per 1,000 answers where they are measured. Figures without a better direction are not compared.
 */
export function listCompared(metrics: readonly Metric[], leading: Metric): readonly ComparedMetric[] {
  const others = metrics.filter(metric => metric.id !== leading.id);
  return [leading, ...others].flatMap(metric => {
    const compared = metric.kind === 'quality' ? compareQuality(metric, leading) : measures[metric.name];
    return compared === undefined || compared.direction === 'neutral' ? [] : [compared];
  });
}

/** Keys of the scores that comparisons and worst rows read. */
export function scoreKeys(compared: readonly ComparedMetric[], leading: Metric): readonly string[] {
  const scored = compared.filter(({ kind, values }) => kind === 'quality' && values !== undefined);
  return [...new Set([leading.id, ...scored.map(({ id }) => id)])];
}

/**
 * Another run may name its leading metric otherwise (`acc` of an imported one): what it holds for right then stands for a score of right
 * and wrong.
 */
function compareQuality(metric: Metric, leading: Metric): ComparedMetric | undefined {
  const { id, label, kind, unit, direction, corpus, score, right } = metric;
  const figure = { id, label, kind, unit, direction };
  if (metric.overallOnly === true || metric.seesPerturbed === true) return undefined;
  if (corpus !== undefined) return { ...figure, corpus };
  if (score === undefined)
    return metric.startAggregate().point === undefined ? undefined : { ...figure, whole: metric };
  const standsIn = metric === leading && right?.binary === true;
  const values = ({ scores, right: rights }: SampleColumns): Float64Array => {
    const own = scores.get(id) ?? none;
    return standsIn && own.every(value => Number.isNaN(value)) ? rights : own;
  };
  return { ...figure, values, ...(right?.binary === true ? { isRight: right.isRight } : {}) };
}

const measures: Partial<Record<Metric['name'], ComparedMetric>> = {
  latency: {
    id: 'latency.mean',
    label: 'Latency (mean)',
    kind: 'latency',
    unit: 'ms',
    direction: 'lower',
    values: ({ latencyMs }) => latencyMs,
  },
  'time-to-first-token': {
    id: 'time-to-first-token.mean',
    label: 'Time to first token (mean)',
    kind: 'latency',
    unit: 'ms',
    direction: 'lower',
    values: ({ firstTokenMs }) => firstTokenMs,
  },
  cost: {
    id: 'cost.perThousand',
    label: 'Cost per 1,000 answers',
    kind: 'cost',
    unit: 'USD',
    direction: 'lower',
    values: ({ cost }) => cost.map(dollars => dollars * 1000),
  },
};

/** How a verdict writes sizes; absent where a share with two or three decimals is right. */
export function sizeFormat(unit: Unit): ((size: number) => string) | undefined {
  return unit === 'ratio' || unit === 'score' ? undefined : size => formatNumber(size, unit);
}
