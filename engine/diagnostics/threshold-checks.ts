import { rangeOf } from '../metrics/range.ts';
import type { Metric } from '../metrics/metric.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';

/** A bound that a figure is held against. */
export interface Threshold {
  readonly value: number;
  /** Whether the figure must not be below it; else it must not be above. */
  readonly isLeast: boolean;
  /** What is judged: the figure itself, or the largest difference between two of it. */
  readonly isGap?: boolean;
}

/** The metric that computes a figure. */
export function ownerOf(figure: string, metrics: readonly Metric[]): Metric | undefined {
  return (
    metrics.find(metric => metric.id === figure || metric.figures.includes(figure)) ??
    metrics.find(metric => figure.startsWith(`${metric.id}.`))
  );
}

/** Whether a figure can lie on either side of a threshold. An error where no figure can keep it, a warning where every one does. */
export function checkThreshold(
  figure: string,
  { value, isLeast, isGap = false }: Threshold,
  metrics: readonly Metric[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const owner = ownerOf(figure, metrics);
  if (owner === undefined) return;
  const range = rangeOf(owner, owner.id === figure ? (owner.figures[0] ?? figure) : figure);
  const most = (isGap && range.least !== undefined ? range.most && range.most - range.least : range.most) ?? Infinity;
  const least = (isGap ? 0 : range.least) ?? -Infinity;
  const what = isGap ? `A difference in \`${figure}\`` : `\`${figure}\``;
  if (value > most) {
    const share = most === 1 && value <= 100 ? String(Number((value / 100).toPrecision(12))) : undefined;
    const ask = share === undefined ? '' : ` For ${value} % write ${share}.`;
    const message = `${what} lies between ${least} and ${most}.${ask}`;
    report('threshold-out-of-range', isLeast ? 'error' : 'warning', at, message, { replacement: share });
  } else if (value < least) {
    report('threshold-out-of-range', isLeast ? 'warning' : 'error', at, `${what} is never below ${least}.`);
  }
}
