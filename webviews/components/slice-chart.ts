import type { Report, SliceChoice } from '../../schemas/generated/messages.ts';
import { figureOf, variantName, type MetricColumn } from '../shared/figures.ts';
import { formatConfidence, formatValue } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import { axisTitle, frame, nameAxis, tickCount, type Chart } from './chart-specs.ts';

/** More bars than this say nothing together; the table has them all. */
const mostBars = 48;

interface Bar {
  /** Parts the bars of one value; names alone may repeat. */
  readonly key: string;
  readonly slice: string;
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
}

/** Does every model serve every group alike? Bars with intervals, a group of them for each value of the column. */
export function sliceChart(report: Report, column: string, metric: MetricColumn): Chart | undefined {
  const values = valuesOf(report, column);
  const room = Math.floor(mostBars / (report.variants.length + 1));
  const shown = values.slice(0, Math.max(2, room));
  if (values.length < 2 || report.variants.length * 2 > mostBars) return undefined;
  const bars = shown.flatMap((value, index) => barsOf(report, { column, value }, metric.metric, index));
  if (!bars.some(({ value }) => value !== null)) return undefined;
  const title = axisTitle(metric);
  const write = (bar: Bar): string => (bar.value === null ? 'not computed' : formatValue(bar.value, metric.unit));
  const summary = `${title} by ${showUnseen(column)}: ${shown
    .map(
      (value, index) =>
        `${nameValue(value)}: ${bars
          .slice(index * report.variants.length, (index + 1) * report.variants.length)
          .map(bar => `${bar.name} ${write(bar)}`)
          .join(', ')}`,
    )
    .join('; ')}.`;
  return {
    question: `Which ${showUnseen(column)} is served worse?`,
    note: [
      `${title}, with ${formatConfidence(report.confidence)} intervals.`,
      ...(shown.length < values.length
        ? [`The ${String(shown.length)} values with the most rows of ${String(values.length)}.`]
        : []),
    ].join(' '),
    summary,
    table: {
      header: [showUnseen(column), 'Model', title, 'Low', 'High', 'n'],
      rows: bars.map(({ slice, name, value, low, high, n }) => [slice, name, value, low, high, n]),
    },
    build: (theme, width) => {
      const lines = shown.flatMap((value, index) => [
        { key: `${String(index)}\u0001${nameValue(value)}\u0001`, value: null, low: null, high: null },
        ...bars.slice(index * report.variants.length, (index + 1) * report.variants.length),
      ]);
      const keys = lines.map(({ key }) => key);
      const y = {
        field: 'key',
        type: 'nominal' as const,
        sort: keys,
        scale: { domain: keys, paddingInner: 0.25 },
        axis: {
          ...nameAxis(theme, width),
          labelExpr: "split(datum.label, '\\u0001')[1]",
          labelFontWeight: {
            condition: { test: "split(datum.value, '\\u0001')[2] === ''", value: 'bold' as const },
            value: 'normal' as const,
          },
        },
      };
      const x = {
        type: 'quantitative' as const,
        title,
        scale: { zero: true, nice: true },
        axis: { tickCount: tickCount(width) },
      };
      return {
        ...frame(theme, summary),
        height: keys.length * 18,
        data: { values: lines },
        layer: [
          {
            mark: { type: 'bar' as const, color: theme.series[0] ?? theme.foreground, opacity: 0.55 },
            encoding: { y, x: { ...x, field: 'value' } },
          },
          {
            transform: [{ filter: 'isValid(datum.low)' }],
            mark: { type: 'rule' as const, strokeWidth: 1.5, color: theme.foreground },
            encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
          },
        ],
      };
    },
  };
}

/** The values with the most rows first. */
function valuesOf({ variants }: Report, column: string): readonly string[] {
  const rows = new Map<string, number>();
  for (const { slices } of variants) {
    for (const slice of slices)
      if (slice.column === column) rows.set(slice.value, Math.max(slice.n, rows.get(slice.value) ?? 0));
  }
  return [...rows].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).map(([value]) => value);
}

function barsOf(report: Report, { column, value }: SliceChoice, metric: string, place: number): readonly Bar[] {
  return report.variants.map(({ slices }, index) => {
    const slice = slices.find(candidate => candidate.column === column && candidate.value === value);
    const figure = slice === undefined ? undefined : figureOf(slice.metrics, metric);
    const name = variantName(report, index);
    return {
      key: `${String(place)}\u0001${name}\u0001${String(index)}`,
      slice: nameValue(value),
      name,
      value: figure?.value ?? null,
      low: figure?.low ?? null,
      high: figure?.high ?? null,
      n: figure?.n ?? 0,
    };
  });
}

function nameValue(value: string): string {
  return value === '' ? '(empty)' : showUnseen(value);
}
