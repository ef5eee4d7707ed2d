import type { TopLevelSpec } from 'vega-lite';
import type { Report, Unit } from '../../schemas/generated/messages.ts';
import type { ChartTheme } from '../shared/chart-theme.ts';
import { figureOf, rankedVariants, variantName, type MetricColumn } from '../shared/figures.ts';
import { formatValue, unitName } from '../shared/format.ts';
import { clipLine, showUnseen } from '../shared/text.ts';

export interface ChartTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A chart, the question it answers, the answer in words, and its data as a table. */
export interface Chart {
  readonly question: string;
  /** What is drawn, where the axes do not say it. */
  readonly note?: string;
  readonly summary: string;
  readonly table: ChartTable;
  readonly build: (theme: ChartTheme, width: number) => TopLevelSpec;
}

/** Which model is better, and how sure? A dot with its interval for each; the baseline's value as a dashed line. */
export function intervalChart(report: Report, column: MetricColumn): Chart | undefined {
  const rows = rankedVariants(report.variants, column).flatMap(index => {
    const figure = figureOf(report.variants[index]?.metrics ?? [], column.metric);
    if (figure === undefined || figure.value === null) return [];
    const { value, low = value, high = value, n } = figure;
    return [{ name: variantName(report, index), value, low, high, n, baseline: index === report.baseline }];
  });
  if (rows.length < 2) return undefined;
  const label = showUnseen(column.label);
  const title = axisTitle(column);
  const baseline = rows.find(row => row.baseline);
  const summary = `${label} by model: ${rows.map(({ name, value, low, high }) => `${name} ${formatValue(value, column.unit)}, ${formatValue(low, column.unit)} to ${formatValue(high, column.unit)}`).join('; ')}.`;
  return {
    question: 'Which model is better, and how sure?',
    summary,
    table: {
      header: ['Model', title, 'Low', 'High', 'n'],
      rows: rows.map(({ name, value, low, high, n }) => [name, value, low, high, n]),
    },
    build: (theme, width) => {
      const y = { field: 'name', type: 'nominal' as const, sort: null, axis: nameAxis(theme, width) };
      return {
        ...frame(theme, summary),
        height: rows.length * 28,
        data: { values: rows },
        layer: [
          ...(baseline === undefined
            ? []
            : [
                {
                  data: { values: [{ value: baseline.value }] },
                  mark: { type: 'rule' as const, strokeDash: [3, 3], color: theme.muted },
                  encoding: { x: { field: 'value', type: 'quantitative' as const } },
                },
              ]),
          {
            mark: { type: 'rule', strokeWidth: 2, color: theme.series[0] },
            encoding: {
              y,
              x: { field: 'low', type: 'quantitative', title, scale: { zero: false, nice: true } },
              x2: { field: 'high' },
            },
          },
          {
            mark: { type: 'point', filled: true, opacity: 1, size: 64 },
            encoding: {
              y,
              x: { field: 'value', type: 'quantitative' },
              shape: {
                field: 'baseline',
                type: 'nominal',
                scale: { domain: [false, true], range: ['circle', 'diamond'] },
                legend: null,
              },
              color: { condition: { test: 'datum.baseline', value: theme.foreground }, value: theme.series[0] },
            },
          },
        ],
      };
    },
  };
}

/** Has it learned all it could? Loss by step for every model that learned. */
export function learningChart(report: Report): Chart | undefined {
  const curves = report.variants.flatMap(({ learningCurve }, index) =>
    learningCurve === undefined || learningCurve.length < 2
      ? []
      : [{ name: variantName(report, index), points: learningCurve }],
  );
  if (curves.length === 0) return undefined;
  const values = curves.flatMap(({ name, points }) => points.map(({ step, loss }) => ({ name, step, loss })));
  const words = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${name} from ${(first?.loss ?? 0).toFixed(3)} to ${(last?.loss ?? 0).toFixed(3)} in ${String(last?.step ?? 0)} steps`;
  });
  const summary = `Loss while learning: ${words.join('; ')}.`;
  return {
    question: 'Has it learned all it could?',
    summary,
    table: { header: ['Model', 'Step', 'Loss'], rows: values.map(({ name, step, loss }) => [name, step, loss]) },
    build: (theme, width) => ({
      ...frame(theme, summary),
      height: 160,
      data: { values },
      mark: { type: 'line', strokeWidth: 1.5, interpolate: 'monotone' },
      encoding: {
        x: {
          field: 'step',
          type: 'quantitative',
          title: 'Step',
          axis: { tickCount: tickCount(width) },
        },
        y: { field: 'loss', type: 'quantitative', title: 'Loss', scale: { zero: true, nice: true } },
        color: {
          field: 'name',
          type: 'nominal',
          scale: { range: [...theme.series] },
          legend: curves.length < 2 ? null : { orient: 'bottom', title: null },
        },
        strokeDash: { field: 'name', type: 'nominal', legend: null },
      },
    }),
  };
}

/** What every chart shares: the theme's type and lines, room left by the axes, no border. */
export function frame({ font, fontSize, foreground, muted, line }: ChartTheme, description: string) {
  return {
    description,
    background: 'transparent',
    autosize: { type: 'fit-x' as const, contains: 'padding' as const },
    padding: { left: 2, right: 10, top: 4, bottom: 2 },
    config: {
      font,
      view: { stroke: null },
      axis: {
        labelColor: foreground,
        titleColor: muted,
        titleFontWeight: 'normal' as const,
        labelFontSize: fontSize,
        titleFontSize: fontSize,
        gridColor: line,
        gridOpacity: 0.25,
        domainColor: line,
        tickColor: line,
      },
      legend: { labelColor: foreground, labelFontSize: fontSize },
      text: { fontSize, color: foreground },
    },
  };
}

export function nameAxis({ fontSize }: ChartTheme, width: number) {
  return {
    title: null,
    labelLimit: Math.max(70, Math.floor(width * 0.38)),
    labelFontSize: fontSize,
    domain: false,
    ticks: false,
    labelPadding: 8,
  };
}

/** A measure's name with its unit, short enough for an axis. */
export function axisTitle({ label, unit }: { readonly label: string; readonly unit: Unit }): string {
  const name = clipLine(label, 60);
  return unitName(unit) === '' ? name : `${name}, ${unitName(unit)}`;
}

/** So many ticks leave room for their labels. */
export function tickCount(width: number): number {
  return Math.max(3, Math.floor(width / 90));
}

/** Whether values lie so far apart that a linear axis would press most of them together. */
export function isSpread(values: readonly number[]): boolean {
  return values.length > 1 && values.every(value => value > 0) && Math.max(...values) > 20 * Math.min(...values);
}
