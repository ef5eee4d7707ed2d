import type { Metric as MetricEntry, TuningJob } from '../../schemas/generated/files.ts';
import type { AspectName, DatasetCard } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { requirePinned } from '../datasets/pinned.ts';
import { diagnoseTuningJob } from '../diagnostics/diagnose.ts';
import { hasErrors } from '../documents/diagnostic.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import { aspectsOf, datasetsOf } from '../diagnostics/tune-checks.ts';
import { createMetric } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import { readLinearFile } from '../models/embedded/linear-file.ts';
import type { Blobs } from '../ports/blobs.ts';
import { readDatasetCard } from '../registry/dataset-card.ts';
import { lowerLimit } from '../documents/limits.ts';
import { readDuration } from '../base/durations.ts';
import type { RunPorts } from '../runs/ports.ts';
import type { RunSpec, TrainedModelReference } from '../ports/run-spec.ts';
import { loadWorkspace, type Workspace } from '../workspace/workspace.ts';
import { referenceOf, requireFit, resolveBase } from './base.ts';
import { checkAspects, classesOf } from './checks.ts';
import { choosePlatform, type ChosenPlatform } from './choose-platform.ts';
import {
  hyperparametersOf,
  intervalOf,
  metricEntriesOf,
  methodOf,
  platformNameOf,
  seedOf,
  selectionOf,
  taskOf,
} from './job.ts';
import type { Hyperparameters, Interval, TuningMethod } from './platform.ts';
import type { BaseModel } from '../models/transformers/base.ts';
import type { TuningTask } from '../documents/tune-kind.ts';
import { digestRows, readAspects, type AspectRows } from './rows.ts';
import { applyTrial } from './search/apply-trial.ts';
import type { Selection } from './selection.ts';

/** Everything a tuning run needs to know, checked before anything is trained. */
export interface TuningPlan {
  readonly spec: RunSpec;
  /** As this run trains it: of a trial of a search, with the trial's values. */
  readonly job: TuningJob;
  readonly workspace: Workspace;
  readonly platform: ChosenPlatform;
  readonly aspects: readonly AspectRows[];
  /** The datasets' cards, of the aspects that name one. */
  readonly cards: ReadonlyMap<AspectName, DatasetCard>;
  readonly task: TuningTask;
  readonly base: BaseModel;
  /** The weights that training starts from; absent for other bases, and in a plan made before the run was created. */
  readonly reference: TrainedModelReference | undefined;
  readonly method: TuningMethod;
  /** The classes, in the order of the model's outputs; empty for tasks without. */
  readonly labels: readonly string[];
  readonly hyperparameters: Hyperparameters;
  readonly metricEntries: readonly MetricEntry[];
  readonly metrics: readonly Metric[];
  readonly selection: Selection;
  readonly seed: number;
  readonly confidence: number;
  readonly measureEvery: Interval;
  readonly patience: number | undefined;
  readonly keepEvery: Interval | undefined;
  /** Seconds until a rented machine must have begun to train. */
  readonly bootDeadline: number;
  /** Seconds. */
  readonly deadline: number | undefined;
  /** US dollars. */
  readonly budget: number | undefined;
  /** SHA-256 over the rows of all aspects in every role. */
  readonly dataDigest: string;
}

/**
 * Reads a tuning job with everything it refers to and checks that they fit together. Trains nothing. `blobs` holds the base's weights;
 * without it a base is not checked. Throws the first fault as a WorkbenchError.
 */
