import type { MetricValue, Report, VariantResult } from '../../schemas/generated/messages.ts';
import { formatNumber, formatValue, groupDigits, variantName } from '../../engine/reports/format.ts';

/** The figure of this id, or the leading one of the metric of this name; absent where it was not measured or could not be computed. */
export function figureOf(variant: VariantResult, name: string): ComputedFigure | undefined {
  const { metrics } = variant;
  const found =
    metrics.find(({ metric }) => metric === name) ?? metrics.find(({ metric }) => metric.startsWith(`${name}.`));
  return found === undefined || found.value === null ? undefined : { ...found, value: found.value };
}

export type ComputedFigure = MetricValue & { readonly value: number };

/** The figure that decides: of the report's leading metric, else the first of quality. */
export function leadingFigure(
  variant: VariantResult,
  { leading }: Pick<Report, 'leading'>,
): ComputedFigure | undefined {
  const quality = variant.metrics.find(({ kind, value }) => kind === 'quality' && value !== null);
  const named = leading === undefined ? undefined : figureOf(variant, leading);
  return named ?? (quality === undefined ? undefined : figureOf(variant, quality.metric));
}

/** The variant that the others are compared with. */
export function baselineOf({ variants, baseline }: Report): VariantResult | undefined {
  return variants[baseline ?? 0];
}

/** A model's variant: with several prompts the one whose leading figure is best. */
export function variantOf(report: Report, model: string): VariantResult | undefined {
  return bestBy(
    report.variants.filter(variant => variant.model === model),
    variant => leadingFigure(variant, report),
  )?.variant;
}

/** The variant with the best figure, where one is better than another. */
export function bestVariant(
  report: Report,
  name: string,
): { readonly variant: VariantResult; readonly figure: ComputedFigure } | undefined {
  const best = bestBy(report.variants, variant => figureOf(variant, name));
  return best?.figure === undefined || best.figure.direction === 'neutral'
    ? undefined
    : { ...best, figure: best.figure };
}

function bestBy(
  variants: readonly VariantResult[],
  read: (variant: VariantResult) => ComputedFigure | undefined,
): { readonly variant: VariantResult; readonly figure: ComputedFigure | undefined } | undefined {
  const [first, ...others] = variants.map(variant => ({ variant, figure: read(variant) }));
  if (first === undefined) return undefined;
  return others.reduce((best, other) => (isBetter(other.figure, best.figure) ? other : best), first);
}

function isBetter(figure: ComputedFigure | undefined, than: ComputedFigure | undefined): boolean {
  if (figure === undefined) return false;
  if (than === undefined) return true;
  return figure.direction === 'lower' ? figure.value < than.value : figure.value > than.value;
}

/** `0.821 (0.784 to 0.853), 400 answers`. */
export function wordFigure(figure: MetricValue): string {
  return `${formatValue(figure)}, ${groupDigits(figure.n)} ${figure.n === 1 ? 'answer' : 'answers'}`;
}

/** How a figure differs from another of the same metric. */
export interface Change {
  /** Such as `▲ 0.020`, or `=`. */
  readonly sign: string;
  /** Such as `0.020 higher than gpt, which is better`. */
  readonly words: string;
}

/** `other` says what is compared with, such as `gpt` or `the run before`. Absent for figures that are not comparable. */
export function changeOf(
  figure: ComputedFigure,
  before: ComputedFigure | undefined,
  other: string,
): Change | undefined {
  if (before?.metric !== figure.metric || before.unit !== figure.unit || before.signature !== figure.signature)
    return undefined;
  const difference = figure.value - before.value;
  const shown = formatNumber(Math.abs(difference), figure.unit);
  if (shown === formatNumber(0, figure.unit)) return { sign: '=', words: `the same as ${other}` };
  const isHigher = difference > 0;
  const judged =
    figure.direction === 'neutral'
      ? ''
      : `, which is ${isHigher === (figure.direction === 'higher') ? 'better' : 'worse'}`;
  return {
    sign: `${isHigher ? '▲' : '▼'} ${shown}`,
    words: `${shown} ${isHigher ? 'higher' : 'lower'} than ${other}${judged}`,
  };
}

/** What a model's figures in a report come to, a line each: quality, latency, cost. */
export function summaryLines(variant: VariantResult, report: Report): readonly string[] {
  const lines: string[] = [];
  const quality = leadingFigure(variant, report);
  if (quality !== undefined) lines.push(`${quality.label}: ${wordFigure(quality)}`);
  const latency = slowest(variant);
  if (latency !== undefined) lines.push(`Latency, 95 of 100 answers within: ${latency}`);
  const cost = figureOf(variant, 'cost.perThousand') ?? figureOf(variant, 'cost');
  if (cost !== undefined) lines.push(`${cost.label}: ${formatValue(cost)}`);
  else if (variant.costs?.answers !== undefined)
    lines.push(`Cost of the answers: ${formatNumber(variant.costs.answers, 'USD')}`);
  return lines;
}

function slowest({ distributions, ...variant }: VariantResult): string | undefined {
  const measured = figureOf(variant, 'latency.p95');
  if (measured !== undefined) return formatValue(measured);
  const known = distributions
    ?.find(({ measure }) => measure === 'latency')
    ?.percentiles.find(({ percent }) => percent === 95);
  return known === undefined ? undefined : formatNumber(known.value, 'ms');
}

/** Milliseconds an answer took on average; absent where it was not measured. */
export function meanLatency(variant: VariantResult): number | undefined {
  return (
    figureOf(variant, 'latency.mean')?.value ??
    variant.distributions?.find(({ measure }) => measure === 'latency')?.mean
  );
}

/** The variant by its prompt where the report has several of its model, else by its model. */
export function nameOf(variant: VariantResult, report: Report): string {
  return report.variants.filter(({ model }) => model === variant.model).length > 1
    ? variantName(variant)
    : variant.model;
}
