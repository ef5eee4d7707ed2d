import type {
  AspectName,
  AspectPoint,
  AspectResult,
  EpochPoint,
  LossPoint,
  MetricValue,
  RunSummary,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import { figureOf } from './figures.ts';
import { isActive } from './words.ts';

export type Selection = TuningReport['selection'];

const aspectNames: Readonly<Record<AspectName, string>> = {
  'core-performance': 'Core performance',
  robustness: 'Robustness',
  'ethical-alignment': 'Ethical alignment',
};

export function aspectName(aspect: AspectName): string {
  return aspectNames[aspect];
}

/** An aspect's name inside a sentence. */
export function aspectWords(aspect: AspectName): string {
  return aspectNames[aspect].toLowerCase();
}

/** The learning curves as far as anybody knows them: a run under way tells of epochs that its report has not seen. */
export function epochsOf(run: RunSummary, report?: Pick<TuningReport, 'epochs'>): readonly EpochPoint[] {
  const [told, stored] = [run.progress.epochs ?? [], report?.epochs ?? []];
  return told.length > stored.length ? told : stored;
}

/** The training loss between measurements, as far as anybody knows it. */
export function lossesOf(run: RunSummary, report?: Pick<TuningReport, 'losses'>): readonly LossPoint[] {
  const [told, stored] = [run.progress.losses ?? [], report?.losses ?? []];
  return told.length > stored.length ? told : stored;
}

/** Whether it ended before its last epoch because nothing improved any more: the report's own note. */
export function hasStoppedEarly({ run, notes }: Pick<TuningReport, 'run' | 'notes'>): boolean {
  return run.state === 'succeeded' && notes.some(note => note.startsWith('Stopped early'));
}

/** One aspect's number of one metric after one epoch; `loss` is a metric too. Undefined where it was not measured. */
export function scoreOf({ aspects }: EpochPoint, aspect: AspectName, metric: string): number | undefined {
  const point = aspects.find(candidate => candidate.aspect === aspect);
  return point === undefined ? undefined : numberOf(point, metric);
}

function numberOf({ scores, loss }: AspectPoint, metric: string): number | undefined {
  if (Object.hasOwn(scores, metric)) return scores[metric];
  return metric === 'loss' ? loss : undefined;
}

/** The measured epoch with the best selected figure, the first among equals; epoch 0, the base model, is none. */
export function bestEpoch(epochs: readonly EpochPoint[], selection: Selection): EpochPoint | undefined {
  let best: { readonly point: EpochPoint; readonly value: number } | undefined;
  for (const point of epochs) {
    const value = scoreOf(point, selection.aspect, selection.metric);
    if (point.epoch === 0 || value === undefined) continue;
    const isBetter = best === undefined || (selection.direction === 'lower' ? value < best.value : value > best.value);
    if (isBetter) best = { point, value };
  }
  return best?.point;
}

/** The epoch that `checkpoint:NAME` means: the stored best checkpoint's; while a run is under way, the best one so far. */
export function chosenEpoch(report: TuningReport): number | undefined {
  const stored = report.checkpoints.find(({ best }) => best)?.epoch;
  const found = bestEpoch(epochsOf(report.run, report), report.selection)?.epoch;
  return isActive(report.run.state) ? (found ?? stored) : (stored ?? found);
}

/** A run's selected figure, and whether the test rows gave it. */
export type SelectedFigure = MetricValue & { readonly value: number; readonly isTest: boolean };

/** On the test rows of the aspect that chooses, else, before those were asked, the best one of the validation rows. Undefined without either. */
export function selectedFigure(report: TuningReport): SelectedFigure | undefined {
  const { selection, aspects } = report;
  const { aspect, metric, label, direction } = selection;
  const own = figureOf(aspects.find(each => each.aspect === aspect)?.metrics ?? [], metric);
  if (own !== undefined && own.value !== null) return { ...own, value: own.value, isTest: true };
  const best = bestEpoch(epochsOf(report.run, report), selection);
  const value = best === undefined ? undefined : scoreOf(best, aspect, metric);
  if (best === undefined || value === undefined) return undefined;
  const n = best.aspects.find(each => each.aspect === aspect)?.rows ?? 0;
  return { metric, label, kind: 'quality', unit: 'score', direction, value, n, isTest: false };
}

/** The metrics of all aspects, in the order they first appear. */
export function aspectMetrics(aspects: readonly AspectResult[]): readonly MetricValue[] {
  const columns = new Map<string, MetricValue>();
  for (const { metrics } of aspects) {
    for (const figure of metrics) if (!columns.has(figure.metric)) columns.set(figure.metric, figure);
  }
  return [...columns.values()];
}

/** Confidence of the intervals, where any figure has one. */
export function confidenceOf(figures: readonly MetricValue[]): number | undefined {
  return figures.find(({ low, confidence }) => low !== undefined && confidence !== undefined)?.confidence;
}

/** How a tuned figure stands to the base model's. */
export interface Change {
  /** Tuned minus base. */
  readonly difference: number;
  readonly verdict: 'better' | 'worse' | 'higher' | 'lower' | 'same';
  /** Whether the two intervals leave a gap between them; undefined where one has none. */
  readonly apart: boolean | undefined;
}

/** Undefined where either was not computed. */
export function changeOf(tuned: MetricValue, base: MetricValue | undefined): Change | undefined {
  if (base === undefined || tuned.value === null || base.value === null) return undefined;
  const difference = tuned.value - base.value;
  return { difference, verdict: verdictOf(difference, tuned.direction), apart: areApart(tuned, base) };
}

function verdictOf(difference: number, direction: MetricValue['direction']): Change['verdict'] {
  if (difference === 0) return 'same';
  const isHigher = difference > 0;
  if (direction === 'neutral') return isHigher ? 'higher' : 'lower';
  return isHigher === (direction === 'higher') ? 'better' : 'worse';
}

function areApart(a: MetricValue, b: MetricValue): boolean | undefined {
  if (a.low === undefined || a.high === undefined || b.low === undefined || b.high === undefined) return undefined;
  return a.low > b.high || b.low > a.high;
}

/** A metric's figures of several runs. */
export interface TestRow {
  readonly label: string;
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
  /** One a run; undefined where it was not measured on these rows. */
  readonly figures: readonly (MetricValue | undefined)[];
}

/** One aspect's figures of several runs on the same test rows. */
export interface TestGroup {
  readonly aspect: AspectName;
  readonly digest: string;
  /** Whether every run that has the aspect was measured on these rows. */
  readonly isShared: boolean;
  readonly rows: readonly TestRow[];
}

const aspectOrder: readonly AspectName[] = ['core-performance', 'robustness', 'ethical-alignment'];

/** Figures that may be compared: by aspect, then by the digest of the test rows. */
export function testGroups(reports: readonly TuningReport[]): readonly TestGroup[] {
  return aspectOrder.flatMap(aspect => {
    const own = reports.map(report => report.aspects.find(candidate => candidate.aspect === aspect));
    const digests = [...new Set(own.flatMap(result => result?.datasetDigest ?? []))];
    return digests.flatMap(digest => {
      const measured = own.map(result => (result?.datasetDigest === digest ? result : undefined));
      const metrics = aspectMetrics(measured.filter(result => result !== undefined));
      if (metrics.length === 0) return [];
      const rows = metrics.map(({ metric, label, unit, direction }) => ({
        label,
        unit,
        direction,
        figures: measured.map(result => figureOf(result?.metrics ?? [], metric)),
      }));
      return [{ aspect, digest, isShared: digests.length === 1, rows }];
    });
  });
}
