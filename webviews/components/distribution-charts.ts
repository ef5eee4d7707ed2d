import type { Distribution, Report } from '../../schemas/generated/messages.ts';
import type { ChartTheme } from '../shared/chart-theme.ts';
import { variantName } from '../shared/figures.ts';
import { formatValue } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import { axisTitle, frame, isSpread, tickCount, type Chart } from './chart-specs.ts';

interface Spread {
  readonly name: string;
  readonly own: Distribution;
}

/** So many steps still read as lines. */
const mostModels = 12;

/** How long do answers take, and how often longer? The share of answers by time, one line a model, for each measure. */
export function distributionCharts(report: Report): readonly Chart[] {
  const measures = new Set(
    report.variants.flatMap(({ distributions = [] }) => distributions.map(each => each.measure)),
  );
  return [...measures].map(measure => {
    const spreads = report.variants.flatMap(({ distributions = [] }, index) => {
      const own = distributions.find(each => each.measure === measure);
      return own === undefined ? [] : [{ name: variantName(report, index), own }];
    });
    return distributionChart(measure, spreads);
  });
}

const questions: Readonly<Record<Distribution['measure'], string>> = {
  latency: 'How long do answers take?',
  'time-to-first-token': 'How long until the first token?',
};

function distributionChart(measure: Distribution['measure'], all: readonly Spread[]): Chart {
  const spreads = all.slice(0, mostModels);
  const isLogarithmic = isSpread(spreads.flatMap(({ own }) => [percentileOf(own, 1), percentileOf(own, 99)]));
  const percents = [...new Set(all.flatMap(({ own }) => own.percentiles.map(({ percent }) => percent)))].sort(
    (a, b) => a - b,
  );
  const [first] = spreads;
  const title = first === undefined ? '' : axisTitle(first.own);
  const words = spreads.map(
    ({ name, own }) =>
      `${name} median ${formatValue(percentileOf(own, 50), own.unit)}, 95th percentile ${formatValue(percentileOf(own, 95), own.unit)}`,
  );
  const summary = `${first === undefined ? '' : showUnseen(first.own.label)} by model: ${words.join('; ')}.`;
  return {
    question: questions[measure],
    note: [
      'Share of answers that took at most so long.',
      ...(isLogarithmic ? ['The horizontal axis is logarithmic.'] : []),
      ...(all.length > mostModels ? [`The first ${String(mostModels)} of ${String(all.length)} models.`] : []),
    ].join(' '),
    summary,
    table: {
      header: ['Model', 'n', 'Mean', 'Least', ...percents.map(percent => `p${String(percent)}`), 'Most'],
      rows: all.map(({ name, own }) => [
        ...[name, own.n, own.mean, own.least],
        ...percents.map(wanted => own.percentiles.find(({ percent }) => percent === wanted)?.value ?? null),
        own.most,
      ]),
    },
    build: (theme, width) => buildSpec(spreads, { title, summary, isLogarithmic }, theme, width),
  };
}

/** The nearest percentile that travels with the distribution; its ends where none does. */
function percentileOf({ percentiles, least, most }: Distribution, wanted: number): number {
  const nearest = [...percentiles].sort((a, b) => Math.abs(a.percent - wanted) - Math.abs(b.percent - wanted))[0];
  return nearest?.value ?? (wanted < 50 ? least : most);
}

function buildSpec(
  spreads: readonly Spread[],
  {
    title,
    summary,
    isLogarithmic,
  }: { readonly title: string; readonly summary: string; readonly isLogarithmic: boolean },
  theme: ChartTheme,
  width: number,
) {
  const values = spreads.flatMap(({ name, own }) =>
    own.cumulative.flatMap(({ value, share }) => (isLogarithmic && value <= 0 ? [] : [{ name, value, share }])),
  );
  const names = spreads.map(({ name }) => name);
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    title,
    scale: isLogarithmic ? { type: 'log' as const, nice: true } : { zero: true, nice: true },
    axis: { tickCount: tickCount(width), ...(isLogarithmic ? { format: ',~g' } : {}) },
  };
  const y = {
    field: 'share',
    type: 'quantitative' as const,
    title: 'Share of answers',
    scale: { domain: [0, 1] },
    axis: { format: '.0%', tickCount: 5 },
  };
  const legend = {
    orient: 'bottom' as const,
    title: null,
    columns: Math.max(1, Math.floor(width / 160)),
    labelLimit: Math.max(100, width - 60),
    symbolStrokeWidth: 2,
  };
  return {
    ...frame(theme, summary),
    height: 220,
    data: { values },
    mark: { type: 'line' as const, interpolate: 'step-after' as const, strokeWidth: 1.5 },
    encoding: {
      x,
      y,
      color: {
        field: 'name',
        type: 'nominal' as const,
        scale: {
          domain: names,
          range: names.map((_, index) => theme.series[index % theme.series.length] ?? theme.foreground),
        },
        legend: names.length < 2 ? null : legend,
      },
      strokeDash: {
        field: 'name',
        type: 'nominal' as const,
        scale: { domain: names, range: names.map((_, index) => [...(dashes[index % dashes.length] ?? [1, 0])]) },
        legend: names.length < 2 ? null : legend,
      },
    },
  };
}

/** Lines differ by more than their colour. */
const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 2],
  [2, 2],
  [8, 2, 2, 2],
  [4, 4],
];
