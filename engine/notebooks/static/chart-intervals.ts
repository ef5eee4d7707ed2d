import { bodyCell, headerCell, markupCell, tableHtml } from './html-table.ts';
import { showLine } from '../../reports/shown-text.ts';
import { lineFrom, niceTicks, place, svg, writeTick } from './svg.ts';

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
const [width, height, edge] = [320, 18, 6];

/** A row a model: its figure in words and, on a scale that all share, its point and interval. */
export function renderIntervals({ title, points: all }: IntervalChart): string {
  const points = all.slice(0, mostPoints);
  const ends = points.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]);
  const ticks = niceTicks(Math.min(...ends), Math.max(...ends));
  const [first, last] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (value: number): number => edge + ((value - first) / (last - first)) * (width - 2 * edge);
  const grid = ticks.map(tick => lineFrom(x(tick), 0, x(tick), height, ' stroke-opacity="0.25"'));
  const rows = points.map(({ name, value, low, high, words }) => {
    const middle = height / 2;
    const whisker =
      low === undefined || high === undefined ? [] : [lineFrom(x(low), middle, x(high), middle, ' stroke-width="2"')];
    const point = `<circle cx="${place(x(value))}" cy="${place(middle)}" r="4"/>`;
    return [
      headerCell({ text: name }, 'row', 120),
      bodyCell({ text: words, align: 'right' }, 60),
      markupCell(svg(width, height, `${showLine(name, 120)}: ${words}`, [...grid, ...whisker, point])),
    ];
  });
  const scale = `${writeTick(first, ticks)} to ${writeTick(last, ticks)}, lines ${writeTick((ticks[1] ?? 1) - first, ticks)} apart`;
  const head = [{ text: 'Model' }, { text: 'Figure', align: 'right' as const }, { text: scale }];
  const rest = all.length > points.length ? `\n<p>And ${String(all.length - points.length)} more, not drawn.</p>` : '';
  return (
    tableHtml(
      showLine(title, 200),
      head.map(cell => headerCell(cell, 'col', 120)),
      rows,
    ) + rest
  );
}
