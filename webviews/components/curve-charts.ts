import type { TopLevelSpec } from 'vega-lite';
import type { ChartTheme } from '../shared/chart-theme.ts';
import { niceDomain, samplePositions, spreadLabels, thinPoints, type Curve, type Domain } from '../shared/curves.ts';
import { formatCount, formatFixed, formatPlace } from '../shared/format.ts';
import { frame, type Chart, type ChartTable } from './chart-specs.ts';

/** What lies across a learning curve. */
export type Across = 'epoch' | 'step';

/** A vertical line with words. */
export interface Mark {
  readonly at: number;
  readonly label: string;
}

interface CurveParts {
  readonly question: string;
  readonly note?: string;
  /** What the values are, such as `Loss, nats a row`. */
  readonly title: string;
  readonly across: Across;
  readonly curves: readonly Curve[];
  readonly fromZero: boolean;
  /** What is marked with a line, the first one above the plot, a second one inside it. */
  readonly marks: readonly Mark[];
  /** A value to compare with, as a dashed line across. */
  readonly level?: { readonly value: number; readonly label: string };
  /** The last epoch or step there will be, so that a curve that grows does not stretch. */
  readonly reach: number;
}

/** A chart is no wider than this many points could be told apart. */
const mostPoints = 600;

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

/** Lines over epochs or steps, each with its name at its end; in a narrow chart the names stand below. Undefined without a line. */
export function curveChart(parts: CurveParts): Chart | undefined {
  const whole = parts.curves.filter(({ points }) => points.length > 0);
  if (!whole.some(({ points }) => points.length > 1)) return undefined;
  const curves = whole.map(({ name, points }) => ({ name, points: thinPoints(points, mostPoints) }));
  const note = [parts.note, thinnedNote(whole, curves)].filter(words => words !== undefined).join(' ');
  const summary = summarize(parts, curves);
  return {
    question: parts.question,
    ...(note === '' ? {} : { note }),
    summary,
    table: tableOf(parts.across, curves),
    build: (theme, width) => buildSpec(parts, curves, summary, theme, width),
  };
}

function thinnedNote(whole: readonly Curve[], curves: readonly Curve[]): string | undefined {
  const most = Math.max(...whole.map(({ points }) => points.length));
  const isThinned = whole.some(({ points }, index) => points.length !== curves[index]?.points.length);
  return isThinned ? `Of up to ${formatCount(most)} points a line the lowest and highest of each stretch.` : undefined;
}

function summarize({ title, marks, level, across }: CurveParts, curves: readonly Curve[]): string {
  const lines = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return name;
    return `${name} from ${formatFixed(first.value, 3)} at ${across} ${formatPlace(first.at)} to ${formatFixed(last.value, 3)} at ${across} ${formatPlace(last.at)}`;
  });
  const marked = marks.length === 0 ? '' : ` Marked: ${marks.map(({ label }) => label).join('; ')}.`;
  const against = level === undefined ? '' : ` Dashed: ${level.label}.`;
  return `${title}, over ${across}s: ${lines.join('; ')}.${marked}${against}`;
}

