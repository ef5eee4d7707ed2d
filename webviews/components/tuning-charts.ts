import type { EpochPoint, RunSummary, TuningReport } from '../../schemas/generated/messages.ts';
import type { Curve, CurvePoint } from '../shared/curves.ts';
import { letterOf } from '../shared/figures.ts';
import { formatFixed, formatPlace } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';
import {
  aspectName,
  aspectWords,
  chosenEpoch,
  epochsOf,
  hasStoppedEarly,
  lossesOf,
  scoreOf,
  type Selection,
} from '../shared/tuning.ts';
import { isActive } from '../shared/words.ts';
import type { Chart } from './chart-specs.ts';
import { curveChart, type Across, type Mark } from './curve-charts.ts';

/** The ways a run's curves can be drawn: by steps where its trainer counts them, and by epochs. */
export function acrossOf(run: RunSummary, report: TuningReport | undefined): readonly Across[] {
  const epochs = epochsOf(run, report);
  return epochs.length > 0 && epochs.every(({ step }) => step !== undefined) ? ['step', 'epoch'] : ['epoch'];
}

/**
 * The learning curves of one run: the figure that chooses the checkpoint, the loss, and whatever else is measured while it learns. `report`
 * may come after the first measurements.
 */
export function learningCharts(
  run: RunSummary,
  report: TuningReport | undefined,
  across: Across = acrossOf(run, report)[0] ?? 'epoch',
): readonly Chart[] {
  const epochs = withoutUntrained(epochsOf(run, report), report);
  const selection = report?.selection ?? guessSelection(epochs);
  const place = placer(across, epochs);
  const shared = { across, marks: marksOf(run, report, place, across), reach: reachOf(run, across), fromZero: false };
  const metricIds = metricsOf(epochs, selection);
  const metrics = metricIds.map((metric, index) => {
    const isChosen = metric === selection?.metric;
    const level = baseLevel(epochs, selection, metric);
    return curveChart({
      ...shared,
      question:
        index === 0
          ? `Which ${across === 'step' ? 'checkpoint' : 'epoch'} is best?`
          : `How does ${labelOf(metric, report)} go?`,
      note: `Each aspect’s validation rows.${report === undefined || !isChosen || selection === undefined ? '' : ` Chosen by ${aspectWords(selection.aspect)}.`}`,
      title: labelOf(metric, report),
      curves: aspectCurves(epochs, metric, place),
      ...(level === undefined ? {} : { level }),
    });
  });
  const loss = curveChart({
    ...shared,
    question: 'Does it learn, or memorise?',
    note: 'Training rows, and each aspect’s validation rows.',
    title: lossTitle(report),
    // Aspects come first, so that each looks alike in all charts.
    curves: [...aspectCurves(epochs, 'loss', place), trainingCurve(run, report, epochs, place, across)],
    fromZero: true,
  });
  const [first, ...others] = metrics;
  return [first, loss, ...others].filter(chart => chart !== undefined);
}

/**
 * `learningCharts` that keeps its charts: progress changes a run many times a second, and a chart is drawn anew only when a measurement
 * has been added, or what is chosen may have changed.
 */
export function keepLearningCharts(): typeof learningCharts {
  let kept: { readonly key: string; readonly charts: readonly Chart[] } | undefined;
  return (run, report, across) => {
    const chosen = report?.checkpoints.find(({ best }) => best)?.epoch;
    const key = JSON.stringify([
      run.id,
      epochsOf(run, report).length,
      lossesOf(run, report).length,
      run.state,
      report?.selection ?? null,
      chosen ?? null,
      across ?? null,
    ]);
    if (kept?.key !== key) kept = { key, charts: learningCharts(run, report, across) };
    return kept.charts;
  };
}

/** As many charts of figures beside the loss; the others are in the report's tables. */
const mostMetrics = 4;

/** What is measured while the model learns, the figure that chooses the checkpoint first. */
function metricsOf(epochs: readonly EpochPoint[], selection: Selection | undefined): readonly string[] {
  const found = new Set(epochs.flatMap(({ aspects }) => aspects.flatMap(({ scores }) => Object.keys(scores))));
  const chosen = selection === undefined || selection.metric === 'loss' ? [] : [selection.metric];
  // What the embedded model is measured by beside its leading figure says the same once more.
  const others = [...found].filter(metric => metric !== selection?.metric);
  const hasSteps = epochs.some(({ step }) => step !== undefined);
  return [...chosen, ...(hasSteps || chosen.length === 0 ? others : [])].slice(0, mostMetrics);
}

function labelOf(metric: string, report: TuningReport | undefined): string {
  if (report?.selection.metric === metric) return showUnseen(report.selection.label);
  const figure = report?.aspects.flatMap(({ metrics }) => metrics).find(each => each.metric === metric);
  if (figure !== undefined) return showUnseen(figure.label);
  // Short names of measures are initials.
  return metric.length < 5 ? metric.toUpperCase() : metric.charAt(0).toUpperCase() + metric.slice(1);
}

