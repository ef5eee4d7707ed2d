import { lineFrom, niceTicks, place, svg, textAt, width, writeTick } from './svg.ts';
import { showLine } from './plain-text.ts';

/** One figure of several models, each with its interval. */
export interface IntervalChart {
  readonly kind: 'intervals';
  readonly title: string;
  readonly points: readonly IntervalPoint[];
}

export interface IntervalPoint {
  readonly name: string;
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** The figure in words. */
  readonly words: string;
}

const mostPoints = 30;
const rowHeight = 22;
const [left, right, top] = [210, 160, 28];

export function renderIntervals({ title, points: all }: IntervalChart): string {
  const points = all.slice(0, mostPoints).filter(({ value }) => Number.isFinite(value));
  const ends = points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]).filter(Number.isFinite);
  const ticks = niceTicks(Math.min(...ends), Math.max(...ends));
  const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (value: number): number => left + ((value - first) / (last - first)) * (width - left - right);
  const bottom = top + points.length * rowHeight;
  const grid = ticks.flatMap(tick => [
    lineFrom(x(tick), top, x(tick), bottom, ' stroke-opacity="0.2"'),
    textAt(x(tick), bottom + 16, writeTick(tick, ticks), 'middle'),
  ]);
  const marks = points.flatMap(({ name, value, low, high, words }, row) => {
    const y = top + (row + 0.5) * rowHeight;
    const whisker =
      low === undefined || high === undefined ? [] : [lineFrom(x(low), y, x(high), y, ' stroke-width="2"')];
    return [
      textAt(left - 10, y + 4, showLine(name, 1_000).slice(0, 30), 'end'),
      ...whisker,
      `<circle cx="${place(x(value))}" cy="${place(y)}" r="4.5"/>`,
      textAt(width - right + 12, y + 4, words.slice(0, 26)),
    ];
  });
  const more = all.length > points.length ? ` And ${String(all.length - points.length)} more, not drawn.` : '';
  const description = points.map(({ name, words }) => `${showLine(name, 80)} ${words}`).join('; ') + `.${more}`;
  return svg(bottom + 24, title, description, [...grid, ...marks]);
}
