import type {
  MetricValue,
  PairedComparison,
  Report,
  RunSummary,
  Unit,
  VariantResult,
} from '../../schemas/generated/messages.ts';
import { baseName, clipLine } from './text.ts';

/** Names come from files and may be of any length. */
const longestName = 160;

export interface MetricColumn {
  readonly metric: string;
  readonly label: string;
  readonly kind: MetricValue['kind'];
  readonly unit: Unit;
  readonly direction: MetricValue['direction'];
}

/** The metric that decides: the one the report names, else the one its comparisons begin with, else the first of quality. */
export function leadingMetric(report: Report): MetricColumn | undefined {
  const columns = metricColumns(report.variants);
  const compared = report.leading ?? report.comparisons[0]?.metric;
  return columns.find(({ metric }) => metric === compared) ?? columns.find(({ kind }) => kind === 'quality');
}

/** Every metric of any variant, in the order they first appear. */
export function metricColumns(variants: readonly VariantResult[]): readonly MetricColumn[] {
  const columns = new Map<string, MetricColumn>();
  for (const { metrics } of variants) {
    for (const { metric, label, kind, unit, direction } of metrics) {
      if (!columns.has(metric)) columns.set(metric, { metric, label, kind, unit, direction });
    }
  }
  return [...columns.values()];
}

export function figureOf(metrics: readonly MetricValue[], metric: string): MetricValue | undefined {
  return metrics.find(figure => figure.metric === metric);
}

/** Positions of the variants with the best value; none where the direction is neutral or there is nothing to compare. */
export function bestVariants(variants: readonly VariantResult[], column: MetricColumn): ReadonlySet<number> {
  if (column.direction === 'neutral') return new Set();
  const values = variants.map(({ metrics }) => figureOf(metrics, column.metric)?.value ?? undefined);
  const known = values.filter(value => value !== undefined);
  if (known.length < 2) return new Set();
  const best = column.direction === 'higher' ? Math.max(...known) : Math.min(...known);
  if (known.every(value => value === best)) return new Set();
  return new Set(values.flatMap((value, index) => (value === best ? [index] : [])));
}

/** Positions sorted by a metric, best first, those without a value last. */
export function rankedVariants(variants: readonly VariantResult[], column: MetricColumn): readonly number[] {
  const sign = column.direction === 'lower' ? 1 : -1;
  const valueAt = (index: number): number | undefined =>
    figureOf(variants[index]?.metrics ?? [], column.metric)?.value ?? undefined;
  return variants
    .map((_, index) => index)
    .sort((a, b) => {
      const [first, second] = [valueAt(a), valueAt(b)];
      if (first === undefined || second === undefined)
        return Number(first === undefined) - Number(second === undefined) || a - b;
      return sign * (first - second) || a - b;
    });
}

/** `A`, `B`, … for the runs of a comparison; undefined where there is one run only. */
export function runLetter(report: Report, runId: string): string | undefined {
  if (report.runs.length < 2) return undefined;
  const index = report.runs.findIndex(({ id }) => id === runId);
  return index < 0 ? undefined : letterOf(index);
}

/** `A ticket-triage`, `B ticket-triage-long`, … for the runs of a comparison. */
export function runNames({ runs }: Report): readonly string[] {
  return runs.map(({ name }, index) => `${letterOf(index)} ${clipLine(name, longestName)}`);
}

/** `A`, `B`, … for things side by side. */
export function letterOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `R${String(index + 1)}`;
}

/** A prompt's file name without its folder and ending. */
export function promptName(path: string): string {
  return clipLine(baseName(path).replace(/\.prompt\.ya?ml$/, ''), longestName);
}

/** `gpt`, `gpt · short` where prompts differ, `gpt (B)` where runs do. */
export function variantName(report: Report, index: number): string {
  const variant = report.variants[index];
  if (variant === undefined) return `model ${String(index + 1)}`;
  const model = clipLine(variant.model, longestName);
  const prompt = variant.prompt !== undefined && hasSeveralPrompts(report) ? ` · ${promptName(variant.prompt)}` : '';
  const letter = runLetter(report, variant.runId);
  return letter === undefined ? model + prompt : `${model}${prompt} (${letter})`;
}

export function hasSeveralPrompts({ variants }: Report): boolean {
  return new Set(variants.map(({ prompt }) => prompt ?? '')).size > 1;
}

/** How often every row was asked, as far as the counts tell. */
export function repeatsOf(run: RunSummary, rows: number): number | undefined {
  const variants = run.progress.variants.length;
  const repeats = run.progress.total / (rows * variants);
  return Number.isInteger(repeats) && repeats > 0 ? repeats : undefined;
}

/** Position in the report of a sample's model. */
export function variantIndex(report: Report, runId: string, variant: number): number {
  return report.variants.findIndex(candidate => candidate.runId === runId && candidate.variant === variant);
}

/** How a variant stands to the baseline by a metric. */
export function comparisonOf(report: Report, variant: number, metric: string): PairedComparison | undefined {
  return report.comparisons.find(comparison => comparison.variant === variant && comparison.metric === metric);
}