/** Rows have one class each; of texts every token is learnt. */
function lossTitle(report: TuningReport | undefined): string {
  const task = report?.task ?? 'text-classification';
  return task === 'text-classification' ? 'Loss, nats a row' : 'Loss, nats a token';
}

type Place = (point: { readonly epoch: number; readonly step?: number }) => number;

/** Where a measurement lies across a chart. */
function placer(across: Across, epochs: readonly EpochPoint[]): Place {
  const last = epochs.at(-1);
  const stepsAnEpoch = last?.step === undefined || last.epoch === 0 ? undefined : last.step / last.epoch;
  return across === 'epoch'
    ? ({ epoch }) => epoch
    : ({ epoch, step }) => step ?? Math.round(epoch * (stepsAnEpoch ?? 1));
}

/** While it runs, how far it will go, where that is known: progress counts epochs. */
function reachOf({ state, progress }: RunSummary, across: Across): number {
  return isActive(state) && across === 'epoch' ? progress.total : 0;
}

/** The best checkpoint, and where the run stopped before its end. */
function marksOf(run: RunSummary, report: TuningReport | undefined, place: Place, across: Across): readonly Mark[] {
  if (report === undefined) return [];
  const chosen = chosenEpoch({ ...report, run });
  const epochs = epochsOf(run, report);
  const last = epochs.at(-1);
  const kept = report.checkpoints.find(({ epoch }) => epoch === chosen);
  const point = epochs.find(({ epoch }) => epoch === chosen) ?? kept;
  const best = point === undefined ? undefined : place(point);
  const stopped = last === undefined || !hasStoppedEarly(report) ? undefined : place(last);
  return [
    ...(best === undefined
      ? []
      : [{ at: best, label: `best${isActive(run.state) ? ' so far' : ''}: ${across} ${formatPlace(best)}` }]),
    ...(stopped === undefined ? [] : [{ at: stopped, label: `stopped early: ${across} ${formatPlace(stopped)}` }]),
  ];
}

/** What the base reaches in the aspect that chooses. What an untrained model guesses is no base. */
function baseLevel(epochs: readonly EpochPoint[], selection: Selection | undefined, metric: string) {
  const base = epochs.find(({ epoch }) => epoch === 0);
  if (base === undefined || selection === undefined) return undefined;
  const value = scoreOf(base, selection.aspect, metric);
  if (value === undefined) return undefined;
  return { value, label: `base: ${formatFixed(value, Math.abs(value) < 2 ? 3 : 1)}, ${aspectWords(selection.aspect)}` };
}

/** The selected figure of several runs: of their selections the one that most of them measured. */
export function overlayChart(reports: readonly TuningReport[]): Chart | undefined {
  const selection = sharedSelection(reports);
  if (selection === undefined) return undefined;
  const { aspect, metric, label } = selection;
  const bySteps = reports.every(report => acrossOf(report.run, report).includes('step'));
  const across: Across = bySteps ? 'step' : 'epoch';
  return curveChart({
    question: 'Which run learns more, and how fast?',
    note: `${aspectName(aspect)}, validation rows of each run.`,
    title: metric === 'loss' ? lossTitle(reports[0]) : showUnseen(label),
    across,
    curves: reports.map((report, index) => {
      const epochs = withoutUntrained(epochsOf(report.run, report), report);
      const points = pointsOf(epochs, placer(across, epochs), point => scoreOf(point, aspect, metric));
      return { name: runName(reports, index), points };
    }),
    fromZero: metric === 'loss',
    marks: [],
    reach: 0,
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

/** The trainer's own log of the loss where there is one: it tells more often than measurements do. */
function trainingCurve(
  run: RunSummary,
  report: TuningReport | undefined,
  epochs: readonly EpochPoint[],
  place: Place,
  across: Across,
): Curve {
  const losses = lossesOf(run, report);
  if (losses.length > 1) {
    const points = losses.map(({ step, epoch, loss }) => ({ at: across === 'step' ? step : epoch, value: loss }));
    return { name: 'Training', points };
  }
  // Nothing has been learnt before the first measurement of the base.
  const learnt = epochs.filter(({ epoch }) => epoch > 0 || epochs.every(each => each.step === undefined));
  return { name: 'Training', points: pointsOf(learnt, place, ({ trainingLoss }) => trainingLoss) };
}

function aspectCurves(epochs: readonly EpochPoint[], metric: string, place: Place): readonly Curve[] {
  const aspects = [...new Set(epochs.flatMap(({ aspects: own }) => own.map(({ aspect }) => aspect)))];
  return aspects.map(aspect => ({
    name: aspectName(aspect),
    points: pointsOf(epochs, place, point => scoreOf(point, aspect, metric)),
  }));
}

function pointsOf(
  epochs: readonly EpochPoint[],
  place: Place,
  read: (point: EpochPoint) => number | undefined,
): CurvePoint[] {
  return epochs.flatMap(point => {
    const value = read(point);
    return value === undefined ? [] : [{ at: place(point), value }];
  });
}
