import type { Report, Tradeoff } from '../../schemas/generated/messages.ts';
import { leadingMetric, variantName } from './figures.ts';

/** The trade-offs worth a look: of the leading metric, between two models at least, and against something that costs anything. */
export function shownTradeoffs(report: Report): readonly Tradeoff[] {
  const leading = leadingMetric(report)?.metric;
  return (report.tradeoffs ?? []).filter(
    ({ quality, points }) =>
      quality.metric === leading && points.length > 1 && points.some(({ against }) => against.value > 0),
  );
}

/** How a model stands in one trade-off. */
export interface Standing {
  readonly axis: Tradeoff['axis'];
  readonly isOnFront: boolean;
  /** Names of the models that are at least as good on both axes and better on one. */
  readonly dominatedBy: readonly string[];
}

export function standingsOf(report: Report, variant: number): readonly Standing[] {
  return shownTradeoffs(report).flatMap(({ axis, points }) => {
    const point = points.find(candidate => candidate.variant === variant);
    if (point === undefined) return [];
    const dominatedBy = point.dominatedBy.map(index => variantName(report, index));
    return [{ axis, isOnFront: point.pareto, dominatedBy }];
  });
}

/** `gpt`, `gpt and vllm`, `gpt and 3 others`. */
export function nameSome(names: readonly string[]): string {
  const [first = '', second] = names;
  if (second === undefined) return first;
  return names.length === 2 ? `${first} and ${second}` : `${first} and ${String(names.length - 1)} others`;
}
