import type { Checkpoint, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError, toWorkbenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { parseDocument } from '../documents/parse.ts';
import type { CheckpointName } from '../registry/trained-name.ts';
import { blobsOf } from '../models/model-files.ts';
import type { Files } from '../ports/files.ts';
import type { TrainedModelReference } from '../ports/run-spec.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { formatEpoch } from '../reports/format.ts';
import type { JobResult } from './job-result.ts';
import type { RunPorts } from './ports.ts';

/**
 * The weights that a checkpoint stands for now. A job's name means its newest run that has succeeded, of a search that has ended the best trial.
 * Throws `model-unknown`, `checkpoint-missing` and `blob-missing`.
 */
export async function resolveCheckpoint(
  name: string,
  parsed: CheckpointName,
  store: Store,
  ports: CheckpointPorts,
  signal: AbortSignal,
): Promise<TrainedModelReference> {
  const reference = await findCheckpoint(name, parsed, store, ports, signal);
  const { weightsDigest, format, files: own = [] } = reference;
  const needed = blobsOf({ digest: weightsDigest, ...(format === undefined ? {} : { format }), files: own });
  for (const digest of needed) if (!(await store.blobs.has(digest))) throw weightsMissing(name, reference);
  return reference;
}

/** What names of checkpoints are resolved with. */
export type CheckpointPorts = Pick<RunPorts, 'files' | 'clock' | 'findJobResult'>;

async function findCheckpoint(
  name: string,
  { job, which }: CheckpointName,
  store: Store,
  ports: CheckpointPorts,
  signal: AbortSignal,
): Promise<TrainedModelReference> {
  const run = await findTuningRun(name, job, store, ports, signal);
  const { checkpoints } = await store.readTraining(run.id);
  const found = checkpoints.find(
    checkpoint =>
      checkpoint.epoch === which || (which === 'best' && checkpoint.best) || (which === 'last' && checkpoint.last),
  );
  if (found === undefined) throw notKept(name, run, which, checkpoints);
  const { digest, epoch, format } = found;
  if (format === undefined || format === 'linear') return { weightsDigest: digest, runId: run.id, epoch };
  return { ...referenceOf(found, await store.getRun(run.id), ports.files), runId: run.id, epoch };
}

/** What a checkpoint of another format than the embedded model's is, with what it stands on. */
export function referenceOf(
  { digest, format, files: own, service }: Checkpoint,
  { spec, tuning }: Pick<RunRecord, 'spec' | 'tuning'>,
  files: Pick<Files, 'resolve' | 'parent'>,
): TrainedModelReference {
  const base = tuning?.base ?? parseDocument('tune', spec.text).value?.base;
  const under = base !== undefined && Object.hasOwn(spec.trained ?? {}, base) ? spec.trained?.[base] : undefined;
  return {
    weightsDigest: digest,
    ...(format === undefined ? {} : { format }),
    ...(own === undefined ? {} : { files: own }),
    ...(service === undefined ? {} : { service }),
    ...(tuning?.task === undefined ? {} : { task: tuning.task }),
    ...(base === undefined ? {} : { base: wholeBase(base, spec.path, files) }),
    ...(under === undefined ? {} : { baseReference: under }),
  };
}

/** A base as it is found from anywhere: a folder by its absolute path. */
export function wholeBase(base: string, path: string, files: Pick<Files, 'resolve' | 'parent'>): string {
  const folder = /^folder:(.*)$/s.exec(base)?.[1];
  return folder === undefined ? base : `folder:${files.resolve(files.parent(path), folder)}`;
}

/** The run that the job stands for, else the tuning run of this id, whose checkpoints may be asked for even if it did not succeed. */
async function findTuningRun(
  name: string,
  job: string,
  store: Store,
  { clock, findJobResult }: CheckpointPorts,
  signal: AbortSignal,
): Promise<RunSummary> {
  const result = await findJobResult({ name: job }, store, clock.now(), signal);
  if (result.run !== undefined) return result.run;
  const byId = await runWithId(job, store);
  if (byId !== undefined) return byId;
  if (result.newest !== undefined) throw nothingYet(job, result.newest, result);
  const known = [...new Set((await store.listRuns({ kind: 'tune' })).map(run => run.name))];
  throw new WorkbenchError('model-unknown', `${name}: no tuning job "${job}" has run here${didYouMean(job, known)}.`, {
    remedy:
      known.length === 0
        ? 'Run a tuning job first: `aiwb tune my.tune.yaml`.'
        : `Checkpoints were made by: ${known.slice(0, 20).join(', ')}.`,
  });
}

function nothingYet(job: string, newest: RunSummary, { underWay }: JobResult): WorkbenchError {
  if (underWay?.best !== undefined) {
    return new WorkbenchError(
      'checkpoint-missing',
      `The search ${underWay.run.id} of the tuning job "${job}" is ${underWay.run.state}: its best trial is known once it has ended.`,
      { remedy: `Wait for it, or name its best trial so far: checkpoint:${underWay.best}.` },
    );
  }
  return new WorkbenchError(
    'checkpoint-missing',
    `No run of the tuning job "${job}" has succeeded yet; its newest, ${newest.id}, is ${newest.state}.`,
    { remedy: `Finish it first, or name a checkpoint of that run: checkpoint:${newest.id}@last.` },
  );
}

async function runWithId(id: string, store: Store): Promise<RunSummary | undefined> {
  try {
    const { summary } = await store.getRun(id);
    return summary.id === id && summary.kind === 'tune' ? summary : undefined;
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}

function notKept(
  name: string,
  run: RunSummary,
  which: string | number,
  checkpoints: readonly Checkpoint[],
): WorkbenchError {
  const wanted = typeof which === 'number' ? `of epoch ${String(which)}` : `that is its ${which}`;
  return new WorkbenchError('checkpoint-missing', `${name}: run ${run.id} keeps no checkpoint ${wanted}.`, {
    remedy:
      checkpoints.length === 0
        ? 'It saved none; run the tuning job again.'
        : `It keeps: ${checkpoints.map(({ epoch }) => formatEpoch(epoch)).join(', ')}. Say which are kept with \`checkpoints.every\`.`,
  });
}

function weightsMissing(name: string, { weightsDigest }: TrainedModelReference): WorkbenchError {
  return new WorkbenchError(
    'blob-missing',
    `${name}: its weights (${weightsDigest.slice(0, 12)}…) are not in the store.`,
    {
      remedy: 'Restore the store from a backup, or run the tuning job again; the same seed gives the same weights.',
    },
  );
}
