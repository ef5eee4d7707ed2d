import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { Range } from '../statistics/estimate.ts';
import type { Metric } from './metric.ts';

/** Ranges that figures share. */
export const shareRange: Range = { least: 0, most: 1 };
export const pointsRange: Range = { least: 0, most: 100 };
/** Without a bound above. */
export const openRange: Range = { least: 0 };
/** Error rates mostly lie between 0 and 1, and pass 1 where answers are longer than their targets. */
export const rateRange: Range = { least: 0, span: 1 };

/** What a metric's figure can lie between: as the metric says, else by its unit. */
export function rangeOf({ ranges, unit }: Pick<Metric, 'ranges' | 'unit'>, figure: string): Range {
  return ranges?.[figure] ?? rangeOfUnit(unit);
}

function rangeOfUnit(unit: MetricValue['unit']): Range {
  if (unit === 'ratio') return shareRange;
  return unit === 'points' ? pointsRange : openRange;
}
