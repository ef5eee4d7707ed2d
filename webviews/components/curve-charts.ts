import type { TopLevelSpec } from 'vega-lite';
import type { ChartTheme } from '../shared/chart-theme.ts';
import { niceDomain, samplePositions, spreadLabels, type Curve, type Domain } from '../shared/curves.ts';
import { formatCount, formatFixed } from '../shared/format.ts';
import { frame, type Chart, type ChartTable } from './chart-specs.ts';

interface CurveParts {
  readonly question: string;
  readonly note?: string;
  /** What the values are, such as `Loss, nats a row`. */
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly fromZero: boolean;
  /** An epoch to mark with a line. */
  readonly marked: { readonly epoch: number; readonly label: string } | undefined;
  /** The last epoch there will be, so that a curve that grows does not stretch. */
  readonly epochs: number;
}

/** Series are told apart by colour, dash and shape at once. */
const dashes = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [4, 6],
  [1, 4],
];
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];
const plotHeight = 200;

/** Lines over epochs, each with its name at its end; in a narrow chart the names stand below. Undefined without a line. */
export function curveChart(parts: CurveParts): Chart | undefined {
  const curves = parts.curves.filter(({ points }) => points.length > 0);
  if (!curves.some(({ points }) => points.length > 1)) return undefined;
  const summary = summarize(parts, curves);
  return {
    question: parts.question,
    ...(parts.note === undefined ? {} : { note: parts.note }),
    summary,
    table: tableOf(curves),
    build: (theme, width) => buildSpec(parts, curves, summary, theme, width),
  };
}

function summarize({ title, marked }: CurveParts, curves: readonly Curve[]): string {
  const lines = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return name;
    return `${name} from ${formatFixed(first.value, 3)} at epoch ${formatCount(first.epoch)} to ${formatFixed(last.value, 3)} at epoch ${formatCount(last.epoch)}`;
  });
  return `${title}, over epochs: ${lines.join('; ')}.${marked === undefined ? '' : ` Marked: ${marked.label}.`}`;
}

