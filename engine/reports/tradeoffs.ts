import type { MetricValue, Tradeoff, TradeoffPoint, VariantResult } from '../../schemas/generated/messages.ts';
import { variantName } from './format.ts';

const axes = [
  { axis: 'latency', metric: 'latency.p50' },
  { axis: 'cost', metric: 'cost.perThousand' },
] as const;

type Placed = Omit<TradeoffPoint, 'pareto' | 'dominatedBy'>;

/**
 * Every quality metric against median latency and against cost per 1,000 answers, with the front of variants that no other one dominates.
 * Points decide, not intervals. A variant is left out where one of its figures is missing or in another unit.
 */
export function describeTradeoffs(variants: readonly VariantResult[]): Tradeoff[] {
  if (variants.length < 2) return [];
  const qualities = new Map<string, MetricValue>();
  for (const { metrics } of variants) {
    for (const figure of metrics) {
      if (figure.kind === 'quality' && figure.direction !== 'neutral' && !qualities.has(figure.metric))
        qualities.set(figure.metric, figure);
    }
  }
  return [...qualities.values()].flatMap(quality =>
    axes.flatMap(({ axis, metric }) => {
      const tradeoff = describe(axis, quality, metric, variants);
      return tradeoff === undefined ? [] : [tradeoff];
    }),
  );
}

function describe(
  axis: Tradeoff['axis'],
  quality: MetricValue,
  metric: string,
  variants: readonly VariantResult[],
): Tradeoff | undefined {
  const against = variants.map(variant => figureOf(variant, metric)).find(figure => figure !== undefined);
  if (against === undefined) return undefined;
  const placed: Placed[] = [];
  const left: string[] = [];
  for (const [variant, result] of variants.entries()) {
    const [first, second] = [figureOf(result, quality.metric), figureOf(result, metric)];
    if (first?.unit === quality.unit && second?.unit === against.unit)
      placed.push({ variant, quality: pointOf(first), against: pointOf(second) });
    else left.push(variantName(result));
  }
  if (placed.length === 0) return undefined;
  return {
    axis,
    quality: axisOf(quality),
    against: axisOf(against),
    points: markFront(placed, quality.direction, against.direction),
    ...(left.length === 0 ? {} : { note: `Left out, for one of the two figures is missing: ${left.join(', ')}.` }),
  };
}

function figureOf({ metrics }: VariantResult, metric: string): MetricValue | undefined {
  return metrics.find(figure => figure.metric === metric && figure.value !== null);
}

function axisOf({ metric, label, unit, direction }: MetricValue): Tradeoff['quality'] {
  return { metric, label, unit, direction };
}

function pointOf({ value, low, high, estimated }: MetricValue): TradeoffPoint['quality'] {
  return {
    value: value ?? NaN,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(estimated === undefined ? {} : { estimated }),
  };
}

/** Dominating is transitive, so whoever is dominated at all is dominated by someone on the front. */
function markFront(
  placed: readonly Placed[],
  quality: MetricValue['direction'],
  against: MetricValue['direction'],
): TradeoffPoint[] {
  const dominates = (one: Placed, other: Placed): boolean => {
    const first = gain(one.quality.value, other.quality.value, quality);
    const second = gain(one.against.value, other.against.value, against);
    return first >= 0 && second >= 0 && first + second > 0;
  };
  const front = placed.filter(point => !placed.some(other => dominates(other, point)));
  return placed.map(point => {
    const dominatedBy = front.filter(other => dominates(other, point)).map(({ variant }) => variant);
    return { ...point, pareto: dominatedBy.length === 0, dominatedBy };
  });
}

/** 1 where `one` is better, −1 where it is worse, 0 where they are equal. */
function gain(one: number, other: number, direction: MetricValue['direction']): number {
  return Math.sign(direction === 'lower' ? other - one : one - other);
}
