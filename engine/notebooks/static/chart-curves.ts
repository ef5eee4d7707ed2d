import { escapeHtml } from './escape-html.ts';
import { showLine } from '../../reports/shown-text.ts';
import { lineFrom, niceTicks, place, svg, writeTick } from './svg.ts';

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
  readonly points: readonly CurvePoint[];
}

interface CurvePoint {
  readonly at: number;
  readonly value: number;
}

const mostPoints = 200;
/** Told apart without colours, so also on paper. */
const dashes = [
  ['solid', ''],
  ['dashed', '7 4'],
  ['dotted', '2 3'],
  ['dash-dot', '10 3 2 3'],
  ['short dashes', '4 2'],
  ['sparse dots', '1 5'],
] as const;
const [width, height, edge] = [560, 200, 4];

/** The curves, and under them in words what they are and where they begin and end. */
export function renderCurves({ title, across, curves: all, chosen }: CurveChart): string {
  const curves = all
    .slice(0, dashes.length)
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => ({ name, points: thin(points) }));
  const points = curves.flatMap(curve => curve.points);
  const up = niceTicks(Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value)));
  const [least, most] = [Math.min(...points.map(({ at }) => at)), Math.max(...points.map(({ at }) => at))];
  const [low, high] = [up[0] ?? 0, up.at(-1) ?? 1];
  const x = (at: number): number => edge + ((at - least) / (most - least || 1)) * (width - 2 * edge);
  const y = (value: number): number => edge + (1 - (value - low) / (high - low)) * (height - 2 * edge);
  const grid = up.map(tick => lineFrom(edge, y(tick), width - edge, y(tick), ' stroke-opacity="0.25"'));
  const isShown = chosen !== undefined && chosen >= least && chosen <= most;
  const mark = isShown ? [lineFrom(x(chosen), edge, x(chosen), height - edge, ' stroke-opacity="0.7"')] : [];
  const paths = curves.map(({ points: own }, index) => {
    const dash = dashes[index]?.[1] ?? '';
    const path = own
      .map(({ at, value }, step) => `${step === 0 ? 'M' : 'L'}${place(x(at))} ${place(y(value))}`)
      .join('');
    return `<path d="${path}" fill="none" stroke-width="2"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`;
  });
  const words = [
    `${title}, from ${writeTick(low, up)} at the bottom to ${writeTick(high, up)} at the top, and from ${across} ${String(least)} to ${String(most)}.`,
    ...curves.map((curve, index) => describe(curve, dashes[index]?.[0] ?? '', across)),
    ...(isShown ? [`Chosen, where the upright line stands: ${across} ${String(chosen)}.`] : []),
  ];
  return `<p>${svg(width, height, title, [...grid, ...mark, ...paths])}</p>\n<p>${escapeHtml(words.join(' '))}</p>`;
}

/** At equal distances, the last one kept. */
function thin(points: readonly CurvePoint[]): readonly CurvePoint[] {
  if (points.length <= mostPoints) return points;
  const step = (points.length - 1) / (mostPoints - 1);
  return Array.from({ length: mostPoints }, (_, at) => points[Math.round(at * step)]).filter(
    point => point !== undefined,
  );
}

function describe({ name, points }: Curve, dash: string, across: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const words = `${first.value.toPrecision(3)} at ${across} ${String(first.at)}, ${last.value.toPrecision(3)} at ${String(last.at)}`;
  return `${showLine(name, 80)} (${dash}): ${words}.`;
}
