import type { AspectResult, EpochPoint, RunSummary, TuningReport } from '../../schemas/generated/messages.ts';
import type { Curve } from '../shared/curves.ts';
import { figureOf, letterOf } from '../shared/figures.ts';
import { formatCount, formatValue } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import { aspectName, aspectWords, chosenEpoch, epochsOf, scoreOf, type Selection } from '../shared/tuning.ts';
import { isActive } from '../shared/words.ts';
import { frame, nameAxis, type Chart } from './chart-specs.ts';
import { curveChart } from './curve-charts.ts';

/** The learning curves of one run: loss, and the figure that chooses the checkpoint. `report` may come after the first epochs. */
export function learningCharts(run: RunSummary, report: TuningReport | undefined): readonly Chart[] {
  const epochs = withoutUntrained(epochsOf(run, report), report);
  const chosen = report === undefined ? undefined : chosenEpoch({ ...report, run });
  const marked = chosen === undefined ? undefined : markWords(chosen, isActive(run.state));
  const selection = report?.selection ?? guessSelection(epochs);
  const reach = isActive(run.state) ? run.progress.total : 0;
  const metric =
    selection === undefined || selection.metric === 'loss'
      ? undefined
      : curveChart({
          question: 'Which epoch is best?',
          note: `Each aspect’s validation rows.${report === undefined ? '' : ` Chosen by ${aspectWords(selection.aspect)}.`}`,
          title: showUnseen(selection.label),
          curves: aspectCurves(epochs, selection.metric),
          fromZero: false,
          marked,
          epochs: reach,
        });
  const loss = curveChart({
    question: 'Does it learn, or memorise?',
    note: 'Training rows, and each aspect’s validation rows.',
    title: 'Loss, nats a row',
    // Aspects come first, so that each looks alike in both charts.
    curves: [...aspectCurves(epochs, 'loss'), trainingCurve(epochs)],
    fromZero: true,
    marked,
    epochs: reach,
  });
  return [metric, loss].filter(chart => chart !== undefined);
}

/**
 * `learningCharts` that keeps its charts: progress changes a run many times a second, and a chart is drawn anew only when an epoch
 * has been added, or what is chosen may have changed.
 */
export function keepLearningCharts(): typeof learningCharts {
  let kept: { readonly key: string; readonly charts: readonly Chart[] } | undefined;
  return (run, report) => {
    const chosen = report?.checkpoints.find(({ best }) => best)?.epoch;
    const key = JSON.stringify([
      run.id,
      epochsOf(run, report).length,
      run.state,
      report?.selection ?? null,
      chosen ?? null,
    ]);
    if (kept?.key !== key) kept = { key, charts: learningCharts(run, report) };
    return kept.charts;
  };
}

/** The selected figure of several runs: of their selections the one that most of them measured. */
export function overlayChart(reports: readonly TuningReport[]): Chart | undefined {
  const selection = sharedSelection(reports);
  if (selection === undefined) return undefined;
  const { aspect, metric, label } = selection;
  return curveChart({
    question: 'Which run learns more, and how fast?',
    note: `${aspectName(aspect)}, validation rows of each run.`,
    title: metric === 'loss' ? 'Loss, nats a row' : showUnseen(label),
    curves: reports.map((report, index) => ({
      name: runName(reports, index),
      points: pointsOf(withoutUntrained(epochsOf(report.run, report), report), point => scoreOf(point, aspect, metric)),
    })),
    fromZero: metric === 'loss',
    marked: undefined,
    epochs: 0,
  });
}

function sharedSelection(reports: readonly TuningReport[]): Selection | undefined {
  const countOf = ({ aspect, metric }: Selection): number =>
    reports.filter(report => epochsOf(report.run, report).some(point => scoreOf(point, aspect, metric) !== undefined))
      .length;
  const counts = reports.map(({ selection }) => countOf(selection));
  return reports[counts.indexOf(Math.max(...counts))]?.selection;
}

/** `A`, or `A ticket-triage` where the runs bear different names. */
export function runName(reports: readonly TuningReport[], index: number): string {
  const name = reports[index]?.run.name ?? '';
  const isShared = new Set(reports.map(({ run }) => run.name)).size < 2;
  return isShared ? letterOf(index) : `${letterOf(index)} ${showUnseen(name)}`;
}