function tableOf(across: Across, curves: readonly Curve[]): ChartTable {
  const places = [...new Set(curves.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
  const columns = curves.map(({ points }) => new Map(points.map(({ at, value }) => [at, value])));
  return {
    header: [across === 'step' ? 'Step' : 'Epoch', ...curves.map(({ name }) => name)],
    rows: places.map(at => [formatPlace(at), ...columns.map(column => column.get(at) ?? null)]),
  };
}

function buildSpec(
  { title, fromZero, marks: marked, level, reach, across }: CurveParts,
  curves: readonly Curve[],
  summary: string,
  theme: ChartTheme,
  width: number,
): TopLevelSpec {
  const names = curves.map(({ name }) => name);
  const points = curves.flatMap(({ points: own }) => own);
  const values = [...points.map(({ value }) => value), ...(level === undefined ? [] : [level.value])];
  const axis = valueAxis(values, fromZero);
  const first = points.reduce((least, { at }) => Math.min(least, at), Infinity);
  const most = points.reduce((last, { at }) => Math.max(last, at), -Infinity);
  const last = Math.max(reach, first + 1, most);
  const room = Math.ceil(Math.max(...names.map(name => name.length)) * theme.fontSize * 0.56) + 16;
  // A name beside a line that ends early would lie on the others.
  const ends = curves.map(({ points: own }) => own.at(-1)?.at ?? 0);
  const endTogether = Math.max(...ends) - Math.min(...ends) <= (last - first) * 0.03;
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
    field: 'at',
    type: 'quantitative' as const,
    title: across === 'step' ? 'Step' : 'Epoch',
    scale: {
      domain: [first, last],
      nice: false,
      zero: false,
      ...(hasLabels ? { range: [0, { expr: `width - ${String(room)}` }] } : {}),
    },
    axis: placeAxis(first, last, width),
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
  const dots = curves.flatMap(({ name, points: own }) =>
    samplePositions(own.length, 10).flatMap(position => {
      const point = own[position];
      return point === undefined ? [] : [{ name, ...point }];
    }),
  );
  return {
    ...frame(theme, summary),
    height: plotHeight,
    layer: [
      ...(level === undefined ? [] : levelLayers(level, axis, x, y, [first, last], theme)),
      ...marked.flatMap((mark, index) => markLayers(mark, x, theme, last, index)),
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
        data: { values: dots },
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

/** Whole numbers, but where a run is shorter than a few epochs. */
function placeAxis(first: number, last: number, width: number) {
  const tickCount = Math.max(3, Math.floor(width / 90));
  if (last - first < 3 && !(Number.isInteger(first) && Number.isInteger(last))) return { tickCount, format: '~g' };
  return { tickCount: Math.max(2, Math.min(last - first, tickCount)), tickMinStep: 1, format: ',d' };
}

/** A dashed line across with its words above it, or below it where it lies high. */
function levelLayers(
  { value, label }: NonNullable<CurveParts['level']>,
  axis: ValueAxis,
  x: object,
  y: object,
  [first, last]: readonly [first: number, last: number],
  theme: ChartTheme,
) {
  const isHigh = positionOn(axis, value) > 0.85;
  return [
    {
      data: { values: [{ value, at: first, end: last }] },
      mark: { type: 'rule' as const, strokeDash: [2, 4], strokeWidth: 1.25, color: theme.foreground },
      encoding: { x: x as { field: string }, x2: { field: 'end' }, y: y as { field: string } },
    },
    {
      data: { values: [{ value, label, at: first }] },
      mark: {
        type: 'text' as const,
        align: 'left' as const,
        baseline: isHigh ? ('top' as const) : ('bottom' as const),
        dx: 4,
        dy: isHigh ? 4 : -3,
        color: theme.foreground,
      },
      encoding: { x: x as { field: string }, y: y as { field: string }, text: { field: 'label' } },
    },
  ];
}

/** A dashed line at the marked place, its words above the plot on the side where there is room; a second one's stand above the first's. */
function markLayers({ at, label }: Mark, x: object, theme: ChartTheme, last: number, line: number) {
  const isLate = at > last * 0.5;
  return [
    {
      data: { values: [{ at }] },
      mark: { type: 'rule' as const, strokeDash: line > 0 ? [1, 3] : [3, 3], color: theme.muted },
      encoding: { x: x as { field: string } },
    },
    {
      data: { values: [{ at, label }] },
      mark: {
        type: 'text' as const,
        align: isLate ? ('right' as const) : ('left' as const),
        baseline: 'bottom' as const,
        dx: isLate ? 3 : -3,
        dy: -4 - line * (theme.fontSize + 3),
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
  const least = values.reduce((low, value) => Math.min(low, value), Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), -Infinity);
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
      values: curves.map(({ name }, index) => ({ name, at: ends[index]?.at ?? 0, height: heights[index] ?? 0 })),
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
