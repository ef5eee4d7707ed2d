import type {
  AspectResult,
  Checkpoint,
  DatasetCard,
  Environment,
  EpochPoint,
  Headline,
  Infrastructure,
  RunSummary,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import type { TrainingRecord } from '../ports/store.ts';
import { countOf } from '../reports/format.ts';
import type { MeasuredRows } from './measure.ts';
import type { TuningPlan } from './plan.ts';
import { aspectWords, digestRows, type AspectRows } from './rows.ts';
import { bestEpoch, type Selection } from './selection.ts';
import type { Digest } from '../ports/digest.ts';

export type Used = NonNullable<TrainingRecord['used']>;

/** An aspect as far as it was measured. */
export interface MeasuredAspect {
  readonly rows: AspectRows;
  /** The best checkpoint on the test rows; absent where the run ended before. */
  readonly tuned: MeasuredRows | undefined;
  readonly base: MeasuredRows | undefined;
}

export interface TuningReportInput {
  readonly plan: TuningPlan;
  readonly run: RunSummary;
  readonly aspects: readonly MeasuredAspect[];
  readonly epochs: readonly EpochPoint[];
  readonly checkpoints: readonly Checkpoint[];
  /** Over all attempts. */
  readonly used: Used;
  readonly cost: number | undefined;
  readonly hardware: string;
  readonly environment: Environment;
  /** Epochs that were there before this attempt. */
  readonly reused: number;
}

/** A tuning run's report; partial where the run did not succeed. */
export function buildTuningReport(input: TuningReportInput, digest: Digest): TuningReport {
  const { plan, run, aspects, epochs, checkpoints, environment } = input;
  const { job, base } = plan;
  return {
    run,
    base: job.base,
    ...(base === undefined ? {} : { baseDigest: base.reference.weightsDigest }),
    platform: plan.platform.name,
    method: typeof job.method === 'string' ? job.method : 'full',
    hyperparameters: { ...plan.hyperparameters },
    selection: plan.selection,
    labels: [...plan.labels],
    aspects: aspects.map(aspect => aspectResult(aspect, plan.cards.get(aspect.rows.name), digest)),
    epochs: [...epochs],
    checkpoints: [...checkpoints],
    infrastructure: infrastructureOf(input),
    environment,
    notes: notesOf(input),
  };
}

function aspectResult(
  { rows, tuned, base }: MeasuredAspect,
  card: DatasetCard | undefined,
  digest: Digest,
): AspectResult {
  return {
    aspect: rows.name,
    dataset: rows.dataset.path,
    datasetDigest: digestRows(rows.test, digest),
    trainingDigest: digestRows(rows.training, digest),
    ...(card === undefined ? {} : { card }),
    trainingRows: rows.training.length,
    validationRows: rows.validation.length,
    testRows: rows.test.length,
    weight: rows.weight,
    metrics: [...(tuned?.metrics ?? [])],
    ...(base === undefined ? {} : { base: [...base.metrics] }),
    slices: [...(tuned?.slices ?? [])],
    gaps: [...(tuned?.gaps ?? [])],
  };
}

function infrastructureOf({ plan, used, cost, hardware, epochs, aspects }: TuningReportInput): Infrastructure {
  const trained = epochs.filter(({ epoch }) => epoch > 0).length;
  const rows = aspects.reduce((sum, aspect) => sum + aspect.rows.training.length, 0);
  return {
    platform: plan.platform.name,
    hardware,
    ...used,
    ...(used.wallSeconds > 0 ? { rowsPerSecond: (rows * trained) / used.wallSeconds } : {}),
    ...(cost === undefined ? {} : { cost }),
  };
}

function notesOf({ plan, run, epochs, checkpoints, reused }: TuningReportInput): string[] {
  const done = epochs.filter(({ epoch }) => epoch > 0).length;
  const total = plan.hyperparameters.epochs;
  const notes: string[] = [];
  if (run.state !== 'succeeded') {
    notes.push(
      `Partial: ${String(done)} of ${countOf(total, 'epoch')} were trained and ${countOf(checkpoints.length, 'checkpoint')} kept; the test rows were not asked.`,
    );
  }
  if (reused > 0) {
    notes.push(`Resumed: ${countOf(reused, 'epoch')} kept, ${countOf(done - reused, 'epoch')} trained after it.`);
  }
  if (run.state === 'succeeded' && done < total) notes.push(stoppedEarly(plan, epochs, done, total));
  if (plan.base !== undefined) {
    notes.push(`Started from ${plan.job.base}: its vocabulary and classes stay as they are.`);
  }
  return notes;
}

function stoppedEarly(
  { selection, patience }: TuningPlan,
  epochs: readonly EpochPoint[],
  done: number,
  total: number,
): string {
  const best = bestEpoch(epochs, selection);
  const measurements = countOf(patience ?? 0, 'measurement');
  return `Stopped early after epoch ${String(done)} of ${String(total)}: ${selectionWords(selection)} had not improved on epoch ${String(best ?? done)} for ${measurements}.`;
}

/** `Accuracy on core performance`. */
export function selectionWords({ label, aspect }: Selection): string {
  return `${label} on ${aspectWords(aspect)}`;
}

/**
 * The tuned model's figure for lists, under the name benchmarks ask it by: on the test rows of the aspect that chose the checkpoint, else its
 * best validation figure while there is no other.
 */
export function tuningHeadlines(report: TuningReport): Headline[] {
  const { selection, aspects, run } = report;
  const metrics = aspects.find(({ aspect }) => aspect === selection.aspect)?.metrics ?? [];
  const figure = metrics.find(({ metric }) => metric === selection.metric) ?? metrics[0];
  if (figure === undefined || figure.value === null) return [];
  return [{ model: `checkpoint:${run.name}`, label: figure.label, value: figure.value, unit: figure.unit }];
}
