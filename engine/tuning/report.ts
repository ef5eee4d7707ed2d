import type {
  AspectResult,
  Checkpoint,
  DatasetCard,
  Environment,
  EpochPoint,
  Headline,
  LossPoint,
  PlatformJob,
  PreflightFinding,
  RunSummary,
  TuningRegression,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import { datasetsOf } from '../diagnostics/tune-checks.ts';
import type { Digest } from '../ports/digest.ts';
import type { TrainingOutcome } from '../ports/training.ts';
import { countOf, formatEpoch } from '../reports/format.ts';
import type { AspectChanges } from './changes.ts';
import { infrastructureOf, type Used } from './infrastructure.ts';
import { methodName, shownHyperparameters } from './job.ts';
import type { MeasuredRows } from './measure.ts';
import type { JobUsage } from '../ports/job-usage.ts';
import type { TuningPlan } from './plan.ts';
import { aspectWords, digestRows, type AspectRows } from './rows.ts';
import { bestEpoch, type Selection } from './selection.ts';

/** An aspect as far as it was measured. */
export interface MeasuredAspect {
  readonly rows: AspectRows;
  /** The best checkpoint on the test rows; absent where the run ended before. */
  readonly tuned: MeasuredRows | undefined;
  readonly base: MeasuredRows | undefined;
  /** Tuned against base; absent where the base was not measured. */
  readonly changes?: AspectChanges;
}

export interface TuningReportInput {
  readonly plan: TuningPlan;
  readonly run: RunSummary;
  readonly aspects: readonly MeasuredAspect[];
  readonly regressions: readonly TuningRegression[];
  readonly epochs: readonly EpochPoint[];
  readonly losses: readonly LossPoint[];
  readonly checkpoints: readonly Checkpoint[];
  readonly outcome: TrainingOutcome | undefined;
  readonly job: PlatformJob | undefined;
  readonly preflight: readonly PreflightFinding[];
  /** Over all attempts. */
  readonly used: Used;
  readonly usage: JobUsage | undefined;
  readonly cost: number | undefined;
  readonly hardware: string;
  readonly environment: Environment;
  /** Epochs that were there before this attempt. */
  readonly reused: number;
  /** Sentences of this attempt. */
  readonly notes: readonly string[];
  readonly now: number;
}

/** A tuning run's report; partial where the run did not succeed. */
export function buildTuningReport(input: TuningReportInput, digest: Digest): TuningReport {
  const { plan, run, aspects, epochs, checkpoints, environment, losses, regressions, preflight, job } = input;
  const { base, method, task, spec } = plan;
  return {
    run,
    base: plan.job.base,
    ...(plan.reference === undefined ? {} : { baseDigest: plan.reference.weightsDigest }),
    platform: plan.platform.name,
    task,
    method: methodName(method, base.kind),
    hyperparameters: shownHyperparameters(plan.hyperparameters, method, base.kind),
    selection: plan.selection,
    ...(task === 'text-classification' ? { labels: [...plan.labels] } : {}),
    aspects: aspects.map(aspect => aspectResult(aspect, plan, plan.cards.get(aspect.rows.name), digest)),
    epochs: [...epochs],
    ...(losses.length === 0 ? {} : { losses: [...losses] }),
    checkpoints: [...checkpoints],
    ...(regressions.length === 0 ? {} : { regressions: [...regressions] }),
    infrastructure: infrastructureOf(input),
    environment,
    ...(preflight.length === 0 ? {} : { preflight: [...preflight] }),
    ...(spec.trial === undefined ? {} : { trial: spec.trial }),
    ...(job === undefined ? {} : { job }),
    notes: notesOf(input),
  };
}

function aspectResult(
  { rows, tuned, base, changes }: MeasuredAspect,
  { job }: TuningPlan,
  card: DatasetCard | undefined,
  digest: Digest,
): AspectResult {
  const written = job.aspects[rows.name];
  const paths = written === undefined ? [] : datasetsOf(written).map(({ path }) => path);
  return {
    aspect: rows.name,
    dataset: rows.dataset.path,
    ...(paths.length > 1 ? { datasets: paths } : {}),
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
    gaps: (tuned?.gaps ?? []).map(gap => {
      const before = base?.gaps.find(({ column }) => column === gap.column);
      return before === undefined ? gap : { ...gap, base: before.figure };
    }),
    ...(changes === undefined ? {} : { changes: [...changes.changes], sliceChanges: [...changes.sliceChanges] }),
    ...(written?.benchmark === undefined ? {} : { benchmark: written.benchmark }),
  };
}

function notesOf(input: TuningReportInput): string[] {
  const { plan, run, epochs, checkpoints, reused, outcome, aspects, notes } = input;
  const done = doneEpochs(epochs);
  const total = plan.hyperparameters.epochs;
  const told: string[] = [];
  if (run.state !== 'succeeded') {
    const measured = outcome === undefined ? 'the test rows were not asked' : 'the test rows were not measured';
    told.push(
      `Partial: ${String(done)} of ${countOf(total, 'epoch')} were trained and ${countOf(checkpoints.length, 'checkpoint')} kept; ${measured}.`,
    );
  }
  if (reused > 0) {
    told.push(`Resumed: ${countOf(reused, 'epoch')} kept, ${countOf(done - reused, 'epoch')} trained after it.`);
  }
  if (run.state === 'succeeded') {
    if (outcome === undefined && done < total) told.push(stoppedEarly(plan, epochs, done, total));
    if (outcome?.stoppedEarly === true) told.push(stoppedEarly(plan, epochs, done, total));
  }
  if (plan.base.kind === 'embedded' && plan.reference !== undefined) {
    told.push(`Started from ${plan.job.base}: its vocabulary and classes stay as they are.`);
  }
  return [...told, ...(outcome?.notes ?? []), ...notes, ...aspects.flatMap(unanswered)];
}

function unanswered({ rows, tuned, base }: MeasuredAspect): string[] {
  const sides = [
    { who: 'the tuned model', failed: tuned?.failed ?? 0 },
    { who: 'the base', failed: base?.failed ?? 0 },
  ];
  return sides.flatMap(({ who, failed }) =>
    failed === 0
      ? []
      : [
          `${countOf(failed, 'test row')} of ${aspectWords(rows.name)} ${failed === 1 ? 'has' : 'have'} no answer of ${who}: no figure counts ${failed === 1 ? 'it' : 'them'}.`,
        ],
  );
}

/** Whole epochs that were measured. */
export function doneEpochs(epochs: readonly EpochPoint[]): number {
  return Math.floor(epochs.reduce((most, { epoch }) => Math.max(most, epoch), 0) + 1e-9);
}

function stoppedEarly(
  { selection, patience }: TuningPlan,
  epochs: readonly EpochPoint[],
  done: number,
  total: number,
): string {
  const best = bestEpoch(epochs, selection);
  const measurements = countOf(patience ?? 0, 'measurement');
  return `Stopped early after epoch ${String(done)} of ${String(total)}: ${selectionWords(selection)} had not improved on epoch ${formatEpoch(best ?? done)} for ${measurements}.`;
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