export async function planTuning(
  spec: RunSpec,
  ports: RunPorts,
  blobs: Blobs | undefined,
  signal: AbortSignal,
): Promise<TuningPlan> {
  const { files, digest } = ports;
  const written = await readJob(spec, ports, signal);
  const job = spec.trial === undefined ? written : applyTrial(written, spec.trial);
  const workspace = await loadWorkspace(files, spec.folder, signal);
  const platform = choosePlatform(platformNameOf(job, spec.platform), workspace);
  const reference = referenceOf(job, spec);
  const base = resolveBase(job, reference, spec, files);
  requireFit(base.kind, job.base, platform);
  if (job.register !== undefined && spec.requestedBy === undefined) throw trainerUnknown(spec, job.register.model);
  await requireAllPinned(job, spec, ports, signal);
  const task = taskOf(job, base.kind, reference);
  const aspects = await readAspects(aspectsOf(job), files.parent(spec.path), files, digest, signal, {
    task,
    folder: spec.folder,
    keepSound: async (bytes, sha256) => {
      // A plan made without the store trains nothing: the sounds are only counted.
      if (blobs === undefined) return sha256;
      const kept = await blobs.put(bytes);
      return blobs.locate(kept.digest);
    },
  });
  checkAspects(aspects, task);
  const metricEntries = metricEntriesOf(job, task);
  const { limits } = job;
  return {
    spec,
    job,
    workspace,
    platform,
    aspects,
    cards: await readCards(aspects, spec, ports, signal),
    task,
    base,
    reference,
    method: methodOf(job, base.kind),
    labels: await labelsOf(task, job, base, aspects, blobs),
    hyperparameters: hyperparametersOf(job, base.kind, task),
    metricEntries,
    metrics: metricEntries.map(entry => createMetric(entry)),
    selection: selectionOf(job, task),
    seed: seedOf(job),
    confidence: job.confidence ?? 0.95,
    measureEvery: intervalOf(job.evaluation?.every) ?? { epochs: 1 },
    patience: job.evaluation?.patience,
    keepEvery: intervalOf(job.checkpoints?.every),
    bootDeadline: secondsOf(limits?.bootDeadline) ?? usualBootDeadline,
    deadline: secondsOf(limits?.deadline),
    budget: lowerLimit(limits?.budget === undefined ? undefined : Number.parseFloat(limits.budget), spec.budget),
    dataDigest: digest.sha256(
      JSON.stringify(
        aspects.map(({ name, training, validation, test }) => [
          name,
          ...[training, validation, test].map(rows => digestRows(rows, digest)),
        ]),
      ),
    ),
  };
}

/** Seconds: twenty minutes. */
const usualBootDeadline = 1200;

function secondsOf(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : readDuration(duration) / 1000;
}

async function readJob(spec: RunSpec, { files }: RunPorts, signal: AbortSignal): Promise<TuningJob> {
  const parsed = parseDocument('tune', spec.text);
  const diagnostics = await diagnoseTuningJob(parsed, spec.path, files, signal);
  // A platform given at the start takes the place of the job's own, whatever that is.
  const counted =
    spec.platform === undefined
      ? diagnostics
      : diagnostics.filter(({ code }) => code !== 'unknown-platform' && code !== 'unfit-platform');
  if (parsed.value === undefined || hasErrors(counted)) throw invalidFileError(spec.path, counted);
  return parsed.value;
}

async function requireAllPinned(
  job: TuningJob,
  { path }: RunSpec,
  { files, digest }: RunPorts,
  signal: AbortSignal,
): Promise<void> {
  for (const dataset of aspectsOf(job).flatMap(([, aspect]) => datasetsOf(aspect)))
    await requirePinned(files, digest, dataset, files.resolve(files.parent(path), dataset.path), signal);
}

async function readCards(
  aspects: readonly AspectRows[],
  { path }: RunSpec,
  { files, digest }: RunPorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<AspectName, DatasetCard>> {
  const cards = new Map<AspectName, DatasetCard>();
  for (const { name, dataset } of aspects) {
    if (dataset.card === undefined) continue;
    const card = files.resolve(files.parent(path), dataset.card);
    cards.set(name, await readDatasetCard(files, digest, card, dataset.card, signal));
  }
  return cards;
}

/** The classes: those of the embedded weights that training starts from, which it keeps, else those of the training rows. */
async function labelsOf(
  task: TuningTask,
  job: TuningJob,
  base: BaseModel,
  aspects: readonly AspectRows[],
  blobs: Blobs | undefined,
): Promise<readonly string[]> {
  if (task !== 'text-classification') return [];
  if (base.kind !== 'embedded' || base.weights === undefined || blobs === undefined) return classesOf(aspects);
  const { labels } = readLinearFile(await blobs.read(base.weights), `The weights of ${job.base}`);
  checkBaseClasses(job, labels, aspects);
  return labels;
}

/** A model's outputs are its classes: what the base has never heard of it cannot learn without forgetting what it is. */
function checkBaseClasses({ base }: TuningJob, labels: readonly string[], aspects: readonly AspectRows[]): void {
  const known = new Set(labels);
  const unknown = classesOf(aspects).filter(label => !known.has(label));
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 5).map(label => JSON.stringify(label));
  const more = unknown.length > 5 ? ` and ${String(unknown.length - 5)} more` : '';
  throw new WorkbenchError('model-unsuitable', `${base} does not know the class ${names.join(', ')}${more}.`, {
    remedy: `It knows: ${labels.slice(0, 20).join(', ')}. Train from \`embedded:linear\` for other classes, or correct the target column.`,
  });
}

function trainerUnknown({ path }: RunSpec, model: string): WorkbenchError {
  return new WorkbenchError(
    'identity-missing',
    `The job registers its result as ${model}, and git does not know who you are.`,
    {
      remedy: 'Set it with `git config user.email you@example.com`, or take `register` out of the job.',
      place: { path },
    },
  );
}
