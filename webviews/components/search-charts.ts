import type { TuningReport, TuningTradeoff } from '../../schemas/generated/messages.ts';
import { formatFixed, formatValue } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import { selectedFigure, type SelectedFigure } from '../shared/tuning.ts';
import { axisTitle, frame, isSpread, tickCount, type Chart } from './chart-specs.ts';
import { drawTradeoff, type TradeoffPoint } from './tradeoff-chart.ts';
import { runName } from './tuning-charts.ts';

/** What does the quality of each run cost? Undefined where fewer than two runs have both. */
export function tuningTradeoffChart(
  reports: readonly TuningReport[],
  tradeoff: readonly TuningTradeoff[],
): Chart | undefined {
  const [first] = reports;
  const figure = first === undefined ? undefined : selectedFigure(first);
  const known = tradeoff.flatMap(point => {
    const index = reports.findIndex(({ run }) => run.id === point.runId);
    return index < 0 ? [] : [{ ...point, index, name: runName(reports, index) }];
  });
  if (figure === undefined || known.length < 2) return undefined;
  const isMoney = known.every(({ costUnit }) => costUnit !== 'seconds');
  const { label, unit, direction } = figure;
  const isAhead = (a: TuningTradeoff, b: TuningTradeoff): boolean => {
    const gain = direction === 'lower' ? b.quality - a.quality : a.quality - b.quality;
    return gain >= 0 && a.cost <= b.cost && (gain > 0 || a.cost < b.cost);
  };
  const points = known.map((point): TradeoffPoint => {
    const own = ownFigure(reports[point.index], point.quality);
    const dominatedBy = known.filter(other => isAhead(other, point)).map(({ name }) => name);
    return {
      name: point.name,
      label: point.name,
      x: point.cost,
      xLow: point.cost,
      xHigh: point.cost,
      y: point.quality,
      yLow: own?.low ?? point.quality,
      yHigh: own?.high ?? point.quality,
      isOnFront: point.isBest,
      dominatedBy: dominatedBy.join(', '),
    };
  });
  const xTitle = isMoney ? 'Cost of the run, USD' : 'Time of the run, seconds';
  const yTitle = axisTitle({ label, unit });
  const costWords = (value: number): string => (isMoney ? formatValue(value, 'USD') : `${formatFixed(value, 0)} s`);
  const words = points.map(
    ({ name, x, y, isOnFront, dominatedBy }) =>
      `${name} ${formatValue(y, unit)} at ${costWords(x)}, ${standing(isOnFront, dominatedBy)}`,
  );
  const summary = `${yTitle} against ${xTitle}: ${words.join('; ')}.`;
  const isLogarithmic = isSpread(points.map(({ x }) => x));
  const left = reports.length - points.length;
  return {
    question: isMoney ? 'What does the quality cost?' : 'What does the quality take in time?',
    note: [
      'Diamonds on the dashed line: no other run is as good for less (Pareto).',
      ...(direction === 'lower' ? [`Lower ${showUnseen(label)} is better.`] : []),
      ...(isLogarithmic ? ['The horizontal axis is logarithmic.'] : []),
      ...(left > 0 ? [`${String(left)} of the runs are left out: no cost, or other test rows.`] : []),
    ].join(' '),
    summary,
    table: {
      header: ['Run', xTitle, yTitle, 'Low', 'High', 'Pareto'],
      rows: points.map(({ name, x, y, yLow, yHigh, isOnFront, dominatedBy }) => [
        ...[name, x, y, yLow, yHigh],
        standing(isOnFront, dominatedBy),
      ]),
    },
    build: (theme, width) => drawTradeoff({ points, xTitle, yTitle, summary, isLogarithmic }, theme, width),
  };
}

function standing(isOnFront: boolean, dominatedBy: string): string {
  if (isOnFront) return 'on the Pareto front';
  return dominatedBy === '' ? 'not on the front' : `dominated by ${dominatedBy}`;
}

/** The run's own figure where that is what the trade-off is about. */
function ownFigure(report: TuningReport | undefined, quality: number): SelectedFigure | undefined {
  const own = report === undefined ? undefined : selectedFigure(report);
  return own?.value === quality ? own : undefined;
}

/** For each parameter of a search: what does it do to the selected figure? A mark a trial, with its interval. */
export function parameterCharts(reports: readonly TuningReport[]): readonly Chart[] {
  const names = [...new Set(reports.flatMap(({ trial }) => Object.keys(trial?.parameters ?? {})))];
  return names.flatMap(name => parameterChart(reports, name) ?? []);
}

function parameterChart(reports: readonly TuningReport[], parameter: string): Chart | undefined {
  const points = reports.flatMap((report, index) => {
    const x = report.trial?.parameters[parameter];
    const figure = selectedFigure(report);
    if (x === undefined || figure === undefined) return [];
    const { value, low = value, high = value } = figure;
    return [{ name: runName(reports, index), x, y: value, low, high, figure }];
  });
  const [first] = points;
  if (first === undefined || new Set(points.map(({ x }) => x)).size < 2) return undefined;
  const { label, unit } = first.figure;
  const [shown, title] = [showUnseen(parameter), axisTitle({ label, unit })];
  const words = [...points]
    .sort((a, b) => a.x - b.x)
    .map(({ name, x, y }) => `${name} ${formatValue(y, unit)} at ${String(x)}`);
  const summary = `${title} by ${shown}: ${words.join('; ')}.`;
  const isLog = isSpread(points.map(({ x }) => x)) || points.every(({ x }) => x > 0 && x < 0.01);
  return {
    question: `What does ${shown} do to ${showUnseen(label)}?`,
    note: `Each trial’s best checkpoint, with its interval${isLog ? '; the horizontal axis is logarithmic' : ''}.`,
    summary,
    table: {
      header: ['Run', shown, title, 'Low', 'High'],
      rows: points.map(({ name, x, y, low, high }) => [name, String(x), y, low, high]),
    },
    build: (theme, width) => {
      const x = {
        field: 'x',
        type: 'quantitative' as const,
        title: shown,
        scale: isLog ? { type: 'log' as const, nice: true, padding: 16 } : { zero: false, nice: true, padding: 16 },
        axis: { tickCount: tickCount(width), format: '~g' },
      };
      const y = { field: 'y', type: 'quantitative' as const, title, scale: { zero: false, padding: 16 } };
      const colour = theme.series[0] ?? theme.foreground;
      return {
        ...frame(theme, summary),
        height: 200,
        data: { values: points.map(({ name, x: at, y: value, low, high }) => ({ name, x: at, y: value, low, high })) },
        layer: [
          {
            mark: { type: 'rule' as const, strokeWidth: 1, opacity: 0.7, color: theme.foreground },
            encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
          },
          { mark: { type: 'point' as const, filled: true, opacity: 1, size: 60, color: colour }, encoding: { x, y } },
          {
            mark: { type: 'text' as const, align: 'left' as const, dx: 8, color: theme.foreground },
            encoding: { x, y, text: { field: 'name' } },
          },
        ],
      };
    },
  };
}
