import { lineFrom, niceTicks, place, svg, textAt, width, writeTick } from './svg.ts';
import { showLine } from './plain-text.ts';

/** Figures over epochs. */
export interface CurveChart {
  readonly kind: 'curves';
  readonly title: string;
  /** What is counted from left to right. */
  readonly across: string;
  readonly curves: readonly Curve[];
  /** Where the chosen state lies. */
  readonly chosen?: number | undefined;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

const mostCurves = 6;
const mostPoints = 200;
/** Told apart without colours, so also on paper. */
const dashes = ['', '7 4', '2 3', '10 3 2 3', '4 2', '1 5'];
const [left, right, top, height] = [56, 240, 32, 200];

export function renderCurves({ title, across, curves: all, chosen }: CurveChart): string {
  const curves = all
    .slice(0, mostCurves)
    .map(({ name, points }) => ({ name, points: thin(points.filter(({ value }) => Number.isFinite(value))) }))
    .filter(({ points }) => points.length > 0);
  const points = curves.flatMap(curve => curve.points);
  const up = niceTicks(Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value)));
  const [least, most] = [Math.min(...points.map(({ at }) => at)), Math.max(...points.map(({ at }) => at))];
  const [low, high] = [up[0] ?? 0, up.at(-1) ?? 1];
  const x = (at: number): number => left + ((at - least) / (most - least || 1)) * (width - left - right);
  const y = (value: number): number => top + (1 - (value - low) / (high - low)) * height;
  const bottom = top + height;
  const grid = up.flatMap(tick => [
    lineFrom(left, y(tick), width - right, y(tick), ' stroke-opacity="0.2"'),
    textAt(left - 8, y(tick) + 4, writeTick(tick, up), 'end'),
  ]);
  const axis = [
    textAt(left, bottom + 18, String(least)),
    textAt(width - right, bottom + 18, String(most), 'end'),
    textAt((left + width - right) / 2, bottom + 18, across, 'middle'),
  ];
  const mark =
    chosen === undefined || chosen < least || chosen > most
      ? []
      : [lineFrom(x(chosen), top, x(chosen), bottom, ' stroke-opacity="0.6" stroke-dasharray="1 3"')];
  const paths = curves.flatMap(({ points: own }, index) => {
    const dash = dashes[index] === '' ? '' : ` stroke-dasharray="${dashes[index] ?? ''}"`;
    const path = own
      .map(({ at, value }, step) => `${step === 0 ? 'M' : 'L'}${place(x(at))} ${place(y(value))}`)
      .join('');
    return [`<path d="${path}" fill="none" stroke="currentColor" stroke-width="2"${dash}/>`];
  });
  const legend = curves.flatMap(({ name }, index) => {
    const line = top + 8 + index * 20;
    const dash = dashes[index] === '' ? '' : ` stroke-dasharray="${dashes[index] ?? ''}"`;
    return [
      lineFrom(width - right + 12, line, width - right + 40, line, ` stroke-width="2"${dash}`),
      textAt(width - right + 46, line + 4, showLine(name, 1_000).slice(0, 26)),
    ];
  });
  return svg(bottom + 26, title, describe(curves, across, chosen), [...grid, ...axis, ...mark, ...paths, ...legend]);
}

/** At equal distances, the last one kept. */
function thin<T>(points: readonly T[]): readonly T[] {
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, at) => points[Math.round(at * step)]).filter(
    point => point !== undefined,
  );
}

function describe(curves: readonly Curve[], across: string, chosen: number | undefined): string {
  const sentences = curves.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return name;
    return `${showLine(name, 80)}: ${first.value.toPrecision(3)} at ${across} ${String(first.at)}, ${last.value.toPrecision(3)} at ${String(last.at)}`;
  });
  return `${sentences.join('; ')}.${chosen === undefined ? '' : ` Chosen: ${across} ${String(chosen)}.`}`;
}
