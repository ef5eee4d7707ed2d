import type { Report, Tradeoff } from '../../schemas/generated/messages.ts';
import type { ChartTheme } from '../shared/chart-theme.ts';
import { variantName } from '../shared/figures.ts';
import { formatConfidence, formatValue } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import { axisTitle, frame, isSpread, tickCount, type Chart } from './chart-specs.ts';
import { labelGap, placeLabels } from './place-labels.ts';

/** Something with a quality and what it costs, with intervals. */
export interface TradeoffPoint {
  readonly name: string;
  /** With what sets it apart, for the chart. */
  readonly label: string;
  readonly x: number;
  readonly xLow: number;
  readonly xHigh: number;
  readonly y: number;
  readonly yLow: number;
  readonly yHigh: number;
  readonly isOnFront: boolean;
  readonly dominatedBy: string;
}

const questions: Readonly<Record<Tradeoff['axis'], string>> = {
  cost: 'What does the quality cost?',
  latency: 'What does the quality take in time?',
};

/** Quality against cost or time, one mark a model, with intervals both ways and the Pareto front joined. */
export function tradeoffChart(report: Report, tradeoff: Tradeoff): Chart {
  const { axis, quality, against, note } = tradeoff;
  const points = pointsOf(report, tradeoff);
  const [xTitle, yTitle] = [axisTitle(against), axisTitle(quality)];
  const words = points.map(
    ({ name, x, y, isOnFront, dominatedBy }) =>
      `${name} ${formatValue(y, quality.unit)} at ${formatValue(x, against.unit)}, ${isOnFront ? 'on the Pareto front' : `dominated by ${dominatedBy}`}`,
  );
  const summary = `${yTitle} against ${xTitle}: ${words.join('; ')}.`;
  const isLogarithmic = isSpread(points.map(({ x }) => x));
  return {
    question: questions[axis],
    note: [
      `Diamonds on the dashed line: no other model is at least as good in both and better in one (Pareto). Bars: ${formatConfidence(report.confidence)} intervals.`,
      ...(isLogarithmic ? ['The horizontal axis is logarithmic.'] : []),
      ...(note === undefined ? [] : [showUnseen(note)]),
    ].join(' '),
    summary,
    table: {
      header: ['Model', xTitle, 'Low', 'High', yTitle, 'Low', 'High', 'Pareto'],
      rows: points.map(({ name, x, xLow, xHigh, y, yLow, yHigh, isOnFront, dominatedBy }) => [
        ...[name, x, xLow, xHigh, y, yLow, yHigh],
        isOnFront ? 'on the front' : `dominated by ${dominatedBy}`,
      ]),
    },
    build: (theme, width) => drawTradeoff({ points, xTitle, yTitle, summary, isLogarithmic }, theme, width),
  };
}

function pointsOf(report: Report, { points }: Tradeoff): readonly TradeoffPoint[] {
  return points.map(({ variant, quality, against, pareto, dominatedBy }) => ({
    name: variantName(report, variant),
    label: `${variantName(report, variant)}${variant === report.baseline ? ' (baseline)' : ''}`,
    x: against.value,
    xLow: against.low ?? against.value,
    xHigh: against.high ?? against.value,
    y: quality.value,
    yLow: quality.low ?? quality.value,
    yHigh: quality.high ?? quality.value,
    isOnFront: pareto,
    dominatedBy: dominatedBy.map(index => variantName(report, index)).join(', '),
  }));
}

export interface TradeoffPlot {
  readonly points: readonly TradeoffPoint[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly summary: string;
  readonly isLogarithmic: boolean;
}

const plotHeight = 240;
const scalePadding = 16;

/** Points with bars both ways, those on the Pareto front as diamonds and joined. */
export function drawTradeoff(
  { points, xTitle, yTitle, summary, isLogarithmic }: TradeoffPlot,
  theme: ChartTheme,
  width: number,
) {
  const least = Math.min(...points.map(({ x }) => x));
  // A logarithm knows no zero: a bound at or below it ends at the axis.
  const drawable = points.map(point => (isLogarithmic && point.xLow <= 0 ? { ...point, xLow: least / 2 } : point));
  const places = placesOf(drawable, isLogarithmic, theme, width);
  const values = drawable.map((point, index) => ({ ...point, ...places[index] }));
  const colour = theme.series[0] ?? theme.foreground;
  const x = {
    field: 'x',
    type: 'quantitative' as const,
    title: xTitle,
    scale: isLogarithmic ? { type: 'log' as const, nice: true } : { zero: true, nice: true },
    axis: { tickCount: tickCount(width), ...(isLogarithmic ? { format: ',~g' } : {}) },
  };
  const y = { field: 'y', type: 'quantitative' as const, title: yTitle, scale: { zero: false, padding: scalePadding } };
  const bar = { type: 'rule' as const, strokeWidth: 1, opacity: 0.7, color: theme.foreground };
  return {
    ...frame(theme, summary),
    height: plotHeight,
    data: { values },
    layer: [
      {
        transform: [{ filter: 'datum.isOnFront' }],
        mark: { type: 'line' as const, interpolate: 'step-after' as const, strokeDash: [4, 3], color: theme.muted },
        encoding: { x, y, order: { field: 'x', type: 'quantitative' as const } },
      },
      { mark: bar, encoding: { x: { ...x, field: 'xLow' }, x2: { field: 'xHigh' }, y } },
      { mark: bar, encoding: { x, y: { ...y, field: 'yLow' }, y2: { field: 'yHigh' } } },
      {
        mark: { type: 'point' as const, size: 80, opacity: 1, stroke: colour, strokeWidth: 1.5 },
        encoding: {
          x,
          y,
          shape: { condition: { test: 'datum.isOnFront', value: 'diamond' }, value: 'circle' },
          fill: { condition: { test: 'datum.isOnFront', value: colour }, value: theme.background },
        },
      },
      {
        mark: {
          type: 'text' as const,
          dx: { expr: 'datum.dx' },
          dy: { expr: 'datum.dy' },
          align: { expr: 'datum.align' },
          limit: longestLabel(width),
          color: theme.foreground,
        },
        encoding: { x, y, text: { field: 'label' } },
      },
    ],
  };
}

function longestLabel(width: number): number {
  return Math.max(80, width * 0.45);
}

/** Where labels go, reckoned before drawing: near enough to the axes that the chart will have. */
function placesOf(points: readonly TradeoffPoint[], isLogarithmic: boolean, { fontSize }: ChartTheme, width: number) {
  const measure = (value: number): number => (isLogarithmic ? Math.log(value) : value);
  const across = spanOf(
    points.flatMap(({ x, xLow, xHigh }) => [x, xLow, xHigh].map(measure)),
    isLogarithmic ? undefined : 0,
  );
  const down = spanOf(points.flatMap(({ y, yLow, yHigh }) => [y, yLow, yHigh]));
  const inner = width - 50;
  const labelled = points.map(({ label, x, y }) => ({
    x: inner * across(measure(x)),
    y: scalePadding + (plotHeight - 2 * scalePadding) * (1 - down(y)),
    width: Math.min(longestLabel(width), label.length * fontSize * 0.56),
  }));
  return placeLabels(labelled, inner, fontSize + 2).map(({ isLeft, dy }) => ({
    dx: isLeft ? -labelGap : labelGap,
    dy,
    align: isLeft ? 'right' : 'left',
  }));
}

/** Tells how far into a span a value lies, from 0 to 1. */
function spanOf(values: readonly number[], from = Math.min(...values)): (value: number) => number {
  const size = Math.max(...values) - from;
  return value => (size > 0 ? (value - from) / size : 0.5);
}