/** Does the model serve every group alike? A dot with its interval for each value of a slice column. */
export function groupChart(aspect: AspectResult, column: string): Chart | undefined {
  const metric = aspect.metrics[0];
  if (metric === undefined) return undefined;
  const rows = aspect.slices.flatMap(slice => {
    const figure = slice.column === column ? figureOf(slice.metrics, metric.metric) : undefined;
    if (figure === undefined || figure.value === null) return [];
    const { value, low = value, high = value, n } = figure;
    return [{ name: slice.value === '' ? '(empty)' : showUnseen(slice.value), value, low, high, n }];
  });
  if (rows.length < 2 || rows.length > 40) return undefined;
  const label = showUnseen(metric.label);
  const summary = `${label} by ${showUnseen(column)}: ${rows.map(({ name, value, low, high }) => `${name} ${formatValue(value, metric.unit)}, ${formatValue(low, metric.unit)} to ${formatValue(high, metric.unit)}`).join('; ')}.`;
  return {
    question: `Does it serve every ${showUnseen(column)} alike?`,
    note: `${aspectName(aspect.aspect)}, test rows, with intervals. The dashed line is all rows together.`,
    summary,
    table: {
      header: [showUnseen(column), label, 'Low', 'High', 'n'],
      rows: rows.map(({ name, value, low, high, n }) => [name, value, low, high, n]),
    },
    build: (theme, width) => {
      const y = { field: 'name', type: 'nominal' as const, sort: null, axis: nameAxis(theme, width) };
      const axis = { tickCount: Math.max(3, Math.floor(width / 90)) };
      const x = { type: 'quantitative' as const, title: label, scale: { zero: false, nice: true }, axis };
      return {
        ...frame(theme, summary),
        height: rows.length * 28,
        data: { values: rows },
        layer: [
          ...(metric.value === null
            ? []
            : [
                {
                  data: { values: [{ all: metric.value }] },
                  mark: { type: 'rule' as const, strokeDash: [3, 3], color: theme.muted },
                  encoding: { x: { ...x, field: 'all' } },
                },
              ]),
          {
            mark: { type: 'rule' as const, strokeWidth: 2, color: theme.series[0] ?? theme.foreground },
            encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
          },
          {
            mark: {
              type: 'point' as const,
              filled: true,
              opacity: 1,
              size: 64,
              color: theme.series[0] ?? theme.foreground,
            },
            encoding: { y, x: { ...x, field: 'value' } },
          },
        ],
      };
    },
  };
}

function markWords(epoch: number, isRunning: boolean): { epoch: number; label: string } {
  return { epoch, label: `best${isRunning ? ' so far' : ''}: epoch ${formatCount(epoch)}` };
}

/** What an untrained model guesses says nothing, and would press everything it learns later together. */
function withoutUntrained(epochs: readonly EpochPoint[], report: TuningReport | undefined): readonly EpochPoint[] {
  if (report?.base.startsWith('embedded:') !== true || epochs.length < 3) return epochs;
  return epochs.filter(({ epoch }) => epoch > 0);
}

/** Before the first report only the epochs themselves tell what is measured. */
function guessSelection(epochs: readonly EpochPoint[]): Selection | undefined {
  const point = epochs.flatMap(({ aspects }) => aspects)[0];
  const metric = point === undefined ? undefined : Object.keys(point.scores)[0];
  if (point === undefined || metric === undefined) return undefined;
  return { aspect: point.aspect, metric, label: metric.charAt(0).toUpperCase() + metric.slice(1), direction: 'higher' };
}

function trainingCurve(epochs: readonly EpochPoint[]): Curve {
  return { name: 'Training', points: pointsOf(epochs, ({ trainingLoss }) => trainingLoss) };
}

function aspectCurves(epochs: readonly EpochPoint[], metric: string): readonly Curve[] {
  const aspects = [...new Set(epochs.flatMap(({ aspects: own }) => own.map(({ aspect }) => aspect)))];
  return aspects.map(aspect => ({
    name: aspectName(aspect),
    points: pointsOf(epochs, point => scoreOf(point, aspect, metric)),
  }));
}

function pointsOf(
  epochs: readonly EpochPoint[],
  read: (point: EpochPoint) => number | undefined,
): { epoch: number; value: number }[] {
  return epochs.flatMap(point => {
    const value = read(point);
    return value === undefined ? [] : [{ epoch: point.epoch, value }];
  });
}
