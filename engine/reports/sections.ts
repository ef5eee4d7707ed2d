import type { PairedComparison, Report, VariantResult } from '../../schemas/generated/messages.ts';
import { sizeFormat } from './compared-metrics.ts';
import { formatMilliseconds, formatNumber, variantName } from './format.ts';
import type { Cell } from './table.ts';

/** A table as Markdown and terminals show it. */
export interface Table {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

/** The leading metric's verdicts in full, every other metric's in one line. */
export function comparisonLines(report: Report): string[] {
  const leading = leadingOf(report);
  const own = report.comparisons.filter(({ metric }) => metric === leading).map(({ sentence }) => sentence);
  const others = new Map<string, PairedComparison[]>();
  for (const comparison of report.comparisons) {
    if (comparison.metric === leading) continue;
    const key = `${comparison.metric}/${String(comparison.baseline)}`;
    others.set(key, [...(others.get(key) ?? []), comparison]);
  }
  return [...own, ...[...others.values()].map(comparisons => shortLine(comparisons, report))];
}

/** Reports from before other metrics were compared name no leading one: they have its comparisons alone. */
function leadingOf({ leading, comparisons }: Report): string | undefined {
  return leading ?? comparisons[0]?.metric;
}

/** `F1 (macro) against gpt: vllm better by 0.04, local not distinguishable.` */
function shortLine(comparisons: readonly PairedComparison[], report: Report): string {
  const [first] = comparisons;
  if (first === undefined) return '';
  const verdicts = comparisons.map(({ variant, verdict, difference, unit }) => {
    const name = nameAt(report, variant);
    if (verdict === 'not-computed') return `${name} cannot be compared`;
    if (verdict === 'not-distinguishable' || difference === undefined) return `${name} not distinguishable`;
    const write = sizeFormat(unit) ?? ((size: number) => size.toFixed(size < 0.1 ? 3 : 2));
    return `${name} ${verdict} by ${write(Math.abs(difference))}`;
  });
  return `${first.label} against ${nameAt(report, first.baseline)}: ${verdicts.join(', ')}.`;
}

/** Which variants no other one beats on both axes of the leading metric's trade-offs. */
export function frontLines(report: Report): string[] {
  const leading = leadingOf(report) ?? report.tradeoffs?.[0]?.quality.metric;
  return (report.tradeoffs ?? [])
    .filter(({ quality, points }) => quality.metric === leading && points.length > 1)
    .map(({ quality, against, points }) => {
      const names = points.filter(({ pareto }) => pareto).map(({ variant }) => nameAt(report, variant));
      return `Best trade-offs of ${quality.label} against ${against.label} (Pareto front): ${names.join(', ')}.`;
    });
}

export function regressionLines({ regressions = [] }: Report): string[] {
  return regressions.map(({ sentence }) => sentence);
}

const mostSliceRows = 40;

/** Slices × variants by the leading metric; nothing without slices. */
export function sliceTable(report: Report): Table | undefined {
  const metric = leadingOf(report);
  const keys = new Map<string, { readonly column: string; readonly value: string }>();
  for (const { slices } of report.variants)
    for (const { column, value } of slices) keys.set(`${column}\u0000${value}`, { column, value });
  if (keys.size === 0) return undefined;
  const rows = [...keys.values()]
    .slice(0, mostSliceRows)
    .map(key => [
      { text: `${key.column}: ${key.value}` },
      ...report.variants.map(variant => right(sliceCell(variant, key, metric))),
    ]);
  if (keys.size > mostSliceRows) rows.push([{ text: `and ${String(keys.size - mostSliceRows)} more slices` }]);
  return { header: [{ text: 'Slice' }, ...report.variants.map(variant => right(variantName(variant)))], rows };
}

function sliceCell(
  { slices }: VariantResult,
  key: { readonly column: string; readonly value: string },
  metric: string | undefined,
): string {
  const slice = slices.find(({ column, value }) => column === key.column && value === key.value);
  const figure = slice?.metrics.find(candidate => candidate.metric === metric) ?? slice?.metrics[0];
  if (slice === undefined || figure?.value === undefined || figure.value === null) return '–';
  return `${formatNumber(figure.value, figure.unit)} (n ${String(slice.n)})`;
}

const shownPercents = [50, 90, 95, 99];

/** Percentiles of latency by variant; nothing where no answer was timed. */
export function latencyTable({ variants }: Report): Table | undefined {
  const rows = variants.flatMap(variant => {
    const spread = variant.distributions?.find(({ measure }) => measure === 'latency');
    if (spread === undefined) return [];
    const values = shownPercents.map(percent => spread.percentiles.find(each => each.percent === percent)?.value);
    const cells = [...values, spread.most].map(value => right(value === undefined ? '–' : formatMilliseconds(value)));
    return [[{ text: variantName(variant) }, ...cells]];
  });
  if (rows.length === 0) return undefined;
  const header = [{ text: 'Latency' }, ...shownPercents.map(percent => right(`p${String(percent)}`)), right('max')];
  return { header, rows };
}

const mostWorst = 3;
const longestQuote = 80;

/** Each variant's worst rows, with their permanent links. */
export function worstLines({ variants }: Report): string[] {
  return variants.flatMap(variant =>
    (variant.worst ?? []).slice(0, mostWorst).map(({ id, score, target, output }) => {
      const link = `${variant.runId}#${String(id)}`;
      return `${variantName(variant)}, ${formatNumber(score, 'score')} at ${link}: “${quote(output)}” for “${quote(target)}”`;
    }),
  );
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestQuote ? line : `${line.slice(0, longestQuote - 1)}…`;
}

function nameAt({ variants, runs }: Report, index: number): string {
  const variant = variants[index];
  if (variant === undefined) return '';
  return runs.length > 1 ? `${variantName(variant)} (run ${variant.runId})` : variantName(variant);
}

function right(text: string): Cell {
  return { text, align: 'right' };
}
