import type { AspectName, EpochPoint, TuningComparison, TuningReport } from '../../../schemas/generated/messages.ts';
import { aspectWords } from '../../tuning/rows.ts';
import { headFacts, partsOf } from '../../tuning/text.ts';
import type { Block } from './block.ts';
import type { Curve } from './chart-curves.ts';
import { listBlock } from './list-block.ts';

/** Tuning runs, one or several side by side. */
export function describeTuning(comparison: TuningComparison): readonly Block[] {
  const { verdicts, tables, facts } = partsOf(comparison);
  const { reports } = comparison;
  return [
    ...reports.map(report => ({ kind: 'head', strong: report.run.name, rest: headFacts(report) }) as const),
    ...listBlock(undefined, verdicts),
    ...tables.map(table => ({ kind: 'table', ...table }) as const),
    ...curvesOf(reports),
    ...listBlock(undefined, facts),
  ];
}

/** The selected figure and the losses of one run, or the selected figures of several. */
function curvesOf(reports: readonly TuningReport[]): readonly Block[] {
  const [report] = reports;
  if (report === undefined) return [];
  const across = reports.every(({ epochs }) => epochs.every(({ step }) => step !== undefined)) ? 'step' : 'epoch';
  const chosen = reports.length === 1 ? chosenPlace(report, across) : undefined;
  const { aspect, metric, label } = report.selection;
  const charts =
    reports.length === 1
      ? [
          // Of the embedded model the loss tells as much.
          ...(report.task === undefined || metric === 'loss' || across === 'epoch'
            ? []
            : [{ title: `${label} by ${across}`, curves: aspectCurves(report, across, metric) }]),
          { title: `Loss by ${across}, in nats a ${unitOf(report)}`, curves: lossesOf(report, across) },
        ]
      : [
          {
            title: `${label} on ${aspectWords(aspect)} by ${across}`,
            curves: namesOf(reports).map((name, index) => ({
              name,
              points: pointsOf(reports[index]?.epochs ?? [], across, point => numberOf(point, aspect, metric)),
            })),
          },
        ];
  return charts
    .filter(({ curves }) => curves.some(({ points }) => points.length > 1))
    .map(({ title, curves }) => ({ kind: 'chart', chart: { kind: 'curves', title, across, curves, chosen } }));
}

type Across = 'epoch' | 'step';

function namesOf(reports: readonly TuningReport[]): readonly string[] {
  const differ = new Set(reports.map(({ run }) => run.name)).size === reports.length;
  return reports.map(({ run, trial }) =>
    differ ? run.name : trial === undefined ? run.id : `trial ${String(trial.trial)}`,
  );
}

/** Rows have one class each; of texts every token is learnt. */
function unitOf({ task = 'text-classification' }: TuningReport): string {
  return task === 'text-classification' ? 'row' : 'token';
}

function chosenPlace({ checkpoints }: TuningReport, across: Across): number | undefined {
  const best = checkpoints.find(checkpoint => checkpoint.best);
  return across === 'step' ? best?.step : best?.epoch;
}

function lossesOf(report: TuningReport, across: Across): readonly Curve[] {
  const { epochs, losses = [] } = report;
  const training =
    losses.length > 1
      ? losses.map(({ step, epoch, loss }) => ({ at: across === 'step' ? step : epoch, value: loss }))
      : pointsOf(epochs, across, ({ trainingLoss }) => trainingLoss);
  return [{ name: 'training', points: training }, ...aspectCurves(report, across, 'loss')];
}

function aspectCurves({ epochs }: TuningReport, across: Across, metric: string): readonly Curve[] {
  const aspects = [...new Set(epochs.flatMap(epoch => epoch.aspects.map(({ aspect }) => aspect)))];
  return aspects.map(aspect => ({
    name: aspectWords(aspect),
    points: pointsOf(epochs, across, point => numberOf(point, aspect, metric)),
  }));
}

function pointsOf(
  epochs: readonly EpochPoint[],
  across: Across,
  read: (point: EpochPoint) => number | undefined,
): Curve['points'] {
  return epochs.flatMap(point => {
    const value = read(point);
    return value === undefined ? [] : [{ at: across === 'step' ? (point.step ?? 0) : point.epoch, value }];
  });
}

function numberOf({ aspects }: EpochPoint, aspect: AspectName, metric: string): number | undefined {
  const own = aspects.find(candidate => candidate.aspect === aspect);
  return metric === 'loss' ? own?.loss : own?.scores[metric];
}