function tableOf(curves: readonly Curve[]): ChartTable {
  const epochs = [...new Set(curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
  const columns = curves.map(({ points }) => new Map(points.map(({ epoch, value }) => [epoch, value])));
  return {
    header: ['Epoch', ...curves.map(({ name }) => name)],
    rows: epochs.map(epoch => [String(epoch), ...columns.map(column => column.get(epoch) ?? null)]),
  };
}

function buildSpec(
  { title, fromZero, marked, epochs }: CurveParts,
  curves: readonly Curve[],
  summary: string,
  theme: ChartTheme,
  width: number,
): TopLevelSpec {
  const names = curves.map(({ name }) => name);
  const points = curves.flatMap(({ points: own }) => own);
  const values = points.map(({ value }) => value);
  const axis = valueAxis(values, fromZero);
  const first = Math.min(...points.map(({ epoch }) => epoch));
  const last = Math.max(epochs, first + 1, ...points.map(({ epoch }) => epoch));
  const room = Math.ceil(Math.max(...names.map(name => name.length)) * theme.fontSize * 0.56) + 16;
  // A name beside a line that ends early would lie on the others.
  const endTogether = new Set(curves.map(({ points: own }) => own.at(-1)?.epoch)).size === 1;
  const hasLabels = curves.length > 1 && endTogether && room < width * 0.36;
  const scales = {
    color: { domain: names, range: names.map((_, index) => theme.series[index % theme.series.length] ?? '') },
    strokeDash: { domain: names, range: names.map((_, index) => dashes[index % dashes.length] ?? []) },
    shape: { domain: names, range: names.map((_, index) => shapes[index % shapes.length] ?? '') },
  };
  const legend =
    hasLabels || curves.length < 2
      ? null
      : {
          orient: 'bottom' as const,
          title: null,
          columns: width < 420 ? 1 : 2,
          labelLimit: width - 60,
          symbolSize: 60,
        };
  const x = {
    field: 'epoch',
    type: 'quantitative' as const,
    title: 'Epoch',
    scale: {
      domain: [first, last],
      nice: false,
      zero: false,
      ...(hasLabels ? { range: [0, { expr: `width - ${String(room)}` }] } : {}),
    },
    axis: { tickCount: Math.max(3, Math.min(last - first, Math.floor(width / 90))), tickMinStep: 1, format: 'd' },
  };
  const y = {
    field: 'value',
    type: 'quantitative' as const,
    title: axis.isLog ? `${title}, log scale` : title,
    scale: {
      ...(axis.isLog ? { type: 'log' as const } : {}),
      domain: [axis.low, axis.high],
      nice: false,
      ...(axis.isLog ? {} : { zero: false }),
    },
    axis: { tickCount: 5, ...(axis.high >= 1e4 ? { format: '~s' } : {}) },
  };
  const by = { field: 'name', type: 'nominal' as const, sort: null, legend };
  const lines = curves.flatMap(({ name, points: own }) => own.map(point => ({ name, ...point })));
  const marks = curves.flatMap(({ name, points: own }) =>
    samplePositions(own.length, 10).flatMap(position => {
      const point = own[position];
      return point === undefined ? [] : [{ name, ...point }];
    }),
  );
  return {
    ...frame(theme, summary),
    height: plotHeight,
    layer: [
      ...(marked === undefined ? [] : markLayers(marked, x, theme, last)),
      {
        data: { values: lines },
        mark: { type: 'line' as const, strokeWidth: 1.75, interpolate: 'linear' as const },
        encoding: {
          x,
          y,
          color: { ...by, scale: scales.color },
          strokeDash: { ...by, scale: scales.strokeDash },
        },
      },
      {
        data: { values: marks },
        mark: { type: 'point' as const, filled: true, opacity: 1, size: 34 },
        encoding: {
          x,
          y,
          color: { ...by, scale: scales.color },
          shape: { ...by, scale: scales.shape },
        },
      },
      ...(hasLabels ? [labelLayer(curves, axis, x, theme)] : []),
    ],
  };
}

/** A dashed line at the marked epoch, its words above the plot on the side where there is room. */
function markLayers({ epoch, label }: NonNullable<CurveParts['marked']>, x: object, theme: ChartTheme, last: number) {
  const isLate = epoch > last * 0.5;
  return [
    {
      data: { values: [{ epoch }] },
      mark: { type: 'rule' as const, strokeDash: [3, 3], color: theme.muted },
      encoding: { x: x as { field: string } },
    },
    {
      data: { values: [{ epoch, label }] },
      mark: {
        type: 'text' as const,
        align: isLate ? ('right' as const) : ('left' as const),
        baseline: 'bottom' as const,
        dx: isLate ? 3 : -3,
        dy: -4,
        color: theme.foreground,
      },
      encoding: { x: x as { field: string }, y: { value: 0 }, text: { field: 'label' } },
    },
  ];
}

/** Loss far beyond what guessing costs has diverged: only a log scale then shows both where it was and where it went. */
const divergedLoss = 100;

interface ValueAxis extends Domain {
  readonly isLog: boolean;
}

function valueAxis(values: readonly number[], fromZero: boolean): ValueAxis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!fromZero || least <= 0 || most < divergedLoss) return { ...niceDomain(values, fromZero), isLog: false };
  return { low: 10 ** Math.floor(Math.log10(least)), high: 10 ** Math.ceil(Math.log10(most)), isLog: true };
}

/** How far up the axis a value lies, 0 … 1. */
function positionOn({ low, high, isLog }: ValueAxis, value: number): number {
  const scale = isLog ? Math.log10 : Number;
  return (scale(value) - scale(low)) / (scale(high) - scale(low));
}

/** Each line's name beside its end, moved up or down where names would lie on one another. */
function labelLayer(curves: readonly Curve[], axis: ValueAxis, x: object, theme: ChartTheme) {
  const ends = curves.map(({ points }) => points.at(-1));
  const wanted = ends.map(end => (end === undefined ? 0 : plotHeight * (1 - positionOn(axis, end.value))));
  const heights = spreadLabels(wanted, theme.fontSize + 3, plotHeight);
  return {
    data: {
      values: curves.map(({ name }, index) => ({ name, epoch: ends[index]?.epoch ?? 0, height: heights[index] ?? 0 })),
    },
    mark: {
      type: 'text' as const,
      align: 'left' as const,
      baseline: 'middle' as const,
      dx: 9,
      color: theme.foreground,
    },
    encoding: {
      x: x as { field: string },
      y: { field: 'height', type: 'quantitative' as const, scale: null, axis: null },
      text: { field: 'name' },
    },
  };
}
